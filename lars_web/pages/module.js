// One module: its hosts, who calls them, what happened to it, and how to change it.
import { get, may_change, query, session } from './api.js';
import { audit_table } from './audit.js';
import { chart } from './chart.js';
import { button, make } from './dom.js';
import { age, module_name, number, parse_module } from './format.js';
import { callers_view } from './callers.js';
import { state_mark } from './marks.js';
import { add_host, drain_host, move_hosts, remove_host, undo_change, weigh_host } from './module_changes.js';
import { names_view } from './modules.js';
import { table } from './table.js';
import { text } from './texts.js';

const ENTRIES = 10;

export function module_page(app, parts) {
    const id = parse_module(parts.join(' '));
    if (id === null) {
        return { title: text('modules'), still: true,
            view: async () => make('p', { class: 'error' }, text('bad_id')) };
    }
    const state = { span: 'hour', all_callers: false };
    return {
        title: text('module_n', { id: module_name(id) }),
        view: async () => {
            const [module, audit] = await Promise.all([
                get(`modules/${id[0]}/${id[1]}`), load_audit(id)]);
            return [
                title_view(app, module),
                make('section', {}, make('h2', {}, text('hosts')), hosts_table(app, module)),
                make('section', {}, make('h2', {}, text('callers')), callers_view(app, module, state)),
                make('section', {}, history_title(app, state), chart(module.history?.[state.span], state.span)),
                audit_section(id, audit),
            ];
        },
    };
}

// The module is shown even if nobody can say what became of it before.
async function load_audit(id) {
    try {
        return await get(`audit?${query({ module: id.join(','), limit: ENTRIES })}`);
    } catch (error) {
        if (error.status === 401 || error.is_outage)
            throw error;
        return { error: error.message };
    }
}

function audit_section(id, audit) {
    return make('section', {}, make('h2', {}, text('audit')),
        audit.error ? make('p', { class: 'error' }, audit.error) : audit_table(audit, false),
        audit.entries?.length === ENTRIES &&
            make('p', { class: 'more' }, make('a', { href: `#/audit?module=${id.join(',')}` }, text('all_entries'))));
}

function title_view(app, module) {
    return make('div', { class: 'title' },
        make('h1', {}, text('module_n', { id: module_name(module.module) })), names_view(app, module),
        make('p', { class: 'sums' }, text('sums', { calls: number(module.calls), failures: number(module.failures),
            age: age(module.ts) })),
        may_change() ? make('div', { class: 'actions' },
            button(text('add_host'), () => add_host(app, module), { class: 'primary' }),
            module.hosts.length > 0 && button(text('move_hosts'), () => move_hosts(app, module)),
            button(text('undo'), () => undo_change(app, module))) : login_hint());
}

function login_hint() {
    if (session.user !== null)
        return make('p', { class: 'dim' }, text('may_not_change'));
    const login = `#/login?back=${encodeURIComponent(location.hash)}`;
    return make('p', { class: 'dim' }, make('a', { href: login }, text('log_in')), ' ', text('to_change'));
}

function hosts_table(app, module) {
    const sum = module.hosts.reduce((total, { weight }) => total + weight, 0);
    const columns = [{ title: text('host') }, { title: text('state') }, { title: text('weight'), number: true },
        { title: text('share'), number: true }, { title: text('calls'), number: true },
        { title: text('failures'), number: true }, { title: text('seen_overloaded'), number: true },
        { title: text('last_report') }];
    if (may_change())
        columns.push({ title: text('change') });
    return table(text('hosts'), columns, module.hosts.map((host) => ({
        key: host.host,
        cells: [
            make('span', { class: 'host' }, host.host), state_mark(host.state), number(host.weight),
            sum > 0 ? `${(100 * host.weight / sum).toFixed(1)} %` : '–',
            number(host.calls), make('span', { class: host.failures > 0 && 'failing' }, number(host.failures)),
            text('n_of_callers', { n: number(host.overloaded_by), total: number(host.callers) }), age(host.ts),
            may_change() && host_buttons(app, module, host),
        ].slice(0, columns.length),
    })), text('no_hosts_yet'));
}

function host_buttons(app, module, host) {
    const small = (label, action) => button(text(label), () => action(app, module, host),
        { 'aria-label': `${text(label)} ${host.host}` });
    return make('div', { class: 'row-buttons' },
        host.weight > 0 ? [small('weigh', weigh_host), small('drain', drain_host)] : small('undrain', weigh_host),
        small('remove', remove_host));
}

function history_title(app, state) {
    return make('h2', {}, text('history'), make('span', { class: 'switch' }, ['hour', 'day'].map((span) =>
        button(text(`last_${span}`), () => {
            state.span = span;
            app.refresh();
        }, { 'aria-pressed': String(span === state.span) }))));
}
