// What a change does to the hosts of modules.
import { make } from './dom.js';
import { module_name } from './format.js';
import { table } from './table.js';
import { text } from './texts.js';

// "ip:port@weight,..." as hosts; null if it is something else. Without a weight it is 100.
export function parse_hosts(written) {
    if (!written)
        return [];
    const hosts = written.split(',').map((one) => /^\s*([^@\s]+:\d+)(?:@(\d+))?\s*$/.exec(one));
    return hosts.includes(null) ? null : hosts.map(([, host, weight]) => ({ host, weight: Number(weight ?? 100) }));
}

// [{host, before, after}], with weights; null where it is not there.
function compare(before, after) {
    const weights = new Map(before.map(({ host, weight }) => [host, { host, before: weight, after: null }]));
    for (const { host, weight } of after)
        weights.set(host, { host, before: weights.get(host)?.before ?? null, after: weight });
    return [...weights.values()];
}

function kind_of({ before, after }) {
    if (before === null)
        return 'added';
    if (after === null)
        return 'removed';
    return before === after ? 'same' : 'changed';
}

// A table for each module of CHANGES: [{module, before, after}].
export function changes_view(changes) {
    return changes.map(({ module, before, after }) => make('section', { class: 'change' },
        make('h3', {}, text('module_n', { id: module_name(module) })),
        table(text('hosts'), [{ title: text('host') }, { title: text('weight_before'), number: true },
            { title: text('weight_after'), number: true }, { title: text('what') }],
        compare(before, after).map((row) => ({
            class: kind_of(row),
            cells: [row.host, row.before ?? '–', row.after ?? '–', text(`kind_${kind_of(row)}`)],
        })), text('no_hosts'))));
}

// The same in short, from the texts that audits and imports hold.
export function short_diff(before, after) {
    const old_hosts = parse_hosts(before);
    const new_hosts = parse_hosts(after);
    if (old_hosts === null || new_hosts === null)
        return [before || '–', ' → ', after || '–'];
    const differences = compare(old_hosts, new_hosts).filter((row) => kind_of(row) !== 'same');
    if (differences.length === 0)
        return '–';
    return make('ul', { class: 'diff' }, differences.map((row) =>
        make('li', { class: kind_of(row) }, in_words(row))));
}

function in_words(row) {
    switch (kind_of(row)) {
    case 'added': return `+ ${row.host} (${row.after})`;
    case 'removed': return `− ${row.host} (${row.before})`;
    default: return `${row.host}: ${row.before} → ${row.after}`;
    }
}
