import { CandleFill } from './candle-fill.js';
import { Freshness } from './freshness.js';
import { CandleBook, TickerBoard } from './state-books.js';
import { TradeLog } from './trade-log.js';
import { MarketError } from './errors.js';

const DEFAULT_SNAPSHOT = { ticker: 1, kline: 1, trade: 0 };

/** One listener of a room. It is active from the reply on that holds the history it wants. */
export class RoomListener {
  active = false;
  /** Trades up to here are not its. */
  seq = 0;

  constructor(callbacks, snapshot) {
    this.callbacks = callbacks;
    this.snapshot = snapshot;
    this.ready = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.ready.catch(() => {}); // Who does not wait for it is told by `refused`.
  }
}

/** One room that the application wants to be in: its listeners, and how far it has come. */
export class Subscription {
  listeners = new Set();
  /** Whether this connection is in the room. */
  joined = false;
  /** Whether it was asked for on this connection: the server may have let us in and not have said so yet. */
  asked = false;
  /** The room's name as the server told it, which an `unsubscribe` needs. */
  canonical = null;
  /** Those who wait for another rate: `{name, resolve, reject}`. */
  rateChanges = [];
  #inForce;
  #epoch = null;
  #book;
  // Of a kline room; null in others.
  #fill;
  #client;

  /**
   * @param {import('./room-name.js').RoomName} name
   * @param {object} client what a room needs of its client: `events`, `platform`, `bufferTrades`, `fetchTrades`, `fetchCandles`
   */
  constructor(name, client) {
    this.name = name;
    this.#inForce = name;
    this.#client = client;
    this.#book = this.#newBook();
    this.#fill = name.channel === 'kline' ? this.#newFill() : null;
    this.freshness = new Freshness(client.platform, {
      stale: (since, reason) => client.events.emit('stale', { room: this.label, since, reason }),
      fresh: (left) => client.events.emit('fresh', { room: this.label, left }),
    });
  }

  /** The name by which the application is told of it. */
  get label() {
    return this.canonical ?? String(this.name);
  }

