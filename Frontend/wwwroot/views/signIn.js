import { element } from './dom.js';
import { demoSecret, demoUsers } from './demo.js';

/** The sign-in card. `signIn(id, secret)` rejects with what to show. */
export function signInView({ signIn, notice }) {
  const problem = element('p', { class: 'problem', role: 'alert' }, notice ?? '');
  const id = element('input', { id: 'sign-in-id', name: 'username', autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false', required: true, maxlength: 64 });
  const secret = element('input', { id: 'sign-in-secret', name: 'password', type: 'password', autocomplete: 'current-password', required: true });
  const fields = element('fieldset', { class: 'fields' },
    element('label', { for: id.id }, 'User id'), id,
    element('label', { for: secret.id }, 'Secret'), secret,
    element('button', { type: 'submit', class: 'primary' }, 'Sign in'),
    demoUsers.length > 0 && element('div', { class: 'demo', role: 'group', 'aria-label': 'Demo users' },
      element('p', { class: 'hint' }, 'Or try a demo user. Open a second window for the other side.'),
      element('div', { class: 'picks' }, ...demoUsers.map((user) =>
        element('button', { type: 'button', 'data-demo-user': user, onclick: () => attempt(user, demoSecret) }, user)))));

  async function attempt(userId, userSecret) {
    fields.disabled = true;
    problem.textContent = '';
    try {
      await signIn(userId, userSecret);
    } catch (error) {
      fields.disabled = false;
      problem.textContent = error.message;
      secret.select();
    }
  }

  const submit = (event) => {
    event.preventDefault();
    attempt(id.value.trim(), secret.value);
  };
  return element('div', { class: 'sign-in' },
    element('form', { class: 'card', onsubmit: submit },
      element('img', { src: 'favicon.svg', alt: '', width: 48, height: 48 }),
      element('h1', {}, 'Chat4All'),
      problem,
      fields));
}
