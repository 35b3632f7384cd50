// Alarms: those that are active, those that were, and by which rules.
import { alarm_text, said } from './alarm_text.js';
import { get } from './api.js';
import { make } from './dom.js';
import { age, duration, module_link, now, time } from './format.js';
import { mark } from './marks.js';
import { table } from './table.js';
import { text } from './texts.js';

export function alarms_page() {
    return {
        title: text('alarms'),
        view: async () => {
            const { active, past, rules } = await get('alarms');
            return [
                make('div', { class: 'title' }, make('h1', {}, text('alarms'))),
                make('section', {}, make('h2', {}, text('active_alarms')),
                    alarms_table(active, 'active_alarms', 'no_active_alarms')),
                make('section', {}, make('h2', {}, text('past_alarms')),
                    alarms_table(past, 'past_alarms', 'no_past_alarms')),
                make('section', {}, make('h2', {}, text('rules')), rules_table(rules)),
            ];
        },
    };
}

function alarms_table(alarms, caption, empty) {
    return table(text(caption), [{ title: text('state') }, { title: text('rule') }, { title: text('subject') },
        { title: text('what') }, { title: text('since') }, { title: text('until') }, { title: text('lasted') }],
    alarms.map((alarm) => ({
        key: String(alarm.id),
        cells: [
            alarm.until === null ? mark('bad', text('active')) : mark('good', text('over')),
            text(`rule_${alarm.rule}`),
            alarm.module ? make('a', { href: module_link(alarm.module) }, alarm.subject) : alarm.subject,
            alarm_text(alarm),
            make('span', { class: 'time', title: age(alarm.since) }, time(alarm.since)),
            make('span', { class: 'time' }, time(alarm.until)), duration((alarm.until ?? now()) - alarm.since),
        ],
    })), text(empty));
}

function rules_table(rules) {
    return table(text('rules'), [{ title: text('rule') }, { title: text('what') }],
        rules.map((rule) => ({ key: rule.name, cells: [text(`rule_${rule.name}`), said(`means_${rule.name}`, rule)] })), text('no_rules'));
}
