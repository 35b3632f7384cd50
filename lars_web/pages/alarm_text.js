// What an alarm or a rule says, in the visitor's language.
import { has_text, text } from './texts.js';

// ONE has a sentence of the server's, in English, and the VALUES in it. Rules and values may be
// newer than we are: then the server's sentence is shown.
export function said(name, { text: sentence, values = {} }) {
    return has_text(name, values) ? text(name, values) : sentence;
}

export function alarm_text(alarm) {
    const name = alarm.rule === 'dns_behind' && alarm.values?.trouble !== undefined ? 'dns_away' : alarm.rule;
    return said(`alarm_${name}`, alarm);
}
