// A state as a colour, a sign and a word, so that it is seen without the colour too.
import { make } from './dom.js';
import { text } from './texts.js';

const SIGNS = { good: '✓', bad: '✕', off: '–', unknown: '?' };
const KINDS = { healthy: 'good', overloaded: 'bad', drained: 'off' };

export function mark(kind, word) {
    return make('span', { class: `mark ${kind}` }, make('span', { 'aria-hidden': 'true' }, SIGNS[kind]), ` ${word}`);
}

export function state_mark(state) {
    return mark(KINDS[state] ?? 'unknown', text(`state_${state}`));
}
