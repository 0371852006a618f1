// The frames of one connection, as they go in and out.
import { el, setText } from '../dom.js';
import { count, timeOfDay } from '../format.js';
import { api } from '../link.js';
import { text } from '../texts.js';

const POLL_MILLIS = 500;
const KEPT = 200;

export class Trace {
  #link;
  #id = null;
  #next = 0;
  #timer = null;

  constructor(root, link) {
    this.#link = link;
    this.title = el('h3', { text: text('trace') });
    this.stopButton = el('button', { type: 'button', text: text('traceStop'), hidden: true, onclick: () => this.stop() });
    this.state = el('p', { class: 'note', text: text('noTrace'), role: 'status' });
    this.list = el('ol', { class: 'trace', tabindex: 0, 'aria-label': text('trace') });
    root.append(el('section', { class: 'trace-pane' }, el('div', { class: 'bar' }, this.title, this.stopButton), this.state, this.list));
  }

  async start(id) {
    this.stop();
    this.#id = id;
    this.#next = 0;
    this.list.replaceChildren();
    setText(this.title, text('traceOf', { id }));
    setText(this.state, '');
    this.stopButton.hidden = false;
    try {
      await api(this.#link, this.#path(), { method: 'POST', body: '{}' });
      this.#poll(id);
    } catch (error) {
      this.#failed(id, error);
    }
  }

  stop() {
    if (this.#id !== null) {
      api(this.#link, this.#path(), { method: 'DELETE' }).catch(() => {}); // It ends by itself when nobody asks.
    }
    this.#id = null;
    clearTimeout(this.#timer);
    this.stopButton.hidden = true;
  }

  #path() {
    return `admin/connections/${encodeURIComponent(this.#id)}/trace`;
  }

  async #poll(id) {
    if (this.#id !== id) {
      return;
    }
    try {
      const { frames, next, lost } = await api(this.#link, `${this.#path()}?after=${this.#next}`);
      if (this.#id !== id) {
        return;
      }
      this.#next = next;
      if (lost > 0) {
        this.#add(el('li', { class: 'note', text: text('skipped', { count: count(lost) }) }));
      }
      frames.forEach((frame) => this.#add(el('li', { class: frame.direction },
        el('time', { text: timeOfDay(frame.time) }), ` ${frame.direction === 'in' ? '→' : '←'} ${count(frame.bytes)} B `, el('code', { text: frame.text }))));
      this.#timer = setTimeout(() => this.#poll(id), POLL_MILLIS);
    } catch (error) {
      this.#failed(id, error);
    }
  }

  /** What fails of an earlier trace is not the one's that is shown. */
  #failed(id, error) {
    if (this.#id === id) {
      this.#id = null;
      this.stopButton.hidden = true;
      setText(this.state, text('failed', { message: error.message }));
    }
  }

  #add(item) {
    const atEnd = this.list.scrollTop + this.list.clientHeight >= this.list.scrollHeight - 4;
    this.list.append(item);
    while (this.list.childElementCount > KEPT) {
      this.list.firstElementChild.remove();
    }
    if (atEnd) {
      this.list.scrollTop = this.list.scrollHeight;
    }
  }
}
