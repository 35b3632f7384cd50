// A change of routes in steps: what to do, where something is to be filled in; what it would do;
// doing it. If somebody else was faster it shows what there is now, and starts again.
import { make } from './dom.js';
import { form_dialog, note_field } from './dialog.js';
import { changes_view } from './hosts_diff.js';
import { module_name } from './format.js';
import { table } from './table.js';
import { text } from './texts.js';

// TITLE; MODULE, and VERSION of its hosts that the visitor has seen; FIELDS: a function that makes
// what is to be filled in, or null; ASK({version, to_version, preview, note}, values): calls the
// server, with the values of FIELDS; DONE(): it is applied.
export function start_change(change) {
    new change_steps(change).start();
}

class change_steps {
    constructor(change) {
        this._change = change;
        this._version = change.version;
        this._values = new FormData();
        this._dialog = new form_dialog(change.title);
    }

    async start() {
        if (this._change.fields) {
            this._dialog.show(this._change.fields(), text('preview'), (values) => {
                this._values = values;
                return this._preview();
            });
            this._dialog.fill(this._values);
            return;
        }
        this._dialog.show(make('p', {}, text('one_moment')), null, null);
        try {
            await this._preview();
        } catch (error) {
            this._dialog.show([], null, null);
            this._dialog.show_error(error.message);
        }
    }

    async _preview() {
        this._to_version = undefined;
        const answer = await this._ask(true, '');
        if (!answer)
            return;
        // Of the module that hosts move to: it has to be as it is shown here.
        this._to_version = answer.to_version;
        this._dialog.show([changes_view(answer.changes), note_field()], text('apply'), async (values) => {
            if (!await this._ask(false, values.get('note')))
                return;
            this._dialog.close();
            this._change.done();
        });
    }

    // Null: there was a conflict, which is on screen now.
    async _ask(preview, note) {
        try {
            return await this._change.ask(
                { version: this._version, to_version: this._to_version, preview, note }, this._values);
        } catch (error) {
            if (error.status !== 409)
                throw error;
            this._show_conflict(error);
            return null;
        }
    }

    _show_conflict(error) {
        const now = error.answer;
        if (!now.hosts) {
            // It would be the same again, as for an undo over a change that was not recorded.
            this._dialog.show(make('p', { class: 'warning', role: 'alert' }, text('cannot_be'), ' ', error.message),
                null, null);
            return;
        }
        if (module_name(now.module) === module_name(this._change.module))
            this._version = now.version;
        this._dialog.show([
            make('p', { class: 'warning', role: 'alert' }, text('conflict', { id: module_name(now.module) })),
            table(text('hosts'), [{ title: text('host') }, { title: text('weight'), number: true }],
                now.hosts.map(({ host, weight }) => ({ cells: [host, String(weight)] })), text('no_hosts')),
        ], text('start_again'), () => this.start());
    }
}
