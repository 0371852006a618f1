// Signing in by pasting a token, and out again. The token lives as long as the tab.
import { el, setText } from '../dom.js';
import { text } from '../texts.js';

export class SignIn {
  #link;
  // Of the dialog as it is open now: what comes of an earlier one is nobody's.
  #attempt = 0;

  constructor(root, link, onChange) {
    this.#link = link;
    this.button = el('button', { type: 'button', text: text('signIn'), onclick: () => this.#pressed(onChange) });
    this.box = el('textarea', { name: 'token', rows: 4, required: true, spellcheck: 'false', autocomplete: 'off', 'aria-label': text('token') });
    this.error = el('p', { class: 'error', role: 'alert' });
    this.dialog = el('dialog', { 'aria-labelledby': 'sign-in-title' },
      el('form', { method: 'dialog', onsubmit: (event) => { event.preventDefault(); this.#submit(onChange); } },
        el('h2', { id: 'sign-in-title', text: text('signIn') }),
        el('p', { class: 'note' }, `${text('tokenHelp')} `, el('code', { text: 'bin/market token --sub alice' })),
        this.box, this.error,
        el('div', { class: 'buttons' },
          el('button', { type: 'button', text: text('cancel'), onclick: () => this.dialog.close() }),
          el('button', { type: 'submit', class: 'primary', text: text('signIn') }))));
    this.dialog.addEventListener('close', () => {
      this.#attempt++;
      this.box.value = '';
    });
    root.append(this.button, this.dialog);
  }

  /** Who it is now, or null. */
  show(userId) {
    setText(this.button, userId === null ? text('signIn') : text('signOut'));
    this.button.title = userId === null ? '' : text('signedInAs', { user: userId });
    this.userId = userId;
  }

  #pressed(onChange) {
    if (this.userId !== null && this.userId !== undefined) {
      this.#link.token = '';
      onChange();
      return;
    }
    setText(this.error, '');
    this.dialog.showModal();
  }

  async #submit(onChange) {
    const attempt = this.#attempt;
    const wanted = () => attempt === this.#attempt && this.dialog.open; // The event of its closing comes a moment after.
    const token = this.box.value.trim();
    try {
      await this.#link.client.request('auth', { token });
    } catch (error) {
      if (wanted()) {
        setText(this.error, text('tokenRefused', { message: error.message }));
      }
      return;
    }
    if (wanted()) {
      this.#link.token = token;
      this.dialog.close();
    }
    onChange(); // The connection has the token now, also if it was cancelled meanwhile: the page begins anew without it.
  }
}
