// The login. Whoever comes from a page goes back to it.
import { log_in } from './api.js';
import { field, make } from './dom.js';
import { text } from './texts.js';

export function login_page(app, _parts, values) {
    const error = make('p', { class: 'error', role: 'alert' });
    async function submit(event) {
        event.preventDefault();
        const form = event.target;
        error.textContent = '';
        try {
            await log_in(form.elements.user.value, form.elements.password.value);
        } catch (failure) {
            error.textContent = failure.code === 'login_failed' ? text('wrong_password') : failure.message;
            form.elements.password.select();
            return;
        }
        // Only a page of ours.
        const back = values.get('back') ?? '';
        app.go(back.startsWith('#/') && !back.startsWith('#/login') ? back : '#/modules');
    }
    return {
        title: text('log_in'),
        view: async () => make('div', {}, make('form', { class: 'login', onsubmit: submit, 'data-keep': true },
            make('h1', {}, text('log_in')),
            values.get('needed') !== null && make('p', { class: 'dim' }, text('login_needed')),
            field(text('user'), { name: 'user', autocomplete: 'username', required: true, autocapitalize: 'none' }),
            field(text('password'), { name: 'password', type: 'password', autocomplete: 'current-password',
                required: true }),
            error,
            make('div', { class: 'buttons' }, make('button', { type: 'submit', class: 'primary' }, text('log_in'))))),
    };
}
