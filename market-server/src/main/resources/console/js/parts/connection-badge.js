// State of the connection, always in sight; its figures and events on demand.
import { el, setText, setClass, oncePerFrame } from '../dom.js';
import { count, dateAndTime, duration, timeOfDay } from '../format.js';
import { text } from '../texts.js';

const FIGURES = ['state', 'latency', 'clockOffset', 'heard', 'received', 'reconnects', 'transport', 'node'];

export class ConnectionBadge {
  #link;
  #ask;

  constructor(root, link) {
    this.#link = link;
    this.#ask = oncePerFrame(() => this.#draw());
    this.label = el('span');
    this.button = el('button', {
      type: 'button', class: 'badge', 'aria-expanded': 'false', 'aria-controls': 'connection', onclick: () => this.#toggle(),
    }, this.label);
    this.values = Object.fromEntries(FIGURES.map((name) => [name, el('dd')]));
    this.events = el('ol', { class: 'events' });
    this.panel = el('section', { id: 'connection', class: 'popover', 'aria-label': text('connection'), hidden: true },
      el('h2', { text: text('connection') }),
      el('dl', {}, ...FIGURES.map((name) => el('div', {}, el('dt', { text: text(name) }), this.values[name]))),
      el('h3', { text: text('events') }), this.events);
    this.clock = el('time', { class: 'clock', title: text('serverTime') });
    root.append(el('div', { class: 'anchor' }, this.button, this.panel), this.clock);
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !this.panel.hidden) {
        this.#toggle();
        this.button.focus();
      }
    });
    link.onChange(this.#ask);
    setInterval(this.#ask, 1_000);
    this.#draw();
  }

  #toggle() {
    this.panel.hidden = !this.panel.hidden;
    this.button.setAttribute('aria-expanded', String(!this.panel.hidden));
    this.#draw();
  }

  #draw() {
    const link = this.#link;
    const { client } = link;
    const { state } = client;
    const name = state === 'live' ? 'live' : state === 'closed' ? 'closed' : link.lostAt === null ? 'connecting' : 'waiting';
    setText(this.label, state === 'live' && link.stale.size > 0 ? `${text('live')} · ${text('staleRoom', { room: link.stale.size, reason: '' }).replace(/[:：]\s*$/, '')}` : text(name));
    this.button.dataset.state = state === 'live' && link.stale.size > 0 ? 'stale' : name;
    const now = client.serverTimeMillis();
    setText(this.clock, timeOfDay(now));
    this.clock.dateTime = new Date(now).toISOString();
    if (this.panel.hidden) {
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
      : events.map((event) => el('li', {}, el('time', { text: dateAndTime(event.at) }), ` ${text(event.key, event.values)}`))));
  }
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
