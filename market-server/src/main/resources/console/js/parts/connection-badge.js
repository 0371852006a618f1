// State of the connection, always in sight; its figures and events on demand.
import { el, setText, setClass, oncePerFrame } from '../dom.js';
import { count, dateAndTime, duration, timeOfDay } from '../format.js';
import { text } from '../texts.js';
import { Popover } from './popover.js';

const FIGURES = ['state', 'latency', 'clockOffset', 'heard', 'received', 'reconnects', 'transport', 'node'];

export class ConnectionBadge {
  #link;
  #ask;

  constructor(root, link) {
    this.#link = link;
    this.#ask = oncePerFrame(() => this.#draw());
    this.label = el('span');
    this.button = el('button', { type: 'button', class: 'badge' }, this.label);
    this.values = Object.fromEntries(FIGURES.map((name) => [name, el('dd')]));
    this.events = el('ol', { class: 'events' });
    const panel = el('section', { id: 'connection', 'aria-label': text('connection') },
      el('h2', { text: text('connection') }),
      el('dl', {}, ...FIGURES.map((name) => el('div', {}, el('dt', { text: text(name) }), this.values[name]))),
      el('h3', { text: text('events') }), this.events);
    this.popover = new Popover(root, this.button, panel, () => this.#ask());
    this.clock = root.appendChild(el('time', { class: 'clock', title: text('serverTime') }));
    link.onChange(this.#ask);
    setInterval(this.#ask, 1_000);
    this.#draw();
  }

  #draw() {
    const link = this.#link;
    const { client } = link;
    const { state } = client;
    const name = state === 'live' ? 'live' : state === 'closed' ? 'closed' : link.lostAt === null ? 'connecting' : 'waiting';
    const stalled = state === 'live' ? link.stale.size : 0;
    setText(this.label, stalled > 0 ? `${text('live')} · ${text('stalled', { count: stalled })}` : text(name));
    this.button.dataset.state = stalled > 0 ? 'stale' : name;
    const now = client.serverTimeMillis();
    setText(this.clock, timeOfDay(now));
    this.clock.dateTime = new Date(now).toISOString();
    if (!this.popover.shown) {
      return;
    }
    const { latency, counters } = client;
    const shown = {
      state: text(name),
      latency: latency === null ? '–' : `${duration(latency.p50Millis)} (${duration(latency.minMillis)} – ${duration(latency.p99Millis)})`,
      clockOffset: latency === null ? '–' : duration(latency.clockOffsetMillis),
      heard: link.heardAt === null ? '–' : text('ago', { time: duration(performance.now() - link.heardAt) }),
      received: count(link.receivedCount),
      reconnects: count(counters.reconnectCount),
      transport: link.welcome?.transport ?? '–',
      node: link.welcome === null ? '–' : `${link.welcome.node}, ${link.welcome.connectionId}`,
    };
    FIGURES.forEach((figure) => setText(this.values[figure], shown[figure]));
    this.#drawEvents();
  }

  #drawEvents() {
    const { events } = this.#link;
    const newest = events[0];
    if (this.drawnEvent === newest && newest !== undefined) {
      return;
    }
    this.drawnEvent = newest;
    this.events.replaceChildren(...(events.length === 0
      ? [el('li', { class: 'note', text: text('noEvents') })]
      : events.map((event) => el('li', {}, el('time', { text: dateAndTime(event.at) }), ` ${told(event)}`))));
  }
}

function told({ key, values }) {
  return text(key, key === 'staleRoom' ? { ...values, reason: text(values.reason) } : values);
}

/** Across the page while there is no connection; goes by itself. */
export class OfflineBanner {
  constructor(root, link, onOpen) {
    this.message = el('p');
    this.button = el('button', { type: 'button', text: text('again'), onclick: onOpen });
    this.element = el('div', { class: 'banner', role: 'alert', hidden: true }, this.message, this.button);
    root.append(this.element);
    const draw = () => {
      const { lostAt, ending } = link;
      this.element.hidden = lostAt === null;
      setText(this.message, lostAt === null ? '' : ending === null ? text('offline') : text('ended', { reason: ending }));
      this.button.hidden = ending === null;
      setClass(document.body, 'offline', lostAt !== null);
    };
    link.onChange(draw);
    draw();
  }
}
