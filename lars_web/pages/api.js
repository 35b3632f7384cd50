// Speaks with lars_web. A call that fails throws an api_error.
import { text } from './texts.js';

// In ms. An import may be long.
const LOOK_LIMIT = 20000;
const CHANGE_LIMIT = 300000;

// Who is logged in, as the server said last. "behind": seconds that our clock is behind its.
export const session = { known: false, user: null, right: 'none', csrf: null, version: '', behind: 0 };

// "answer" is the whole body, which for a conflict says what there is now.
export class api_error extends Error {
    constructor(status, code, message, answer = {}) {
        super(message);
        this.status = status;
        this.code = code;
        this.answer = answer;
    }

    // Neither our fault nor the visitor's: it may work in a moment.
    get is_outage() {
        return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
    }
}

export function may_change() {
    return session.right === 'change';
}

export async function load_session() {
    Object.assign(session, await get('session'), { known: true });
}

export async function log_in(user, password) {
    Object.assign(session, await send('POST', 'login', { user, password }));
}

export async function log_out() {
    await send('POST', 'logout', {});
    await load_session();
}

export function get(path) {
    return ask('GET', path, {});
}

export function send(method, path, body) {
    return send_text(method, path, JSON.stringify(body), 'application/json');
}

export async function send_text(method, path, body, type) {
    const call = () => ask(method, path, {
        body, headers: { 'Content-Type': type, 'X-CSRF-Token': session.csrf ?? '' },
    });
    try {
        return await call();
    } catch (error) {
        // Another window has logged in or out since, so that the cookie is another one than our token's.
        if (error.code === 'csrf' || error.status === 401)
            await load_session();
        if (error.code !== 'csrf')
            throw error;
        return call();
    }
}

async function ask(method, path, options) {
    let response;
    try {
        response = await fetch(`api/v1/${path}`, {
            method, credentials: 'same-origin', cache: 'no-store',
            signal: AbortSignal.timeout(method === 'GET' ? LOOK_LIMIT : CHANGE_LIMIT), ...options,
        });
    } catch (_error) {
        throw new api_error(0, 'unreachable', text('server_away'));
    }
    let answer = null;
    try {
        answer = await response.json();
    } catch (_error) {
        // What is no JSON comes from something in between.
    }
    if (response.ok && answer !== null)
        return answer;
    const error = answer?.error ?? {};
    throw new api_error(response.status, error.code ?? 'unknown', message_of(response, error), answer ?? {});
}

function message_of(response, error) {
    const message = error.message ?? text('strange_answer', { status: response.status });
    const wait = response.status === 429 && response.headers.get('Retry-After');
    return wait ? `${message} (${text('retry_after', { n: wait })})` : message;
}

// "a=1&b=2", without what is empty.
export function query(values) {
    const pairs = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== '');
    return new URLSearchParams(pairs).toString();
}
