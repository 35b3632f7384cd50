// How numbers, times and ids are shown.
import { language, text } from './texts.js';
import { session } from './api.js';

export function module_name([modid, cmdid]) {
    return `(${modid},${cmdid})`;
}

export function module_link([modid, cmdid]) {
    return `#/module/${modid}/${cmdid}`;
}

export function number(value) {
    return value === null || value === undefined ? '–' : value.toLocaleString(language());
}

// In the server's time, which the ages of reports are in.
export function now() {
    return Date.now() / 1000 + session.behind;
}

// "12 s ago"; a dash for what never was.
export function age(ts) {
    return ts === null || ts === undefined ? '–' : text('ago', { time: duration(now() - ts) });
}

export function duration(seconds) {
    const whole = Math.max(0, Math.round(seconds));
    if (whole < 120)
        return text('n_seconds', { n: whole });
    if (whole < 7200)
        return text('n_minutes', { n: Math.floor(whole / 60) });
    if (whole < 172800)
        return text('n_hours', { n: Math.floor(whole / 3600) });
    return text('n_days', { n: Math.floor(whole / 86400) });
}

// Local time, in the order that everybody understands.
export function time(ts) {
    if (ts === null || ts === undefined)
        return '–';
    const date = new Date(ts * 1000);
    const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
    return `${day} ${clock(ts)}:${two(date.getSeconds())}`;
}

export function clock(ts) {
    const date = new Date(ts * 1000);
    return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

function two(digits) {
    return String(digits).padStart(2, '0');
}

// A module as people write it: "1 2", "1,2" or "(1,2)". Null if it is none.
export function parse_module(written) {
    const found = /^\s*\(?\s*(-?\d{1,10})[\s,]+(-?\d{1,10})\s*\)?\s*$/.exec(written);
    const ids = found ? [Number(found[1]), Number(found[2])] : [NaN];
    return ids.every((id) => id >= -2147483648 && id <= 4294967295) ? ids : null;
}
