import { MarketError, closedError } from './errors.js';
import { Events } from './events.js';
import { Latency } from './latency.js';
import { Pace } from './pace.js';
import { defaultPlatform } from './platform.js';
import { Replays } from './replays.js';
import { MAX_PENDING, Requests } from './requests.js';
import { Rest } from './rest.js';
import { SeenLatency } from './seen-latency.js';
import { Session } from './session.js';
import { restUrlOf, settingsOf } from './settings.js';
import { Subscriber } from './subscriber.js';

export { Backoff, ReconnectPolicy } from './backoff.js';
export { MarketError } from './errors.js';
export { shared } from './shared.js';

const LIVE_EVENTS = new Set(['ticker', 'kline', 'trade', 'gap', 'heartbeat']);
/** What becomes of a command when its connection ends (`resent`: it goes on the next), and whether it is the client's `own`. */
const QUERY = { resent: true, own: false };
const ONCE = { resent: false, own: false };
const OWN = { resent: false, own: true };

const PUSHED_TO_USER = new Set(['notification', 'ev_new_message', 'ev_read_status']);

/**
 * A client of one market server. It keeps the connection: after every loss it comes back by itself, joins its rooms again with what it
 * has, and a trade room goes on without a hole or a duplicate, or says `gap`. It stops only when it is closed, when the
 * server says that coming back is no use, or after `reconnect.maxAttempts`.
 *
 * Listeners are called one after another, in the order of the messages; nothing is queued for them. Queries asked for while there is no
 * connection are sent when it is back.
 */
export class MarketClient {
  #settings;
  #platform;
  #events;
  #session;
  #subscriber;
  #requests;
  #pace;
  #replays;
  #rest;
  #latency = new Latency();
  #seen = new SeenLatency();
  #stop = new AbortController();
  #gapCount = 0;
  #filledCount = 0;
  #ready;

