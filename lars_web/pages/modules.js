// All modules: search, state, names.
import { get, may_change, query } from './api.js';
import { button, field, make } from './dom.js';
import { age, module_link, module_name, number, parse_module } from './format.js';
import { state_mark } from './marks.js';
import { name_view } from './name_editor.js';
import { spark } from './spark.js';
import { table } from './table.js';
import { text } from './texts.js';

const AT_ONCE = 50;
const HOSTS_SHOWN = 8;
const TYPING = 250;  // ms after which a search begins

export function modules_page(app, _parts, values) {
    const state = { search: values.get('q') ?? '', pages: 1, typing: null };
    return {
        title: text('modules'),
        view: async () => {
            const found = await load(state);
            return [
                make('div', { class: 'title' }, make('h1', {}, text('modules')), search_form(app, state),
                    may_change() && new_module_form(app)),
                modules_table(app, found.modules),
                make('p', { class: 'more' }, text('n_of_total', { n: number(found.modules.length),
                    total: number(found.total) }), ' ',
                    found.next !== null && button(text('more'), () => {
                        ++state.pages;
                        app.refresh();
                    })),
            ];
        },
    };
}

// As many pages as are on screen.
async function load(state) {
    const found = { modules: [], next: null, total: 0 };
    for (let page = 0; page < state.pages; ++page) {
        const got = await get(`modules?${query({ q: state.search, after: found.next, limit: AT_ONCE })}`);
        found.modules.push(...got.modules);
        found.next = got.next;
        found.total = got.total;
        if (found.next === null)
            break;
    }
    return found;
}

function search_form(app, state) {
    const search = (input) => {
        clearTimeout(state.typing);
        state.search = input.value.trim();
        state.pages = 1;
        const address = state.search ? `#/modules?${query({ q: state.search })}` : '#/modules';
        // Without a hashchange, which would begin a new page and take the focus.
        history.replaceState(null, '', address);
        app.refresh();
    };
    return make('form', { role: 'search', 'data-keep': true, onsubmit: (event) => {
        event.preventDefault();
        search(event.target.elements.q);
    } }, make('input', { type: 'search', name: 'q', value: state.search, 'aria-label': text('search'),
        placeholder: text('search_hint'),
        oninput: (event) => {
            clearTimeout(state.typing);
            state.typing = setTimeout(search, TYPING, event.target);
        } }));
}

function new_module_form(app) {
    return make('details', { 'data-keep': true }, make('summary', {}, text('new_module')),
        make('form', { onsubmit: (event) => {
            event.preventDefault();
            const { modid, cmdid } = event.target.elements;
            const ids = parse_module(`${modid.value} ${cmdid.value}`);
            if (ids === null)
                event.target.querySelector('.error').textContent = text('bad_id');
            else
                app.go(module_link(ids));
        } },
        field('modid', { name: 'modid', inputmode: 'numeric', required: true, autocomplete: 'off' }),
        field('cmdid', { name: 'cmdid', inputmode: 'numeric', required: true, autocomplete: 'off' }),
        make('button', { type: 'submit' }, text('open')), make('p', { class: 'error', role: 'alert' })));
}

function modules_table(app, modules) {
    return table(text('modules'), [
        { title: text('module') }, { title: text('names') }, { title: text('hosts') },
        { title: text('calls'), number: true }, { title: text('failures'), number: true },
        { title: text('last_hour') }, { title: text('last_day') }, { title: text('last_report') },
    ], modules.map((module) => ({
        key: module_name(module.module),
        cells: [
            make('a', { href: module_link(module.module) }, module_name(module.module)),
            names_view(app, module),
            hosts_view(module),
            number(module.calls),
            make('span', { class: module.failures > 0 && 'failing' }, number(module.failures)),
            spark(module.spark_hour, text('last_hour')),
            spark(module.spark_day, text('last_day')),
            age(module.ts),
        ],
    })), text('no_modules'));
}

export function names_view(app, { module, names }) {
    return make('span', { class: 'names' }, name_view(app, 'modid', module[0], names[0]),
        make('span', { class: 'dim' }, ' / '), name_view(app, 'cmdid', module[1], names[1]));
}

// Where there are too many for a row, those that are not well come first.
function hosts_view({ module, hosts }) {
    const few = hosts.length <= HOSTS_SHOWN;
    const sorted = few ? hosts : [...hosts.filter(is_ill), ...hosts.filter((host) => !is_ill(host))];
    return make('ul', { class: 'hosts' }, sorted.slice(0, HOSTS_SHOWN).map((host) =>
        make('li', { 'data-key': host.host }, make('span', { class: 'host' }, host.host),
            make('span', { class: 'weight', title: text('weight') }, `×${host.weight}`), state_mark(host.state))),
    !few && make('li', {}, make('a', { href: module_link(module) },
        text('n_more', { n: hosts.length - HOSTS_SHOWN }))));
}

function is_ill(host) {
    return host.state === 'overloaded';
}
