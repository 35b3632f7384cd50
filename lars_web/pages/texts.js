// What is said, in the visitor's language: that of the browser, or the one chosen here.
import { TEXTS as EN } from './texts_en.js';
import { TEXTS as ZH } from './texts_zh.js';

export const LANGUAGES = { en: 'English', zh: '中文' };

const TEXTS = { en: EN, zh: ZH };
const PLACE = 'lars_language';

let chosen = first_choice();

function first_choice() {
    const kept = kept_choice();
    if (kept in TEXTS)
        return kept;
    for (const wish of navigator.languages ?? []) {
        const name = wish.slice(0, 2).toLowerCase();
        if (name in TEXTS)
            return name;
    }
    return 'en';
}

// A browser may forbid us to keep anything.
function kept_choice() {
    try {
        return localStorage.getItem(PLACE) ?? '';
    } catch (_error) {
        return '';
    }
}

export function language() {
    return chosen;
}

export function set_language(name) {
    chosen = name;
    try {
        localStorage.setItem(PLACE, name);
    } catch (_error) {
        // Then it lasts as long as the page.
    }
}

// Whether there is a text of that name, and VALUES has all that it needs.
export function has_text(name, values) {
    const found = TEXTS[chosen][name];
    return found !== undefined && [...found.matchAll(/\{(\w+)\}/g)].every(([, value]) => value in values);
}

// The text of that name, with VALUES in the places of "{name}". A name without a text is shown
// itself: the server may know kinds and states that are newer than we are.
export function text(name, values = {}) {
    const found = TEXTS[chosen][name] ?? TEXTS.en[name] ?? name.replace(/^(state|rule|service|source|action)_/, '');
    return found.replace(/\{(\w+)\}/g, (place, value) => String(values[value] ?? place));
}
