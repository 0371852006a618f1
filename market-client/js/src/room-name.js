import { MarketError } from './errors.js';

const MAX_LENGTH = 200;
const DEFAULT_RATES = { ticker: '250ms', kline: '250ms', trade: 'raw' };
const RATE_MILLIS = new Map(Object.entries({
  raw: 0, '100ms': 100, '250ms': 250, '500ms': 500, '1s': 1_000, '2s': 2_000, '5s': 5_000, '10s': 10_000,
}));
const INTERVAL_MINUTES = new Map(Object.entries({
  '1s': 1 / 60, '1m': 1, '3m': 3, '5m': 5, '15m': 15, '30m': 30, '1h': 60, '2h': 120, '4h': 240, '6h': 360, '8h': 480,
  '12h': 720, '1d': 1_440, '3d': 4_320, '1w': 10_080, '1M': 43_200,
}));
const ALWAYS_SENT = {
  ticker: ['symbol', 'seq', 'time'],
  kline: ['symbol', 'interval', 'openTime', 'seq', 'closed', 'cause'],
  trade: ['seq', 'time'],
};

/**
 * A room's name in its parts, PROTOCOL.md section 6: `channel[:argument…][@rate][~field…]`. Immutable.
 *
 * `base` is what the room is about, whatever its rate and fields: a connection is in one room of each base. `key` is equal for two
 * spellings of one room.
 */
export class RoomName {
  /** @throws {MarketError} `unknown_room`, `unknown_interval` or `bad_field` if no server can have such a room */
  constructor(text) {
    if (typeof text !== 'string' || text.length > MAX_LENGTH) {
      throw new MarketError('unknown_room', `a room is named by a string of at most ${MAX_LENGTH} characters`);
    }
    const [room, ...fields] = text.split('~');
    const [path, rate] = split(room, '@');
    const [channel, ...args] = path.split(':');
    if (!(channel in DEFAULT_RATES)) {
      throw new MarketError('unknown_room', `room must start with ticker:, kline: or trade:, was "${text}"`);
    }
    this.channel = channel;
    this.rate = rate ?? DEFAULT_RATES[channel];
    if (!RATE_MILLIS.has(this.rate)) {
      throw new MarketError('bad_field', `rate must be ${[...RATE_MILLIS.keys()].join(', ')}, was "${this.rate}"`);
    }
    this.rateMillis = RATE_MILLIS.get(this.rate);
    this.symbol = args[0];
    this.interval = channel === 'kline' ? args[1] : undefined;
    this.base = channel === 'kline' ? baseOfKline(text, args) : baseOf(text, channel, args);
    const always = new Set(ALWAYS_SENT[channel]);
    /** Names of the fields wanted beside those always sent; null for all. */
    this.fields = fields.length === 0 ? null : Object.freeze(fields.filter((field) => !always.has(field)));
    this.key = `${this.base}@${this.rate}${this.fields === null ? '' : ['', ...[...this.fields].sort()].join('~')}`;
    this.suffix = fields.map((field) => `~${field}`).join('');
    Object.freeze(this);
  }

  /** The same room at another rate. */
  at(rate) {
    return new RoomName(`${this.base}@${rate}${this.suffix}`);
  }

  /** A payload as the room sends it: with the fields chosen and those always sent. */
  select(payload) {
    if (this.fields === null) {
      return payload;
    }
    const names = [...ALWAYS_SENT[this.channel], ...this.fields];
    return Object.fromEntries(names.filter((name) => name in payload).map((name) => [name, payload[name]]));
  }

  toString() {
    return `${this.base}${this.rate === DEFAULT_RATES[this.channel] ? '' : `@${this.rate}`}${this.suffix}`;
  }
}

/** The base of a canonical name, as the server writes it. */
export function baseOfCanonical(name) {
  return name.split(/[@~]/, 1)[0];
}

function split(text, mark) {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function baseOf(text, channel, args) {
  if (args.length !== 1 || args[0] === '') {
    throw new MarketError('unknown_room', `room must be ${channel}:<symbol>, was "${text}"`);
  }
  return `${channel}:${args[0]}`;
}

function baseOfKline(text, [symbol, interval, hours, minutes]) {
  const parts = text.split(/[@~]/, 1)[0].split(':').length;
  if (!symbol || interval === undefined || parts === 4 || parts > 5) {
    throw new MarketError('unknown_room', `room must be kline:<symbol>:<interval>[:<utcOffset>], was "${text}"`);
  }
  const intervalMinutes = INTERVAL_MINUTES.get(interval);
  if (intervalMinutes === undefined) {
    throw new MarketError('unknown_interval', `interval must be ${[...INTERVAL_MINUTES.keys()].join(', ')}, was "${interval}"`);
  }
  const base = `kline:${symbol}:${interval}`;
  if (hours === undefined) {
    return base;
  }
  if (!/^[+-]\d\d$/.test(hours) || !/^\d\d$/.test(minutes)) {
    throw new MarketError('bad_field', `utcOffset must be such as +08:00, was "${hours}:${minutes}"`);
  }
  const offset = Math.abs(Number(hours)) * 60 + Number(minutes);
  // An offset that moves no candle of the interval is left out: the server does the same.
  return offset % intervalMinutes === 0 || intervalMinutes < 1 ? base : `${base}:${hours}:${minutes}`;
}
