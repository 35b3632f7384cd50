// The processes of Lars that are known, and how they are.
import { get } from './api.js';
import { make } from './dom.js';
import { age, duration } from './format.js';
import { mark } from './marks.js';
import { table } from './table.js';
import { text } from './texts.js';

export function services_page() {
    return {
        title: text('services'),
        view: async () => {
            const { services, complete } = await get('services');
            return [
                make('div', { class: 'title' }, make('h1', {}, text('services'))), services_table(services),
                complete === false && make('p', { class: 'more' }, text('agents_missing')),
            ];
        },
    };
}

function services_table(services) {
    return table(text('services'), [
        { title: text('service') }, { title: text('address') }, { title: text('state') },
        { title: text('version') }, { title: text('behind'), number: true }, { title: text('seen') },
        { title: text('known_by') },
    ], services.map((service) => ({
        key: `${service.kind} ${service.address}`,
        cells: [
            text(`service_${service.kind}`), make('span', { class: 'host' }, service.address),
            [service.alive ? mark('good', text('alive')) : mark('bad', text('silent')),
                service.trouble && make('small', {}, ` ${service.trouble}`)],
            service.version || '–',
            service.behind_seconds === null ? '–' : duration(service.behind_seconds),
            age(service.seen), text(`source_${service.source}`),
        ],
    })), text('no_services'));
}
