// The history of a module: calls and failures over time, with axes.
import { make, make_svg } from './dom.js';
import { clock, now, number } from './format.js';
import { text } from './texts.js';

const WIDTH = 1200;
const HEIGHT = 200;
const LEFT = 64;
const TOP = 10;
const BOTTOM = 24;
const SPANS = { hour: { seconds: 3600, step: 60 }, day: { seconds: 86400, step: 900 } };

// POINTS: [[ts, calls, failures]]; WHICH: hour or day.
export function chart(points, which) {
    const span = SPANS[which];
    const end = now();
    const shown = (points ?? []).filter(([ts]) => ts > end - span.seconds - span.step);
    if (shown.length === 0)
        return make('p', { class: 'empty' }, text('no_history'));
    const most = round_up(Math.max(1, ...shown.map(([, calls]) => calls)));
    const x_of = (ts) => LEFT + (ts - end + span.seconds) / span.seconds * (WIDTH - LEFT);
    const y_of = (calls) => TOP + (1 - calls / most) * (HEIGHT - TOP - BOTTOM);
    return make('figure', {},
        make('div', { class: 'scroll-chart' }, make_svg('svg',
            { class: 'chart', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': text('history') },
            [0, most / 2, most].map((calls) => level(calls, y_of)),
            [0, 1, 2, 3, 4].map((part) => moment(end - span.seconds * (1 - part / 4), part, x_of)),
            shown.map((point) => column(point, span, x_of, y_of)))),
        make('figcaption', {}, make('span', { class: 'key calls' }, text('calls')),
            make('span', { class: 'key failures' }, text('failures')), text(`each_bar_${which}`)));
}

// A number that looks well at an axis: 1, 2 or 5 and zeros, and even.
function round_up(value) {
    const power = 10 ** Math.floor(Math.log10(value));
    return Math.max(2, [1, 2, 5, 10].find((factor) => factor * power >= value) * power);
}

function level(calls, y_of) {
    return make_svg('g', { class: 'axis' },
        make_svg('line', { x1: LEFT, x2: WIDTH, y1: y_of(calls), y2: y_of(calls) }),
        make_svg('text', { x: LEFT - 8, y: y_of(calls) + 4, 'text-anchor': 'end' }, number(calls)));
}

function moment(ts, part, x_of) {
    const anchor = part === 0 ? 'start' : part === 4 ? 'end' : 'middle';
    return make_svg('g', { class: 'axis' },
        make_svg('text', { x: x_of(ts), y: HEIGHT - 6, 'text-anchor': anchor }, clock(ts)));
}

function column([ts, calls, failures], span, x_of, y_of) {
    const left = Math.max(LEFT, x_of(ts));
    const right = Math.min(WIDTH, x_of(ts + span.step * 0.85));
    const box = (count, name) => make_svg('rect', { class: name, x: left, y: y_of(count),
        width: Math.max(0, right - left), height: y_of(0) - y_of(count) });
    return make_svg('g', {},
        make_svg('title', {}, text('bar_says', { time: clock(ts), calls: number(calls),
            failures: number(failures) })),
        box(calls, 'calls'), box(Math.min(failures, calls), 'failures'));
}
