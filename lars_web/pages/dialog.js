// A dialog with one form, whose content changes from step to step.
import { button, make } from './dom.js';
import { text } from './texts.js';

export class form_dialog {
    // It is gone from the page once it is closed.
    constructor(title) {
        this._error = make('p', { class: 'error', role: 'alert' });
        this._body = make('div', { class: 'body' });
        this._buttons = make('div', { class: 'buttons' });
        this._form = make('form', { onsubmit: (event) => this._submit(event) },
            make('h2', { id: 'dialog-title' }, title), this._body, this._error, this._buttons);
        this._dialog = make('dialog', { 'aria-labelledby': 'dialog-title' }, this._form);
        this._dialog.addEventListener('close', () => this._dialog.remove());
        document.body.append(this._dialog);
        this._dialog.showModal();
    }

    // LABEL is that of the button that goes on; null: it can only be closed. ON_SUBMIT gets the
    // form's values; what it throws is shown and the step stays.
    show(content, label, on_submit, kind = 'primary') {
        this._on_submit = on_submit;
        this._error.replaceChildren();
        this._body.replaceChildren(...[content].flat(Infinity).filter(Boolean));
        this._buttons.replaceChildren(button(text(label ? 'cancel' : 'close'), () => this.close()));
        if (label)
            this._buttons.append(make('button', { type: 'submit', class: kind }, label));
        (this._body.querySelector('input, select') ?? this._buttons.lastChild).focus();
    }

    // With what somebody had filled in before.
    fill(values) {
        for (const input of this._body.querySelectorAll('input'))
            if (input.type === 'checkbox')
                input.checked = values.getAll(input.name).includes(input.value);
            else if (values.has(input.name))
                input.value = values.get(input.name);
    }

    show_error(message) {
        this._error.textContent = message;
    }

    close() {
        this._dialog.close();
    }

    async _submit(event) {
        event.preventDefault();
        if (this._busy || !this._on_submit)
            return;
        this._busy = true;
        this._form.classList.add('busy');
        try {
            await this._on_submit(new FormData(this._form));
        } catch (error) {
            this.show_error(error.message);
        } finally {
            this._busy = false;
            this._form.classList.remove('busy');
        }
    }
}

export function note_field() {
    return make('label', { class: 'field' }, make('span', {}, text('note')),
        make('input', { name: 'note', maxlength: 255, autocomplete: 'off', placeholder: text('note_hint') }));
}
