// Small pictures of calls and failures over time, without axes.
import { make, make_svg } from './dom.js';
import { number } from './format.js';
import { text } from './texts.js';

const WIDTH = 120;
const HEIGHT = 24;

// POINTS: [[calls, failures] or null]; null altogether where nothing is known.
export function spark(points, label) {
    const known = (points ?? []).filter((point) => point !== null);
    if (known.length === 0)
        return make('span', { class: 'dim' }, '–');
    const most = Math.max(1, ...known.map(([calls]) => calls));
    const sums = known.reduce(([calls, failures], point) => [calls + point[0], failures + point[1]], [0, 0]);
    const says = text('spark_says', { label, calls: number(sums[0]), failures: number(sums[1]) });
    return make_svg('svg', { class: 'spark', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': says,
        preserveAspectRatio: 'none' },
        make_svg('title', {}, says),
        make_svg('path', { class: 'calls', d: bars(points, ([calls]) => calls / most) }),
        make_svg('path', { class: 'failures', d: bars(points, ([, failures]) => failures / most) }));
}

// One path for all bars: a page has hundreds of these pictures.
function bars(points, share) {
    const step = WIDTH / points.length;
    return points.map((point, at) => {
        const height = point === null ? 0 : Math.min(1, share(point)) * HEIGHT;
        // What is there is seen, however little it is.
        return height === 0 ? '' : bar(at * step, Math.max(1, height), step * 0.85);
    }).join('');
}

function bar(x, height, width) {
    return `M${x.toFixed(1)} ${HEIGHT}v${(-height).toFixed(1)}h${width.toFixed(1)}V${HEIGHT}z`;
}
