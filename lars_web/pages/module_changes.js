// What can be done to a module's hosts. Each goes by way of a preview.
import { send } from './api.js';
import { start_change } from './change_dialog.js';
import { field, make } from './dom.js';
import { module_name, parse_module } from './format.js';
import { text } from './texts.js';

const USUAL_WEIGHT = 100;

function path_of({ module }, what) {
    return `modules/${module[0]}/${module[1]}/${what}`;
}

// MORE: title and fields; BODY(values): what the change is.
function change(app, module, what, more, body) {
    start_change({
        module: module.module,
        version: module.version,
        fields: null,
        done: () => {
            app.tell(text('applied'));
            app.refresh();
        },
        ask: (step, values) => send('POST', path_of(module, what), { ...step, ...body(values) }),
        ...more,
    });
}

export function add_host(app, module) {
    change(app, module, 'change', {
        title: text('add_host_to', { id: module_name(module.module) }),
        fields: () => [
            field(text('host'), { name: 'host', required: true, autocomplete: 'off', placeholder: '10.0.0.1:8080' },
                text('host_hint')),
            weight_field(USUAL_WEIGHT),
        ],
    }, (values) => ({ set: [{ host: values.get('host').trim(), weight: Number(values.get('weight')) }] }));
}

// Also brings a drained host back.
export function weigh_host(app, module, { host, weight }) {
    change(app, module, 'change', {
        title: text(weight > 0 ? 'weigh_host' : 'undrain_host', { host }),
        fields: () => weight_field(weight || USUAL_WEIGHT),
    }, (values) => ({ set: [{ host, weight: Number(values.get('weight')) }] }));
}

export function drain_host(app, module, { host }) {
    change(app, module, 'change', { title: text('drain_host', { host }) }, () => ({ set: [{ host, weight: 0 }] }));
}

export function remove_host(app, module, { host }) {
    change(app, module, 'change', { title: text('remove_host', { host }) }, () => ({ remove: [host] }));
}

export function undo_change(app, module) {
    change(app, module, 'undo', { title: text('undo_of', { id: module_name(module.module) }) }, () => ({}));
}

export function move_hosts(app, module) {
    change(app, module, 'move', {
        title: text('move_hosts_of', { id: module_name(module.module) }),
        fields: () => [
            make('fieldset', {}, make('legend', {}, text('hosts')), module.hosts.map(({ host }) =>
                make('label', { class: 'check' },
                    make('input', { type: 'checkbox', name: 'hosts', value: host }), host))),
            field(text('to_module'), { name: 'to', required: true, autocomplete: 'off', placeholder: '1, 2' }),
        ],
    }, (values) => {
        const to = parse_module(values.get('to'));
        if (to === null)
            throw new Error(text('bad_id'));
        return { to, hosts: values.getAll('hosts') };
    });
}

function weight_field(weight) {
    return field(text('weight'), { name: 'weight', type: 'number', min: 0, step: 1, required: true,
        value: String(weight) }, text('weight_hint'));
}
