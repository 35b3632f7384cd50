// Shows the page that the address names, and keeps it fresh.
import { alarms_page } from './alarms.js';
import { get, load_session, session } from './api.js';
import { audit_page } from './audit.js';
import { make } from './dom.js';
import { now } from './format.js';
import { banners_view, head_view } from './head.js';
import { login_page } from './login.js';
import { module_page } from './module.js';
import { modules_page } from './modules.js';
import { patch_children } from './patch.js';
import { routes_page } from './routes.js';
import { services_page } from './services.js';
import { language, text } from './texts.js';

const PERIOD = 5000;  // ms between two looks

// A page is {title, view(): a promise of a tree, still: it is not looked at again by itself}.
const PAGES = { modules: modules_page, module: module_page, services: services_page, alarms: alarms_page,
    audit: audit_page, routes: routes_page, login: login_page };

const at = (id) => document.getElementById(id);
const state = { page: null, name: '', turn: 0, alarms: [], outage: null, fresh_at: null,
    stale: false, timer: null };

// What pages use of us.
const app = {
    refresh: () => show(),
    go: (hash) => {
        if (location.hash === hash)
            open_page();
        else
            location.hash = hash;
    },
    // Says shortly that something is done.
    tell: (message) => {
        at('told').replaceChildren(make('p', {}, message));
        setTimeout(() => at('told').replaceChildren(), 6000);
    },
};

function parse_address() {
    const [path, query] = location.hash.replace(/^#\/?/, '').split('?', 2);
    const [name, ...parts] = path.split('/').map(decoded);
    return { name: Object.hasOwn(PAGES, name) ? name : 'modules', parts, values: new URLSearchParams(query ?? '') };
}

function decoded(part) {
    try {
        return decodeURIComponent(part);
    } catch (_error) {
        return part;
    }
}

async function open_page() {
    const { name, parts, values } = parse_address();
    state.name = name;
    state.page = PAGES[name](app, parts, values);
    state.fresh_at = null;
    state.stale = false;
    // What a dialog is about stays behind with its page.
    document.querySelectorAll('dialog').forEach((dialog) => dialog.close());
    document.documentElement.lang = language();
    at('main').replaceChildren(make('p', { class: 'empty' }, text('one_moment')));
    draw_frame();
    await show();
    scrollTo(0, 0);
    if (!at('main').contains(document.activeElement))
        at('main').focus({ preventScroll: true });
}

// Looks at the server and shows what it says. Of several looks only the last one counts.
async function show() {
    const turn = ++state.turn;
    clearTimeout(state.timer);
    const [view, status] = await look(state.page);
    if (turn !== state.turn)
        return;
    if (view.status === 'fulfilled')
        show_tree(view.value);
    else
        show_failure(view.reason);
    if (status.reason?.is_outage)
        state.outage ??= outage_of(status.reason);
    draw_frame();
    state.timer = setTimeout(look_again, PERIOD);
}

async function look(page) {
    try {
        if (!session.known)
            await load_session();
    } catch (reason) {
        return [{ status: 'rejected', reason }, {}];
    }
    return Promise.allSettled([page.view(), load_status()]);
}

// Some pages are fresh without the database too.
function show_tree(tree) {
    state.fresh_at = now();
    state.stale = false;
    patch_children(at('main'), make('div', {}, tree));
}

function look_again() {
    if (document.hidden || (state.page.still && !state.outage)) {
        state.timer = setTimeout(look_again, PERIOD);
        if (!document.hidden)
            load_status().then(draw_frame, () => {});
        return;
    }
    show();
}

// What was shown stays, as long as it may come back by itself.
function show_failure(error) {
    if (error.status === 401 && state.name !== 'login') {
        Object.assign(session, { user: null, right: 'none', csrf: null });
        app.go(`#/login?needed=1&back=${encodeURIComponent(location.hash || '#/modules')}`);
        return;
    }
    if (error.status === undefined)
        console.error(error);
    if (error.is_outage) {
        state.outage ??= outage_of(error);
        state.stale = state.fresh_at !== null;
        if (state.stale)
            return;
    }
    patch_children(at('main'), make('div', {}, make('div', { class: 'failure', 'data-key': 'failure' },
        make('h1', {}, state.page.title), make('p', { class: 'error', role: 'alert' }, error.message))));
}

function outage_of(error) {
    return { of_database: error.status === 503, message: error.status === 0 ? '' : in_brackets(error.message) };
}

function in_brackets(message) {
    return message ? `(${message})` : '';
}

// Who may not read learns nothing of the state either.
async function load_status() {
    const status = session.right === 'none' ? null : await get('status');
    state.outage = !status || status.database.alive ? null
        : { of_database: true, message: in_brackets(status.database.message) };
    state.alarms = status?.alarms > 0 ? (await get('alarms')).active : [];
    if (status)
        session.behind = status.now - Date.now() / 1000;
}

function draw_frame() {
    document.title = `${state.page.title} – Lars`;
    const back = state.name === 'login' ? parse_address().values.get('back') ?? '' : location.hash;
    patch_children(at('head'), make('div', {}, head_view({ current: state.name, alarms: state.alarms.length, back,
        again: open_page })));
    const outage = state.outage && { ...state.outage, since: state.stale && state.fresh_at };
    patch_children(at('banners'), banners_view({ outage, active: state.alarms }));
    at('main').classList.toggle('stale', state.stale);
}

addEventListener('hashchange', open_page);
document.addEventListener('visibilitychange', () => document.hidden || show());
open_page();
