// A name that is edited where it stands: Enter keeps it, Escape leaves it as it was.
import { may_change, send } from './api.js';
import { button, make } from './dom.js';
import { text } from './texts.js';

// KIND: modid or cmdid; NAME: null if it has none.
export function name_view(app, kind, id, name) {
    const shown = make('span', { class: name === null ? 'name dim' : 'name' }, name ?? '–');
    if (!may_change())
        return shown;
    const label = text(`edit_${kind}_name`, { id });
    return make('span', { class: 'named', 'data-key': `${kind} ${id}` }, shown,
        button('✎', (event) => edit(app, event.target.closest('.named'), { kind, id, name, label }),
            { class: 'plain edit', 'aria-label': label, title: label }));
}

function edit(app, place, { kind, id, name, label }) {
    const input = make('input', { value: name ?? '', maxlength: 255, 'aria-label': label });
    const error = make('span', { class: 'error', role: 'alert' });
    // Its fresh likeness has no data-keep, so that the next look shows the name again.
    let ended = false;  // the input loses the focus when it goes
    const end = () => {
        if (ended)
            return;
        ended = true;
        place.replaceWith(name_view(app, kind, id, name));
        app.refresh();
    };
    input.onkeydown = async (event) => {
        if (event.key === 'Escape')
            end();
        if (event.key !== 'Enter' || event.isComposing)
            return;
        try {
            ({ name } = await send('PUT', `names/${kind}/${id}`, { name: input.value.trim(), was: name ?? '' }));
            name = name || null;
            end();
        } catch (failure) {
            error.textContent = failure.message;
            // Who has read that may press Enter again.
            if (failure.status === 409) {
                name = failure.answer.name || null;
                error.textContent = text('name_conflict', { name: name ?? '–' });
            }
        }
    };
    input.onblur = () => {
        if (input.value === (name ?? ''))
            end();
    };
    place.dataset.keep = '';
    place.replaceChildren(input, error, make('small', { class: 'dim' }, text('enter_keeps')));
    input.select();
}
