// Drains the server, after it was asked whether that is meant.
import { el, setText } from '../dom.js';
import { count } from '../format.js';
import { api } from '../link.js';
import { text } from '../texts.js';

export class DrainDialog {
  constructor(root, link) {
    this.count = 0;
    this.question = el('p');
    this.state = el('p', { class: 'note', role: 'status' });
    this.button = el('button', { type: 'button', class: 'danger', text: text('drain'), onclick: () => {
      setText(this.question, text('drainText', { count: count(this.count) }));
      this.dialog.showModal();
    } });
    this.dialog = el('dialog', { 'aria-labelledby': 'drain-title' },
      el('h2', { id: 'drain-title', text: text('drainTitle') }), this.question,
      el('div', { class: 'buttons' },
        el('button', { type: 'button', text: text('cancel'), onclick: () => this.dialog.close() }),
        el('button', { type: 'button', class: 'danger', text: text('drainYes'), onclick: () => this.#drain(link) })));
    root.append(this.state, this.button, this.dialog);
  }

  async #drain(link) {
    this.dialog.close();
    try {
      await api(link, 'admin/drain', { method: 'POST', body: '{}' });
      setText(this.state, text('drained'));
    } catch (error) {
      setText(this.state, text('failed', { message: error.message }));
    }
  }
}
