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

  constructor(root, toasts, link) {
    this.#link = link;
    this.toasts = toasts;
    this.number = el('span', { class: 'number', 'aria-hidden': 'true' });
    this.button = el('button', { type: 'button', class: 'bell', hidden: true }, icon(), this.number);
    this.list = el('ul', { class: 'messages' });
    this.all = el('button', { type: 'button', text: text('markAll'), onclick: () => this.#read([...this.#unread()].map((each) => each.id)) });
    const panel = el('section', { id: 'inbox', 'aria-label': text('inbox') },
      el('div', { class: 'bar' }, el('h2', { text: text('inbox') }), this.all), this.list);
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

  #unread() {
    return this.#source?.unread ?? [];
  }

  #changed() {
    const unread = this.#unread().length;
    setText(this.number, unread === 0 ? '' : count(unread));
    this.button.setAttribute('aria-label', text('bell', { count: unread }));
    setClass(this.button, 'unread', unread > 0);
    this.all.disabled = unread === 0;
    if (this.popover.shown) {
      this.#drawList();
    }
  }

  async #drawList() {
    try {
      const answer = await api(this.#link, `users/me/messages?limit=${LISTED}`);
      const messages = [...(answer.messages ?? answer)].sort((a, b) => b.seq - a.seq);
      this.list.replaceChildren(...(messages.length === 0
        ? [el('li', { class: 'note', text: text('noMessages') })]
        : messages.map((message) => this.#item(message))));
    } catch (error) {
      this.list.replaceChildren(el('li', { class: 'error', text: text('failed', { message: error.message }) }));
    }
  }

  #item(message) {
    const unread = message.read !== true;
    return el('li', { class: unread ? 'unread' : '' },
      el('strong', { text: message.title }), el('time', { text: dateAndTime(message.createdTime) }), el('p', { text: message.content }),
      ...(unread ? [el('button', { type: 'button', text: text('markRead'), onclick: () => this.#read([message.id]) })] : []));
  }

  async #read(ids) {
    try {
      await this.#link.client.request('read_message', { ids });
    } finally {
      this.#changed();
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
