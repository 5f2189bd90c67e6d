import { element } from './dom.js';
import { demoUsers } from './demo.js';

/** The dialog that starts a conversation. `create(request)` rejects with what to show. */
export function newConversationDialog({ store, create }) {
  const known = [...store.conversations.values()].flatMap((conversation) => store.others(conversation));
  const people = [...new Set([...known, ...demoUsers])].filter((id) => id !== store.me.id)
    .sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
  const chosen = new Set();

  const problem = element('p', { class: 'problem', role: 'alert' });
  const name = element('input', { id: 'new-name', name: 'name', maxlength: 100, autocomplete: 'off' });
  const others = element('input', { id: 'new-others', name: 'others', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false' });
  const nameField = element('div', { class: 'field', hidden: true }, element('label', { for: name.id }, 'Name'), name);
  const picks = people.map((id) => element('button', { type: 'button', 'aria-pressed': 'false', 'data-person': id, onclick: () => toggle(id) }, id));
  const isGroup = () => form.elements.type.value === 'group';

  function toggle(id) {
    if (!chosen.delete(id)) {
      if (!isGroup()) chosen.clear();
      chosen.add(id);
    }
    showChoice();
  }

  function onType() {
    nameField.hidden = !isGroup();
    if (!isGroup() && chosen.size > 1) chosen.clear();
    showChoice();
  }

  function showChoice() {
    for (const pick of picks) pick.setAttribute('aria-pressed', `${chosen.has(pick.dataset.person)}`);
  }

  async function onSubmit(event) {
    event.preventDefault();
    const typed = others.value.split(/[\s,;]+/).filter(Boolean);
    const members = [...new Set([store.me.id, ...chosen, ...typed])];
    problem.textContent = '';
    fields.disabled = true;
    try {
      await create({ type: form.elements.type.value, members, name: isGroup() ? name.value.trim() : '' });
      dialog.close();
    } catch (error) {
      fields.disabled = false;
      problem.textContent = error.message;
    }
  }

  const kind = (value, label, checked) => element('label', { class: 'kind' },
    element('input', { type: 'radio', name: 'type', value, checked, onchange: onType }), element('span', {}, label));
  const fields = element('fieldset', { class: 'fields' },
    element('div', { class: 'kinds', role: 'radiogroup', 'aria-label': 'Kind' }, kind('private', 'Private', true), kind('group', 'Group', false)),
    nameField,
    picks.length > 0 && element('div', { class: 'picks', role: 'group', 'aria-label': 'People' }, ...picks),
    element('div', { class: 'field' }, element('label', { for: others.id }, 'Other user ids, separated by commas'), others),
    element('div', { class: 'actions' },
      element('button', { type: 'button', onclick: () => dialog.close() }, 'Cancel'),
      element('button', { type: 'submit', class: 'primary' }, 'Start')));
  const form = element('form', { onsubmit: onSubmit }, element('h2', { id: 'new-title' }, 'New conversation'), problem, fields);
  const dialog = element('dialog', { class: 'card', 'aria-labelledby': 'new-title', onclose: () => dialog.remove() }, form);
  return dialog;
}
