// How each caller fares with each host of a module: a row for a host, a column for a caller.
import { button, make } from './dom.js';
import { age, number } from './format.js';
import { mark } from './marks.js';
import { text } from './texts.js';

const SHOWN = 12;

// STATE.all_callers: whether all are shown.
export function callers_view(app, { callers, hosts }, state) {
    if (callers.length === 0)
        return make('p', { class: 'empty' }, text('no_callers'));
    const cells = new Map(callers.map((row) => [`${row.caller} ${row.host}`, row]));
    const names = by_trouble(callers);
    const shown = state.all_callers ? names : names.slice(0, SHOWN);
    // Reports may name hosts that the module no longer has.
    const all_hosts = [...new Set([...hosts, ...callers].map(({ host }) => host))];
    return [
        make('div', { class: 'scroll' }, make('table', { class: 'callers' },
            make('caption', { class: 'unseen' }, text('callers')),
            make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, text('host_by_caller')),
                shown.map((name) => make('th', { scope: 'col', 'data-key': name }, name)))),
            make('tbody', {}, all_hosts.map((host) => make('tr', { 'data-key': host },
                make('th', { scope: 'row' }, host),
                shown.map((name) => make('td', { 'data-key': name }, cell_view(cells.get(`${name} ${host}`))))))))),
        names.length > SHOWN && make('p', { class: 'more' },
            text('n_of_total', { n: number(shown.length), total: number(names.length) }), ' ',
            button(text(state.all_callers ? 'fewer' : 'all'), () => {
                state.all_callers = !state.all_callers;
                app.refresh();
            })),
    ];
}

// Those that see most hosts overloaded come first.
function by_trouble(callers) {
    const troubles = new Map();
    for (const { caller, overloaded } of callers)
        troubles.set(caller, (troubles.get(caller) ?? 0) + (overloaded ? 1 : 0));
    return [...troubles].sort((one, other) => other[1] - one[1] || one[0].localeCompare(other[0]))
        .map(([name]) => name);
}

function cell_view(row) {
    if (row === undefined)
        return make('span', { class: 'dim' }, '–');
    return make('div', { class: 'report' },
        row.overloaded ? mark('bad', text('state_overloaded')) : mark('good', text('state_healthy')),
        make('span', {}, text('calls_failures', { calls: number(row.calls), failures: number(row.failures) })),
        make('small', { class: 'dim' }, age(row.ts)));
}