  /** Every name by which the connection may be in the room: while a change of rate has no answer, there are several. */
  get names() {
    return [...new Set([this.canonical ?? String(this.#inForce), ...this.rateChanges.map((change) => String(change.name))])];
  }

  get duplicateCount() {
    return this.#isTrade ? this.#book.duplicateCount : 0;
  }

  /** Adds a listener. @returns {boolean} whether the room must be asked for (again): for itself, or for the listener's history */
  add(listener) {
    this.listeners.add(listener);
    if (this.joined && this.#holds(listener.snapshot)) {
      this.#activate(listener, this.#isTrade ? [] : this.#book.newest(listener.snapshot));
      return false;
    }
    return true;
  }

  /** What to ask for now: from where the room stands, or from the start. */
  request() {
    const resumes = !this.joined && this.#epoch !== null && this.name.channel !== 'ticker';
    if (!resumes) {
      return { room: String(this.name), snapshot: this.#wantedHistory() };
    }
    return { room: String(this.name), since: { epoch: this.#epoch, seq: this.#cursorSeq } };
  }

  /**
   * @param {object} request the one that is answered
   * @returns {boolean} whether a listener still waits for history, so that the room must be asked for again
   */
  onJoined(request, result, { epoch, heartbeatMillis }) {
    const snapshot = asArray(result.snapshot);
    const isNewest = request.room === String(this.name);
    this.canonical = result.room;
    this.#inForce = isNewest ? this.name : this.#inForce;
    this.#epoch = epoch;
    const goesOn = this.joined || request.since !== undefined;
    this.joined = true;
    if (this.#isTrade) {
      this.#book.joined(snapshot, result.seq);
    } else {
      if (goesOn && !result.recovered) {
        this.#fill?.begin(this.#cursorSeq, this.#book.openTime);
      } else if (request.since !== undefined) {
        this.#fill?.end(); // The cursor was not above what is missing.
      }
      this.#deliver(this.#book.take(snapshot, result.seq), { snapshot: true });
    }
    this.freshness.joined(heartbeatMillis);
    for (const listener of [...this.listeners].filter((each) => !each.active)) {
      if (listener.snapshot <= (request.snapshot ?? 0) || this.#holds(listener.snapshot)) {
        const items = this.#isTrade ? lastOf(snapshot, listener.snapshot) : this.#book.newest(listener.snapshot);
        this.#activate(listener, items, result);
      }
    }
    if (isNewest) {
      this.rateChanges.splice(0).forEach((change) => change.resolve(this.canonical));
    }
    return [...this.listeners].some((listener) => !listener.active);
  }

  /** The server refused what was asked for. In the room still, if it was. @returns {boolean} whether the room is lost */
  onRefused(error) {
    this.rateChanges.splice(0).forEach((change) => change.reject(error));
    this.name = this.#inForce;
    for (const listener of [...this.listeners]) {
      if (!this.joined || !listener.active) {
        this.listeners.delete(listener);
        listener.reject(error);
      }
    }
    return this.listeners.size === 0;
  }

  onLive(message) {
    if (!this.joined) {
      return; // Of an earlier subscription to the same room.
    }
    const info = { snapshot: false, serverTime: message.serverTime, skipped: message.skipped ?? 0 };
    const items = asArray(message.data);
    if (this.#isTrade) {
      this.#book.take(items, info);
    } else {
      this.#deliver(this.#book.take(items, message.seq), info);
    }
  }

  onGap({ toSeq }) {
    if (this.joined && this.#isTrade) {
      this.#book.expect(toSeq);
    }
  }

  onHeartbeat(watermark, serverTime) {
    if (this.joined) {
      this.freshness.beat(watermark, serverTime, this.#seenSeq, this.name.rateMillis);
    }
  }

  look(late) {
    if (this.#epoch !== null) {
      const owedSeq = this.freshness.look(late, this.#seenSeq);
      if (owedSeq > 0 && this.joined) {
        this.#book.expect(owedSeq);
      }
    }
  }

  /** The connection ended. */
  interrupted() {
    this.joined = false;
    this.asked = false;
    this.#fill?.interrupted();
    if (this.#isTrade) {
      this.#book.interrupted();
    }
  }

  /** Another history began: what came before says nothing about what comes. */
  forgetPosition() {
    this.#epoch = null;
    this.#fill?.end();
    this.#book.forget();
    this.listeners.forEach((listener) => {
      listener.seq = 0;
    });
  }

  changeName(name) {
    this.name = name;
    return new Promise((resolve, reject) => this.rateChanges.push({ name, resolve, reject }));
  }

  /** Nobody wants the room any more. */
  end(error) {
    this.interrupted();
    this.rateChanges.splice(0).forEach((change) => change.reject(error));
    this.listeners.forEach((listener) => listener.reject(error));
    this.listeners.clear();
  }

  /** Takes one listener away. @returns {boolean} whether it was the last */
  remove(listener) {
    if (this.listeners.delete(listener)) {
      listener.reject(new MarketError('unsubscribed', `left ${this.name} before it was joined`));
    }
    return this.listeners.size === 0;
  }

  get #isTrade() {
    return this.name.channel === 'trade';
  }

  get #seenSeq() {
    return this.#isTrade ? this.#book.seenSeq : null;
  }

  /** Up to where nothing is missing. */
  get #cursorSeq() {
    return this.#isTrade ? this.#book.seq : Math.min(this.#book.cursorSeq, this.#fill.seq);
  }

  #newBook() {
    if (!this.#isTrade) {
      return this.name.channel === 'kline' ? new CandleBook() : new TickerBoard();
    }
    const owner = {
      trades: (trades, info) => this.#deliver(trades, info),
      gap: (fromSeq, toSeq, filled) => this.#tellGap(fromSeq, toSeq, filled),
      fetchTrades: async (fromSeq, limit, signal) =>
        (await this.#client.fetchTrades(this.name.symbol, fromSeq, limit, signal)).map((trade) => this.name.select(trade)),
    };
    return new TradeLog(owner, this.#client.platform, this.#client.bufferTrades);
  }

  #newFill() {
    const [, symbol, interval, hours, minutes] = this.name.base.split(':');
    const series = { symbol, interval, ...(hours === undefined ? {} : { utcOffset: `${hours}:${minutes}` }) };
    const owner = {
      candles: (candles) => this.#deliver(this.#book.take(candles, 0), { snapshot: true }),
      fetchCandles: async (startTime, limit) =>
        (await this.#client.fetchCandles({ ...series, startTime, limit })).map((candle) => this.name.select(candle)),
    };
    return new CandleFill(owner, this.#client.platform);
  }

  #holds(count) {
    return this.#isTrade ? count === 0 : this.#book.holds(count);
  }

  #wantedHistory() {
    const waiting = [...this.listeners].filter((listener) => !listener.active || this.#epoch === null);
    // After a reconnect the newest ticker is what was missed.
    const least = this.name.channel === 'ticker' && !this.joined ? 1 : 0;
    return Math.max(least, ...waiting.map((listener) => listener.snapshot));
  }

  #activate(listener, items, result) {
    listener.active = true;
    if (this.#isTrade) {
      listener.seq = items.length > 0 ? items[items.length - 1].seq : this.#book.seenSeq;
    }
    listener.resolve({
      room: this.canonical, seq: result?.seq ?? this.#book.seq, recovered: result?.recovered ?? false, snapshot: items,
    });
    this.#call(listener, items, { snapshot: true });
  }

  #deliver(items, info) {
    for (const listener of [...this.listeners]) {
      if (listener.active && this.listeners.has(listener)) {
        const own = this.#isTrade ? items.filter((trade) => trade.seq > listener.seq) : items;
        if (this.#isTrade && own.length > 0) {
          listener.seq = own[own.length - 1].seq;
        }
        this.#call(listener, own, info);
      }
    }
  }

  #call(listener, items, info) {
    if (items.length > 0) {
      this.#client.events.call(this.label, listener.callbacks.onData, items, { room: this.label, ...info });
    }
  }

  #tellGap(fromSeq, toSeq, filled) {
    this.#client.gapTold(filled);
    const gap = { room: this.label, fromSeq, toSeq, filled };
    this.#client.events.emit('gap', gap);
    if (filled) {
      return;
    }
    for (const listener of [...this.listeners]) {
      const from = Math.max(fromSeq, listener.seq + 1);
      if (listener.active && from <= toSeq) {
        listener.seq = toSeq;
        if (listener.callbacks.onGap !== undefined) {
          this.#client.events.call(gap.room, listener.callbacks.onGap, { ...gap, fromSeq: from });
        }
      }
    }
  }
}

export function defaultSnapshot(channel) {
  return DEFAULT_SNAPSHOT[channel];
}

function asArray(payload) {
  return payload === undefined || payload === null ? [] : Array.isArray(payload) ? payload : [payload];
}

function lastOf(list, count) {
  return count === 0 ? [] : list.slice(-count);
}
