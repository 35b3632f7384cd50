// What is above every page: navigation, who is logged in, the language; and the banners.
import { alarm_text } from './alarm_text.js';
import { log_out, session } from './api.js';
import { button, make } from './dom.js';
import { duration, module_link, now } from './format.js';
import { LANGUAGES, language, set_language, text } from './texts.js';

const PAGES = ['modules', 'services', 'alarms', 'audit', 'routes'];

// CURRENT: the name of the page; ALARMS: how many are active; BACK: where to come back to after
// a login; AGAIN(): draw everything anew.
export function head_view({ current, alarms, back, again }) {
    return make('div', { class: 'bar' },
        make('a', { class: 'brand', href: '#/modules' }, 'Lars'),
        make('nav', { 'aria-label': text('pages') }, PAGES.map((name) =>
            make('a', { href: `#/${name}`, 'aria-current': name === current && 'page' }, text(name),
                name === 'alarms' && alarms > 0 && make('span', { class: 'count' }, String(alarms))))),
        make('div', { class: 'visitor' }, visitor(back, again), language_switch(again)));
}

function visitor(back, again) {
    if (session.user === null)
        return make('a', { href: `#/login?back=${encodeURIComponent(back)}` }, text('log_in'));
    return [
        make('span', { class: 'user', title: text(`right_${session.right}`) }, session.user),
        button(text('log_out'), async () => {
            try {
                await log_out();
            } finally {
                again();
            }
        }, { class: 'plain' }),
    ];
}

function language_switch(again) {
    return Object.entries(LANGUAGES).filter(([name]) => name !== language()).map(([name, own_name]) =>
        button(own_name, () => {
            set_language(name);
            again();
        }, { class: 'plain', lang: name }));
}

// OUTAGE: null or {of_database, message, since}: what is on screen is from then, if anything is;
// ACTIVE: the active alarms.
export function banners_view({ outage, active }) {
    return make('div', {},
        outage && make('p', { class: 'banner outage', 'data-key': 'outage' },
            make('strong', {}, text(outage.of_database ? 'database_away' : 'server_away')), ` ${outage.message} `,
            outage.since ? text('data_age', { time: duration(now() - outage.since) }) : text('trying_again')),
        active.slice(0, 3).map((alarm) => make('p', { class: 'banner alarm', 'data-key': `alarm ${alarm.id}` },
            make('strong', {}, text(`rule_${alarm.rule}`)), ' ',
            alarm.module ? make('a', { href: module_link(alarm.module) }, alarm.subject) : alarm.subject,
            ` – ${alarm_text(alarm)}`)),
        active.length > 3 && make('p', { class: 'banner alarm', 'data-key': 'more' },
            make('a', { href: '#/alarms' }, text('more_alarms', { n: active.length - 3 }))));
}
