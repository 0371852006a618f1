// What the tests give a client in the place of a browser: a clock that they move, sockets that they answer, REST that they script.
import { MarketClient } from '../src/market-client.js';

/** Lets everything run that waits for nothing but promises. */
export async function settle() {
  for (let turn = 0; turn < 20; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A generator of numbers from [0, 1) that a seed determines. */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A socket whose other end is the test. */
export class ScriptedSocket {
  readyState = 0;
  sent = [];
  onopen = null;
  onmessage = null;
  onerror = null;
  onclose = null;
  closedWith = null;

  constructor(url, protocols) {
    this.url = url;
    this.protocols = protocols;
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close(code, reason) {
    this.closedWith = { code, reason };
    this.readyState = 3;
  }

  open() {
    this.readyState = 1;
    this.onopen?.({ type: 'open' });
  }

  receive(message) {
    this.onmessage?.({ data: typeof message === 'string' ? message : JSON.stringify(message) });
  }

  end(code, reason = '') {
    this.readyState = 3;
    this.onclose?.({ code, reason, wasClean: code !== 1006 });
  }

  commands(event) {
    return this.sent.filter((command) => command.event === event);
  }

  last(event) {
    return this.commands(event).at(-1);
  }

  get handlerCount() {
    return [this.onopen, this.onmessage, this.onerror, this.onclose].filter((handler) => handler !== null).length;
  }
}

export class Surroundings {
  now = 1_000_000;
  wall = 1_763_845_200_000;
  sockets = [];
  requests = [];
  logged = [];
  chance = () => 0.5;
  /** Answers a REST request: `(url, init) => [status, body, headers]`, or throws. */
  rest = () => [404, { code: 'not_found', detail: 'nothing is scripted' }];
  #timers = new Map();
  #nextTimer = 1;
  #wakers = new Set();

  platform() {
    return {
      monotonicMillis: () => this.now,
      epochMillis: () => this.wall,
      setTimer: (task, delayMillis) => {
        this.#timers.set(this.#nextTimer, { task, at: this.now + delayMillis });
        return this.#nextTimer++;
      },
      clearTimer: (timer) => this.#timers.delete(timer),
      openSocket: (url, protocols) => {
        this.sockets.push(new ScriptedSocket(url, protocols));
        return this.socket;
      },
      fetch: async (url, init = {}) => {
        this.requests.push({ url, ...init });
        const [status, body, headers = {}] = await this.rest(url, init);
        init.signal?.throwIfAborted();
        return new Response(JSON.stringify(body), { status, headers });
      },
      random: () => this.chance(),
      log: (message, error) => this.logged.push({ message, error }),
      onWake: (listener) => {
        this.#wakers.add(listener);
        return () => this.#wakers.delete(listener);
      },
    };
  }

  get socket() {
    return this.sockets.at(-1);
  }

  get timerCount() {
    return this.#timers.size;
  }

  get wakerCount() {
    return this.#wakers.size;
  }

  /** Time passes, and timers run when they are due. */
  async pass(millis) {
    const end = this.now + millis;
    await settle();
    for (;;) {
      const due = [...this.#timers].filter(([, timer]) => timer.at <= end).sort((a, b) => a[1].at - b[1].at)[0];
      if (due === undefined) {
        break;
      }
      this.#moveTo(Math.max(this.now, due[1].at));
      this.#timers.delete(due[0]);
      due[1].task();
      await settle();
    }
    this.#moveTo(end);
    await settle();
  }

  /** Time passes and no timer runs: the page is frozen, or its timers are throttled. */
  sleep(millis) {
    this.#moveTo(this.now + millis);
  }

  async wake(why) {
    [...this.#wakers].forEach((listener) => listener(why));
    await settle();
  }

  #moveTo(time) {
    this.wall += time - this.now;
    this.now = time;
  }
}

export const WELCOME = {
  connectionId: 'c-1', protocol: 'market.v1+json', serverTime: 1_763_845_200_000, epoch: 'epoch-1', node: 'n', limits: {},
  heartbeatMillis: 10_000, transport: 'fast',
};

/** A client and the other end of what it does. */
export class Rig extends Surroundings {
  events = [];

  constructor(options = {}) {
    super();
    this.client = new MarketClient({ url: 'ws://market.test/ws', ...options, platform: { ...this.platform(), ...options.platform } });
    const told = ['connected', 'disconnected', 'reconnected', 'resubscribed', 'gap', 'stale', 'fresh', 'draining', 'historyChanged',
      'refused', 'notice', 'notification'];
    told.forEach((event) => this.client.on(event, (detail) => this.events.push({ event, ...detail })));
  }

  static async live(options) {
    const rig = new Rig(options);
    await settle();
    await rig.welcome();
    return rig;
  }

  async welcome(change = {}) {
    this.socket.open();
    this.socket.receive({ event: 'welcome', data: { ...WELCOME, ...change } });
    await settle();
  }

  /** Answers the last `subscribe` with rooms that are joined, each as the change says. */
  async joined(...changes) {
    const { id, data } = this.socket.last('subscribe');
    const rooms = data.rooms.map((room, index) => ({ room: room.room, ok: true, seq: 0, recovered: false, ...changes[index] }));
    this.socket.receive({ event: 'subscribed', id, data: rooms });
    await settle();
  }

  /** Answers all pings that are out. */
  pong() {
    for (const { id, data } of this.socket.commands('ping')) {
      this.socket.receive({ event: 'pong', id, data: { ...data, receiveTime: this.wall, sendTime: this.wall } });
    }
  }

  async receive(message) {
    this.socket.receive(message);
    await settle();
  }

  async trades(room, ...seqs) {
    await this.receive({ event: 'trade', room, seq: seqs.at(-1), serverTime: this.wall, data: seqs.map(trade) });
  }

  /** REST has the trades of these numbers. */
  restHas(from, to, except = () => false) {
    this.rest = (url) => {
      const query = new URL(url).searchParams;
      const first = Number(query.get('fromSeq'));
      const all = [];
      for (let seq = Math.max(first, from); seq <= to && all.length < Number(query.get('limit')); seq++) {
        if (!except(seq)) {
          all.push(trade(seq));
        }
      }
      return [200, all];
    };
  }

  told(event) {
    return this.events.filter((each) => each.event === event);
  }
}

export function trade(seq) {
  return { seq, id: `t-${seq}`, price: '1', qty: '1', quoteQty: '1', takerSide: 'buy', time: 1_763_845_200_000 + seq };
}

export function candle(openTime, seq, more = {}) {
  return { symbol: 'BTC-USDT', interval: '1m', openTime, seq, closed: false, cause: 'trade', close: '1', ...more };
}

export function range(from, to) {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
