// The operator's window: rates and latency over time, rooms, connections, how the last ones ended, the frames of one, and the drain.
import { el, setText } from '../dom.js';
import { bytes, count, dateAndTime, duration } from '../format.js';
import { api } from '../link.js';
import { text } from '../texts.js';
import { DrainDialog } from './drain-dialog.js';
import { Plot } from './plot.js';
import { Table } from './table.js';
import { Trace } from './trace.js';

const POLL_MILLIS = 1_000;
const LIMIT = 100;

export class GatewayView {
  #link;
  #timer = null;

  constructor(root, link) {
    this.#link = link;
    this.root = root;
    this.note = root.appendChild(el('p', { class: 'note', role: 'status' }));
    this.content = root.appendChild(el('div', { class: 'gateway', hidden: true }));
    const bar = this.content.appendChild(el('div', { class: 'bar' }));
    this.summary = bar.appendChild(el('p', { class: 'summary' }));
    this.drain = new DrainDialog(bar, link);
    const plots = this.content.appendChild(el('div', { class: 'plots' }));
    const perSecond = (value) => `${count(Math.round(value))}${text('perSecond')}`;
    this.ingest = new Plot(plots, text('ingest'), [{ colour: 'up' }], perSecond);
    this.delivered = new Plot(plots, text('delivered'), [{ colour: 'focus' }], perSecond);
    this.bytesOut = new Plot(plots, text('bytesOut'), [{ colour: 'soft' }], (value) => `${bytes(Math.round(value))}${text('perSecond')}`);
    this.delay = new Plot(plots, text('delay'), [{ colour: 'up' }, { colour: 'down' }], duration);
    const tables = this.content.appendChild(el('div', { class: 'tables' }));
    this.rooms = new Table(tables, text('rooms'), [
      { key: 'room', of: (row) => row.room },
      { key: 'rate', of: (row) => row.rate },
      { key: 'members', of: (row) => count(row.members), number: true },
    ]);
    this.connections = new Table(tables, text('connections'), [
      { key: 'connection', of: (row) => row.id, button: (row) => this.trace.start(row.id) },
      { key: 'user', of: (row) => row.userId ?? '–' },
      { key: 'address', of: (row) => row.address || '–' },
      { key: 'transport', of: (row) => row.transport },
      { key: 'opened', of: (row) => duration(Math.max(0, link.client.serverTimeMillis() - row.openedTime)) },
      { key: 'rooms', of: (row) => count(row.rooms), number: true },
      { key: 'rtt', of: (row) => duration(row.rttMillis), number: true },
      { key: 'queue', of: (row) => `${count(row.waitingMessages)} · ${bytes(row.waitingBytes)}`, number: true },
      { key: 'conflated', of: (row) => count(row.conflated), number: true },
      { key: 'dropped', of: (row) => count(row.dropped), number: true },
    ]);
    this.trace = new Trace(this.content, link);
    this.ends = new Table(this.content.appendChild(el('div', { class: 'tables' })), text('ends'), [
      { key: 'time', of: (row) => dateAndTime(row.endedTime) },
      { key: 'connection', of: (row) => row.id },
      { key: 'user', of: (row) => row.userId ?? '–' },
      { key: 'code', of: (row) => String(row.code), number: true },
      { key: 'reason', of: (row) => row.reason || '–' },
      { key: 'dropped', of: (row) => count(row.dropped), number: true },
    ]);
  }

  show() {
    this.root.hidden = false;
    this.#poll();
  }

  hide() {
    this.root.hidden = true;
    clearTimeout(this.#timer);
    this.#timer = null;
    this.trace.stop();
  }

  async #poll() {
    clearTimeout(this.#timer);
    if (this.#link.token === '') {
      setText(this.note, text('needAdmin'));
      return;
    }
    try {
      const [stats, rooms, connections, ends] = await Promise.all(
        ['stats', `rooms?limit=${LIMIT}`, `connections?limit=${LIMIT}`, 'ends'].map((path) => api(this.#link, `admin/${path}`)));
      this.#draw(stats, rooms, connections, ends);
    } catch (error) {
      const mayNot = error.status === 401 || error.status === 403;
      setText(this.note, mayNot ? text('needAdmin') : text('failed', { message: error.message }));
      this.content.hidden = mayNot || this.content.hidden;
    }
    if (!this.root.hidden) {
      this.#timer = setTimeout(() => this.#poll(), document.hidden ? 10 * POLL_MILLIS : POLL_MILLIS);
    }
  }

  #draw(stats, rooms, connections, ends) {
    this.content.hidden = false;
    setText(this.note, connections.count > LIMIT ? text('first', { count: LIMIT }) : '');
    setText(this.summary, `${text('connections')} ${count(connections.count)} · ${text('rooms')} ${count(rooms.count)}`);
    this.drain.count = connections.count;
    const { history } = stats;
    const rates = (field) => differences(history, field);
    this.ingest.draw([rates('tradesAccepted')]);
    this.delivered.draw([rates('messages')]);
    this.bytesOut.draw([rates('bytes')]);
    this.delay.draw([history.map((each) => each.latency.p50), history.map((each) => each.latency.p99)]);
    this.rooms.draw(rooms.rooms);
    this.connections.draw(connections.connections);
    this.ends.draw(ends.ends ?? ends);
  }
}

/** Per second, of counts that only rise. */
function differences(history, field) {
  return history.slice(1).map((each, index) =>
    (each[field] - history[index][field]) / Math.max(0.001, (each.time - history[index].time) / 1_000));
}
