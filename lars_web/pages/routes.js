// All routes at once: export, import, clearing, accepting.
import { get, may_change, query, send, send_text, session } from './api.js';
import { button, field, make } from './dom.js';
import { form_dialog, note_field } from './dialog.js';
import { module_link, module_name, number } from './format.js';
import { short_diff } from './hosts_diff.js';
import { table } from './table.js';
import { text } from './texts.js';

const TYPES = { csv: 'text/csv', json: 'application/json' };

export function routes_page(app) {
    return {
        title: text('routes'),
        still: true,
        view: async () => {
            // Says whether one may read at all.
            await get('status');
            return [
                make('div', { class: 'title' }, make('h1', {}, text('routes'))),
                export_section(),
                may_change() ? [import_section(app), clear_section(app), accept_section(app)]
                    : make('p', { class: 'dim' }, text(session.user === null ? 'login_needed' : 'may_not_change')),
            ];
        },
    };
}

function export_section() {
    return make('section', {}, make('h2', {}, text('export')), make('p', {}, text('export_hint')),
        make('p', { class: 'actions' }, Object.keys(TYPES).map((format) =>
            make('a', { class: 'button', href: `api/v1/routes?format=${format}`, download: `lars_routes.${format}` },
                format.toUpperCase()))));
}

function import_section(app) {
    const error = make('p', { class: 'error', role: 'alert' });
    return make('section', {}, make('h2', {}, text('import')), make('p', {}, text('import_hint')),
        make('form', { class: 'inline', 'data-keep': true, onsubmit: async (event) => {
            event.preventDefault();
            error.textContent = '';
            const file = event.target.elements.file.files[0];
            const format = file.name.toLowerCase().endsWith('.json') ? 'json' : 'csv';
            try {
                await start_import(app, format, await file.text(), file.name);
            } catch (failure) {
                error.textContent = failure.message;
            }
        } }, make('label', { class: 'field' }, make('span', {}, text('file')),
            make('input', { type: 'file', name: 'file', required: true,
                accept: '.csv,.json,text/csv,application/json' })),
        make('button', { type: 'submit', class: 'primary' }, text('preview')), error));
}

// What is wrong with the file is said beside the form, before any dialog.
async function start_import(app, format, content, name) {
    const ask = (step) => send_text('POST', `routes/import?${query({ format, ...step })}`, content, TYPES[format]);
    const first = await ask({ preview: 1 });
    const dialog = new form_dialog(text('import_of', { name }));
    const show_preview = (preview) => {
        if (preview.modules === 0) {
            dialog.show(make('p', {}, text('import_same')), null, null);
            return;
        }
        dialog.show([import_table(preview), note_field()], text('apply'), async (values) => {
            try {
                await ask({ version: preview.version, note: values.get('note') });
            } catch (error) {
                if (error.status !== 409)
                    throw error;
                dialog.show(make('p', { class: 'warning', role: 'alert' }, text('import_conflict')),
                    text('start_again'),
                    async () => show_preview(await ask({ preview: 1 })));
                return;
            }
            dialog.close();
            app.tell(text('applied'));
        });
    };
    show_preview(first);
}

function import_table({ changes, modules }) {
    return [
        make('p', {}, text('import_changes', { n: number(modules) })),
        table(text('import'), [{ title: text('module') }, { title: text('what') }], changes.map((change) => ({
            cells: [make('a', { href: module_link(change.module) }, module_name(change.module)),
                short_diff(change.before, change.after)],
        })), text('import_same')),
        changes.length < modules && make('p', { class: 'dim' },
            text('n_of_total', { n: number(changes.length), total: number(modules) })),
    ];
}

function clear_section(app) {
    return make('section', {}, make('h2', {}, text('clear')), make('p', {}, text('clear_hint')),
        make('p', { class: 'actions' }, button(text('clear'), async () => {
            const dialog = new form_dialog(text('clear'));
            dialog.show(make('p', {}, text('one_moment')), null, null);
            try {
                await preview_clear(app, dialog);
            } catch (error) {
                dialog.show([], null, null);
                dialog.show_error(error.message);
            }
        }, { class: 'danger' })));
}

// What goes is what is shown here, and nothing else.
async function preview_clear(app, dialog) {
    const seen = await send('POST', 'routes/clear?preview=1', {});
    dialog.show([
        make('p', { class: 'warning' }, text('clear_counts', counts_of(seen)), ' ', text('clear_warning')),
        field(text('clear_type'), { name: 'confirm', required: true, autocomplete: 'off', pattern: 'clear' }),
        note_field(),
    ], text('clear'), async (values) => {
        let done;
        try {
            done = await send('POST', 'routes/clear',
                { confirm: values.get('confirm'), version: seen.version, note: values.get('note') });
        } catch (error) {
            if (error.status !== 409)
                throw error;
            dialog.show(make('p', { class: 'warning', role: 'alert' }, text('import_conflict')),
                text('start_again'), () => preview_clear(app, dialog));
            return;
        }
        dialog.close();
        app.tell(text('cleared', counts_of(done)));
    }, 'danger');
}

function counts_of({ modules, hosts }) {
    return { modules: number(modules), hosts: number(hosts) };
}

function accept_section(app) {
    return make('section', {}, make('h2', {}, text('accept')), make('p', {}, text('accept_hint')),
        make('p', { class: 'actions' }, button(text('accept'), () => {
            const dialog = new form_dialog(text('accept'));
            dialog.show([make('p', {}, text('accept_warning')), note_field()], text('accept'), async (values) => {
                const done = await send('POST', 'routes/accept', { note: values.get('note') });
                dialog.close();
                app.tell(text('accepted', counts_of(done)));
            });
        })));
}
