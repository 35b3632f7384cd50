// Who changed what, newest first.
import { get, query } from './api.js';
import { button, make } from './dom.js';
import { module_link, module_name, parse_module, time } from './format.js';
import { short_diff } from './hosts_diff.js';
import { table } from './table.js';
import { text } from './texts.js';

const AT_ONCE = 50;

export function audit_page(app, _parts, values) {
    const module = parse_module(values.get('module') ?? '');
    const state = { pages: 1 };
    return {
        title: text('audit'),
        view: async () => {
            const audit = await load(module, state.pages);
            return [
                make('div', { class: 'title' }, make('h1', {}, text('audit')), module_form(app, module)),
                audit_table(audit, true),
                audit.more && make('p', { class: 'more' }, button(text('more'), () => {
                    ++state.pages;
                    app.refresh();
                })),
            ];
        },
    };
}

async function load(module, pages) {
    const audit = { entries: [], recorded: true, more: true };
    for (let page = 0; page < pages && audit.more; ++page) {
        const got = await get(`audit?${query({ module: module?.join(','), before: audit.entries.at(-1)?.id,
            limit: AT_ONCE })}`);
        audit.entries.push(...got.entries);
        audit.recorded = got.recorded;
        audit.more = got.entries.length === AT_ONCE;
    }
    return audit;
}

function module_form(app, module) {
    return make('form', { role: 'search', 'data-keep': true, onsubmit: (event) => {
        event.preventDefault();
        const written = event.target.elements.module.value.trim();
        const wanted = parse_module(written);
        event.target.querySelector('.error').textContent = written && !wanted ? text('bad_id') : '';
        if (wanted || !written)
            app.go(wanted ? `#/audit?module=${wanted.join(',')}` : '#/audit');
    } }, make('input', { type: 'search', name: 'module', 'aria-label': text('only_module'),
        placeholder: text('only_module'), value: module ? module.join(', ') : '' }),
    make('button', { type: 'submit' }, text('show')),
    make('p', { class: 'error', role: 'alert' }));
}

export function audit_table(audit, with_module) {
    if (!audit.recorded)
        return make('p', { class: 'warning' }, text('not_recorded'));
    const columns = [{ title: text('time') }, { title: text('who') }, { title: text('module') },
        { title: text('action') }, { title: text('what') }, { title: text('note') }];
    const wanted = (_one, at) => with_module || at !== 2;
    return table(text('audit'), columns.filter(wanted), audit.entries.map((entry) => ({
        key: String(entry.id),
        cells: [
            make('span', { class: 'time' }, time(entry.ts)), entry.who || '–',
            entry.module ? make('a', { href: module_link(entry.module) }, module_name(entry.module)) : '–',
            text(`action_${entry.action}`), short_diff(entry.before, entry.after),
            make('span', { class: 'note' }, entry.note || '–'),
        ].filter(wanted),
    })), text('no_entries'));
}
