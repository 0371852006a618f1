// The user's messages: a bell with the unread count, a list, and a toast for what comes while one looks.
import { Message } from '../../client/message.js';
import { el, setText, setClass } from '../dom.js';
import { count, dateAndTime } from '../format.js';
import { api } from '../link.js';
import { text } from '../texts.js';
import { Popover } from './popover.js';

const SVG = 'http://www.w3.org/2000/svg';
const LISTED = 50;
const TOAST_MILLIS = 8_000;

export class Messages {
  #link;
  #source = null;
  #drawing = 0;

  constructor(root, toasts, link) {
    this.#link = link;
    this.toasts = toasts;
    this.number = el('span', { class: 'number', 'aria-hidden': 'true' });
    this.button = el('button', { type: 'button', class: 'bell', hidden: true }, icon(), this.number);
    this.list = el('ul', { class: 'messages' });
    this.all = el('button', { type: 'button', text: text('markAll'), onclick: () => this.#read({ all: true }) });
    this.error = el('p', { class: 'error', role: 'alert' });
    const panel = el('section', { id: 'inbox', 'aria-label': text('inbox') },
      el('div', { class: 'bar' }, el('h2', { text: text('inbox') }), this.all), this.error, this.list);
    this.popover = new Popover(root, this.button, panel, () => this.#drawList());
  }

  /** Begins for the user who is signed in now; or stops. */
  show(userId) {
    this.#source?.stop();
    this.#source = null;
    this.button.hidden = userId === null;
    if (userId === null) {
      this.popover.show(false);
      return;
    }
    this.#source = new Message(this.#link.client, {
      onUnread: () => this.#changed(),
      onReadStatus: () => this.#changed(),
      onNotification: (message, data) => this.#toast(data),
    });
    this.#changed();
  }

  #changed() {
    const unread = this.#source?.unreadCount ?? 0;
    setText(this.number, unread === 0 ? '' : count(unread));
    this.button.setAttribute('aria-label', text('bell', { count: unread }));
    setClass(this.button, 'unread', unread > 0);
    if (unread === 0 && document.activeElement === this.all) {
      this.button.focus(); // What is disabled has no focus.
    }
    this.all.disabled = unread === 0;
    if (this.popover.shown) {
      this.#drawList();
    }
  }

  async #drawList() {
    const drawing = ++this.#drawing;
    let items;
    try {
      const messages = await this.#newest();
      items = messages.length === 0 ? [el('li', { class: 'note', text: text('noMessages') })]
        : messages.map((message) => this.#item(message));
    } catch (error) {
      items = [el('li', { class: 'error', text: text('failed', { message: error.message }) })];
    }
    if (drawing === this.#drawing) { // Otherwise a later list is on its way, or there.
      this.#replace(items);
    }
  }

  /** The last messages, the newest first. A page begins after a `seq`, and the first one says how far they go. */
  async #newest() {
    const page = (since) => api(this.#link, `users/me/messages?since=${since}&limit=${LISTED}`);
    const first = await page(0);
    const goesOn = first.messages.length > 0 && first.messages[first.messages.length - 1].seq < first.seq;
    const { messages } = goesOn ? await page(first.seq - LISTED) : first;
    return [...messages].sort((a, b) => b.seq - a.seq);
  }

  /** The focus stays with its message, or goes to the next that can be marked. */
  #replace(items) {
    const had = [...this.list.children].findIndex((item) => item.contains(document.activeElement));
    const id = this.list.children[had]?.dataset.id;
    this.list.replaceChildren(...items);
    if (had >= 0) {
      const at = items.findIndex((item) => item.dataset.id === id);
      const next = [...items.slice(Math.max(0, at)), ...items].map((item) => item.querySelector('button')).find((button) => button !== null);
      (next ?? this.button).focus();
    }
  }

  #item(message) {
    const unread = message.read !== true;
    return el('li', { class: unread ? 'unread' : '', 'data-id': message.id },
      el('strong', { text: message.title }), el('time', { text: dateAndTime(message.createdTime) }), el('p', { text: message.content }),
      ...(unread ? [el('button', { type: 'button', text: text('markRead'), onclick: () => this.#read({ ids: [message.id] }) })] : []));
  }

  async #read(which) {
    setText(this.error, '');
    try {
      await this.#source.read(which);
    } catch (error) {
      setText(this.error, text('failed', { message: error.message }));
    }
  }

  #toast(message) {
    const toast = el('div', { class: 'toast', role: 'status' }, el('strong', { text: message.title }), el('p', { text: message.content }),
      el('button', { type: 'button', 'aria-label': text('close'), text: '×', onclick: () => toast.remove() }));
    this.toasts.append(toast);
    setTimeout(() => toast.remove(), TOAST_MILLIS);
    this.#changed();
  }
}

/** A bell: the system may have no font with one. */
function icon() {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', 'M8 1a1 1 0 0 0-1 1v.6A4.5 4.5 0 0 0 3.500 7v3L2 12v1h12v-1l-1.500-2V7A4.500 4.500 0 0 0 9 2.600V2a1 1 0 0 0-1-1zM6.500 14a1.500 1.500 0 0 0 3 0z');
  svg.append(path);
  return svg;
}