  /** Begins to connect in the next turn of the event loop. @param {object | string} options see market-client.d.ts */
  constructor(options) {
    this.#settings = settingsOf(options);
    this.#platform = { ...defaultPlatform(), ...this.#settings.platform };
    this.#events = new Events(this.#platform.log);
    this.#requests = new Requests(this.#platform, this.#settings.requestTimeoutMillis);
    this.#session = new Session(this.#settings, this.#platform, this.#events, {
      onLive: (welcome, how) => this.#onLive(welcome, how),
      onMessage: (message) => this.#onMessage(message),
      onLost: () => this.#onLost(),
      onLook: (late) => this.#onLook(late),
      onEnd: (error) => this.#onEnd(error),
      renew: (token, failed) => this.#ask('auth', { token }, OWN, () => {}, failed),
      ping: () => this.#ping().catch(() => {}), // Whether it was answered is the pulse's to judge.
    });
    this.#pace = new Pace(this.#platform, (command) => this.#session.send(command));
    this.#rest = new Rest(this.#platform, () => restUrlOf(this.#settings, this.#session.url), () => this.#session.token,
      this.#settings.deadlineMillis);
    this.#replays = new Replays({ events: this.#events, begin: (event, data) => this.#begin(event, data, ONCE) });
    this.#subscriber = new Subscriber({
      events: this.#events,
      platform: this.#platform,
      bufferTrades: this.#settings.fillGaps ? this.#settings.bufferTrades : 0,
      isLive: () => this.#session.state === 'live',
      isClosed: () => this.closed,
      ask: (event, data, onAnswer, onFailure) => this.#ask(event, data, OWN, onAnswer, onFailure),
      fetchTrades: (symbol, fromSeq, limit, signal) => this.#fetchTrades(symbol, fromSeq, limit, signal),
      gapTold: (filled) => {
        this.#gapCount += filled ? 0 : 1;
        this.#filledCount += filled ? 1 : 0;
      },
      fetchCandles: async (query) => (await this.#begin('klines', query, ONCE).answer).data,
    });
    this.#ready = {};
    this.#ready.promise = new Promise((resolve, reject) => Object.assign(this.#ready, { resolve, reject }));
    this.#ready.promise.catch(() => {}); // Who does not wait for it hears of `disconnected`.
    queueMicrotask(() => this.#session.start());
  }

  /** A client once the server has welcomed it. */
  static async connect(options) {
    const client = new MarketClient(options);
    await client.ready;
    return client;
  }

  /** Resolves with the first welcome; rejects when the client is closed before. */
  get ready() {
    return this.#ready.promise;
  }

  get url() {
    return this.#session.url;
  }

  get state() {
    return this.#session.state;
  }

  get closed() {
    return this.#session.state === 'closed';
  }

  /** Of the last 128 pings; null before the first. */
  get latency() {
    return this.#latency.summary();
  }

  get counters() {
    return {
      ...this.#session.counters,
      duplicateTradeCount: this.#subscriber.duplicateCount,
      gapCount: this.#gapCount,
      filledGapCount: this.#filledCount,
      roomCount: this.#subscriber.roomCount,
      pendingCount: this.#requests.size,
    };
  }

  /** The server's time as far as it is known, epoch milliseconds. */
  serverTimeMillis() {
    return this.#platform.epochMillis() + (this.latency?.clockOffsetMillis ?? 0);
  }

  on(event, handler) {
    return this.#events.on(event, handler);
  }

  off(event, handler) {
    this.#events.off(event, handler);
  }

  /**
   * Joins a ticker, kline or trade room.
   *
   * @throws {MarketError} at once: a name that is no room's, another rate or other fields of a room in force, a closed client
   */
  subscribe(room, listener, options = {}) {
    const callbacks = typeof listener === 'function' ? { onData: listener } : listener;
    if (typeof callbacks?.onData !== 'function') {
      throw new TypeError('listener must be a function, or an object with a function onData');
    }
    const joined = this.#subscriber.subscribe(room, callbacks, options);
    return {
      get room() {
        return joined.room.label;
      },
      ready: joined.listener.ready,
      unsubscribe: () => this.#subscriber.remove(joined.room, joined.listener),
    };
  }

  unsubscribe(room, listener) {
    return this.#subscriber.unsubscribe(room, listener);
  }

  /** Puts all listeners of a room on another rate, without a hole. @returns {Promise<string>} the room's new name */
  async changeRate(room, rate) {
    return this.#subscriber.changeRate(room, rate);
  }

  async klines(query) {
    return (await this.request('klines', query)).data;
  }

  async trades(query) {
    return (await this.request('trades', query)).data;
  }

  async tickers() {
    return (await this.request('ticker')).data;
  }

  async ticker(symbol) {
    return (await this.request('ticker', { symbol })).data;
  }

  async instruments() {
    return (await this.request('instruments')).data;
  }

  /** Sends a command, now or when the connection is back. @returns {Promise<object>} the whole answer */
  async request(event, data) {
    return this.#begin(event, data, QUERY).answer;
  }

  /** Sends a command and waits for no answer. @returns {boolean} false without a connection: then it is not sent */
  send(command) {
    return this.#session.send(command);
  }

  /** Measures the way to the server and the difference of the clocks. */
  async ping() {
    return this.#ping();
  }

  async publish(trades, { atomic = false, backfill = false } = {}) {
    const list = Array.isArray(trades) ? trades : [trades];
    const without = list.findIndex((trade) => trade?.id === undefined || trade.id === null || trade.id === '');
    if (without >= 0) {
      throw new MarketError('bad_field', `trade ${without} of ${list.length} has no id, so it could be stored twice`, { field: 'id' });
    }
    const { publishTimeoutMillis: timeoutMillis } = this.#settings;
    return this.#rest.publish(list, { atomic, backfill, timeoutMillis, signal: this.#stop.signal });
  }

  /** Plays the past to a listener. @returns {Promise<object>} once it runs: `rooms`, `done` and `stop()` */
  async replay(query, listener) {
    return this.#replays.start(query, listener);
  }

  /** Ends the connection; idempotent, returns at once. What waits for an answer fails with `closed`. */
  close() {
    this.#session.close();
  }

  /** @returns {number} the id of the command */
  #ask(event, data, { resent, own }, onAnswer, onFailure) {
    if (this.closed) {
      onFailure(closedError());
      return 0;
    }
    if (this.#requests.isFull(own)) {
      onFailure(new MarketError('too_many_requests', `more than ${MAX_PENDING} commands without an answer`, { temporary: true }));
      return 0;
    }
    const command = this.#requests.add(event, data, resent, onAnswer, onFailure);
    if (this.#session.state === 'live') {
      this.#requests.sent(command.id);
      this.#pace.send(command, own);
    }
    return command.id;
  }

  #begin(event, data, kind) {
    let id;
    const answer = new Promise((resolve, reject) => {
      id = this.#ask(event, data, kind, resolve, reject);
    });
    return { id, answer };
  }

  async #ping() {
    const started = this.#platform.monotonicMillis();
    const clientTime = Math.round(this.#platform.epochMillis());
    const { data } = await new Promise((resolve, reject) => {
      const command = this.#requests.add('ping', { clientTime, ...this.#seen.take() }, false, resolve, reject);
      this.#requests.sent(command.id);
      this.#session.send(command); // Past the pace: it must not wait behind what it is to measure.
    });
    const elapsedMillis = this.#platform.monotonicMillis() - started;
    const there = data.receiveTime - clientTime;
    const back = data.sendTime - (clientTime + elapsedMillis);
    const result = {
      latencyMillis: Math.max(0, elapsedMillis - (data.sendTime - data.receiveTime)),
      clockOffsetMillis: (there + back) / 2,
    };
    this.#latency.add(result.latencyMillis, result.clockOffsetMillis);
    this.#seen.measured(result.latencyMillis);
    return result;
  }

  /** The trades that fill a hole: over REST, or over the WebSocket where a page may not ask another origin. */
  async #fetchTrades(symbol, fromSeq, limit, signal) {
    try {
      return await this.#rest.trades(symbol, fromSeq, limit, signal);
    } catch (error) {
      if (error.code !== 'unreachable' || this.#session.state !== 'live') {
        throw error;
      }
      return (await this.#begin('trades', { symbol, fromSeq, limit }, ONCE).answer).data;
    }
  }

  #onLive(welcome, how) {
    this.#pace.restart(welcome.limits);
    for (const command of this.#requests.resend()) {
      this.#pace.send(command);
    }
    this.#ready.resolve();
    this.#ping().catch(() => {});
    this.#subscriber.onLive(welcome, how);
  }

  #onMessage(message) {
    if (message.room !== undefined && message.id === undefined && LIVE_EVENTS.has(message.event)) {
      if (this.#seen.due && this.latency !== null) {
        this.#seen.arrived(message.serverTime, this.serverTimeMillis());
      }
      this.#subscriber.dispatch(message);
    } else if (message.event === 'heartbeat') {
      this.#subscriber.dispatch(message);
    } else if (message.id !== undefined) {
      // The answer to a `replay` first: what follows has the same id.
      if (!this.#requests.take(message)) {
        this.#replays.take(message);
      }
    } else if (PUSHED_TO_USER.has(message.event)) {
      this.#events.emit('notification', message);
    } else if (message.event === 'error') {
      this.#events.emit('refused', { room: undefined, code: message.code, message: message.message });
    }
  }

  #onLost() {
    this.#pace.stop();
    this.#subscriber.onLost();
    this.#replays.onLost();
  }

  #onLook(late) {
    this.#requests.expire();
    this.#subscriber.look(late);
  }

  #onEnd(error) {
    this.#stop.abort();
    this.#pace.stop();
    this.#requests.failAll(error);
    this.#replays.end();
    this.#subscriber.end(error);
    this.#ready.reject(error);
    this.#events.emit('closed', { code: error.code, message: error.message });
  }
}
