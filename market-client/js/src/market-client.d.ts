/** Browser client of the market gateway. The wire protocol is market-core/doc/PROTOCOL.md. */

/** An exact decimal, such as `"800.01"`. Never a float: use a decimal library to compute with it. */
export type Decimal = string;
/** Epoch milliseconds UTC. */
export type EpochMillis = number;

export type Rate = 'raw' | '100ms' | '250ms' | '500ms' | '1s' | '2s' | '5s' | '10s';
export type Interval =
  | '1s' | '1m' | '3m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '8h' | '12h' | '1d' | '3d' | '1w' | '1M';

export interface Ticker {
  symbol: string;
  seq: number;
  time: EpochMillis;
  last: Decimal;
  lastQty: Decimal;
  open: Decimal;
  high: Decimal;
  low: Decimal;
  change: Decimal;
  changePercent: Decimal;
  vwap: Decimal;
  volume: Decimal;
  quoteVolume: Decimal;
  count: number;
  openTime: EpochMillis;
  closeTime: EpochMillis;
  /** Best prices of the book and how much is there: all four, or none where nobody tells quotes. */
  bid?: Decimal;
  bidQty?: Decimal;
  ask?: Decimal;
  askQty?: Decimal;
}

export interface Kline {
  symbol: string;
  interval: Interval;
  openTime: EpochMillis;
  /** Inclusive: the last millisecond. */
  closeTime: EpochMillis;
  open: Decimal;
  high: Decimal;
  low: Decimal;
  close: Decimal;
  volume: Decimal;
  quoteVolume: Decimal;
  takerBuyVolume: Decimal;
  takerBuyQuoteVolume: Decimal;
  count: number;
  firstSeq: number;
  seq: number;
  closed: boolean;
  cause: 'trade' | 'clock' | 'late' | 'backfill';
}

export interface Trade {
  seq: number;
  id: string;
  price: Decimal;
  qty: Decimal;
  quoteQty: Decimal;
  takerSide: 'buy' | 'sell' | null;
  time: EpochMillis;
}

export interface Instrument {
  symbol: string;
  baseAsset: string;
  quoteAsset: string;
  priceScale: number;
  quantityScale: number;
  tickSize: Decimal;
  stepSize: Decimal;
  status: 'trading' | 'halted';
}

export type TickerRoom = `ticker:${string}`;
export type KlineRoom = `kline:${string}:${string}`;
export type TradeRoom = `trade:${string}`;
export type Room = TickerRoom | KlineRoom | TradeRoom;

/** What a room carries; rooms with chosen fields carry those and the ones always sent. */
export type ItemOf<R extends string> =
  R extends TickerRoom ? Ticker : R extends KlineRoom ? Kline : R extends TradeRoom ? Trade : Ticker | Kline | Trade;

export interface DataInfo {
  /** The room's canonical name. */
  room: string;
  /** Whether this is the state at the join, or what was missed in a reconnect. */
  snapshot: boolean;
  serverTime?: EpochMillis;
  /** Messages that were merged into this one for this connection. */
  skipped?: number;
}

export interface Gap {
  room: string;
  fromSeq: number;
  toSeq: number;
  /** Whether the trades were fetched and handed on, or will not come. */
  filled: boolean;
}

export interface RoomCallbacks<T> {
  /** Tickers of a message, one candle or those of a snapshot, or trades by rising `seq`. Never empty. */
  onData(items: T[], info: DataInfo): unknown;
  /** Trades that will not come: `filled` is false. */
  onGap?(gap: Gap): unknown;
}

export type RoomListener<T> = RoomCallbacks<T>['onData'] | RoomCallbacks<T>;

export interface SubscribeOptions {
  /** Fields beside those always sent; the same as `~field` in the room's name. */
  fields?: string[];
  /** Elements of history at the join, 0 to 1,500; default 1 for ticker and kline, 0 for trade. */
  snapshot?: number;
}

export interface SubscribeReply<T> {
  room: string;
  /** Live data goes on after it. */
  seq: number;
  recovered: boolean;
  snapshot: T[];
}

export interface Subscription<T> {
  readonly room: string;
  /** The server's answer; rejects if it refuses the room. */
  readonly ready: Promise<SubscribeReply<T>>;
  /** Takes this listener away; the last one leaves the room. */
  unsubscribe(): Promise<void>;
}

export interface KlinesQuery {
  symbol: string;
  interval: Interval;
  startTime?: EpochMillis;
  endTime?: EpochMillis;
  /** 1 to 1,500, default 500. */
  limit?: number;
  /** Such as `+08:00`. */
  utcOffset?: string;
  /** False leaves out candles without trades. */
  fill?: boolean;
}

export interface TradesQuery {
  symbol: string;
  fromSeq?: number;
  startTime?: EpochMillis;
  endTime?: EpochMillis;
  /** 1 to 1,500, default 500. */
  limit?: number;
}

export interface NewTrade {
  symbol: string;
  /** Publishing the same id again is harmless. */
  id: string | number;
  price: Decimal;
  qty: Decimal;
  takerSide?: 'buy' | 'sell';
  time?: EpochMillis;
  /** Who is told of it. */
  buyerUserId?: string;
  sellerUserId?: string;
}

export interface PublishOptions {
  /** Refuse all if one is not valid. */
  atomic?: boolean;
  /** They are history. */
  backfill?: boolean;
}

export type TradeResult =
  | { ok: true; seq: number }
  | { ok: true; duplicate: true }
  | { ok: false; code: string; message: string };

export interface PublishReply {
  /** One per trade, in order. */
  results: TradeResult[];
  accepted: number;
  duplicates: number;
  rejected: number;
}

export interface ReplayQuery {
  symbol: string;
  /** Inclusive. */
  fromTime: EpochMillis;
  /** Exclusive. */
  toTime: EpochMillis;
  rooms: Room[];
  /** 1 to 1,000, default 1. */
  speed?: number;
}

export interface ReplayEnd {
  symbol: string;
  fromTime: EpochMillis;
  toTime: EpochMillis;
  /** How many were played. */
  trades: number;
  lastSeq: number;
}

export interface Replay {
  readonly rooms: Array<{ room: string; ok: boolean; code?: string; message?: string }>;
  /** Resolves at its end, stopped or not; rejects with its connection. */
  readonly done: Promise<ReplayEnd>;
  /** Resolves when nothing more comes. */
  stop(): Promise<void>;
}

export type ReplayListener = (
  items: Array<Ticker | Kline | Trade>, info: { room: string; seq: number; serverTime: EpochMillis }) => unknown;

export interface PingReply {
  latencyMillis: number;
  /** Server's clock less ours. */
  clockOffsetMillis: number;
}

/** Of the last 128 pings; the offset is that of the fastest. */
export interface LatencySummary {
  count: number;
  minMillis: number;
  p50Millis: number;
  p99Millis: number;
  clockOffsetMillis: number;
}

export interface Counters {
  messageCount: number;
  malformedCount: number;
  reconnectCount: number;
  attemptCount: number;
  duplicateTradeCount: number;
  gapCount: number;
  filledGapCount: number;
  roomCount: number;
  pendingCount: number;
}

export interface Welcome {
  connectionId: string;
  protocol: string;
  serverTime: EpochMillis;
  epoch: string;
  node: string;
  limits: Record<string, number>;
  heartbeatMillis: number;
  transport: string;
}

/** A message of the server as it came. */
export interface ServerMessage {
  event: string;
  id?: string | number;
  room?: string;
  seq?: number;
  serverTime?: EpochMillis;
  message?: string;
  data?: any;
  [field: string]: unknown;
}

export interface ClientEvents {
  /** The first connection is ready. */
  connected: Welcome;
  /** A connection ended that had been ready, or the last attempt failed. `code` is 1006 if there was no Close frame. */
  disconnected: { code: number; reason: string; willReconnect: boolean };
  /** The client has ended, by `close()` or because coming back is no use: `code` is `closed`, or `bad_field` of an address that cannot be opened. */
  closed: { code: string; message: string };
  /** A later connection is ready; rooms are being joined again. */
  reconnected: Welcome;
  /** Every room was answered after a reconnect. */
  resubscribed: { roomCount: number };
  gap: Gap;
  /**
   * A room is no longer known to be complete: `silent`, no heartbeat came in time; `behind`, trades that were sent have not come; `lagging`, the
   * server itself is behind. `since`: when it was known last, by this machine's clock.
   */
  stale: { room: string; since: EpochMillis; reason: 'silent' | 'behind' | 'lagging' };
  /** `left`: it is no longer stale because it was left, or refused after a reconnect. */
  fresh: { room: string; left: boolean };
  /** The server will stop; the client comes back in its slot. */
  draining: { reconnectAfterMillis: number; url?: string };
  /** The server has another history than before: positions start anew in every room. */
  historyChanged: { oldEpoch: string; newEpoch: string };
  /** A room was refused, or a command that had no answer of its own. */
  refused: { room: string | undefined; code: string; message: string };
  /** The server has taken a token, and knows whose connection it is. */
  authenticated: { userId: string; expiresTime: EpochMillis; scopes: string[] };
  /** No token could be had to renew the last one, or the server refused it; the connection stays until that has expired. */
  notRenewed: { code: string; message: string };
  /** A notice of the server's operator. */
  notice: { message: string; serverTime: EpochMillis };
  /** A message to the user: `ev_new_message`, `ev_read_status`, `notification`. */
  notification: ServerMessage;
  /** A listener threw, or its promise failed. Without a handler it goes to `console.error`. */
  listenerError: { source: string; error: unknown };
  /** Every message, before it is handled. */
  message: ServerMessage;
  /** The sockets' own events. */
  socketOpen: unknown;
  socketClose: { code: number; reason: string; wasClean: boolean };
  socketError: unknown;
}

export interface ReconnectSettings {
  /** Upper end of the first wait; default 500. */
  minDelayMillis?: number;
  /** Upper end of any wait; default 30,000. */
  maxDelayMillis?: number;
  /** A connection that held this long starts the count anew; default 30,000. */
  stableAfterMillis?: number;
  /** Attempts in a row without success before giving up; default: never. */
  maxAttempts?: number;
  /** Which close codes mean yes; default: section 9 of the protocol. */
  mayReconnect?: (code: number) => boolean;
  /** The wait, instead of the curve. */
  delayMillis?: (attempt: number, random: () => number) => number;
}

export declare class ReconnectPolicy implements Required<ReconnectSettings> {
  constructor(settings?: ReconnectSettings);
  /** The seed's: after 1006 only, 5 s apart, ten times. */
  static seed(): ReconnectPolicy;
  readonly minDelayMillis: number;
  readonly maxDelayMillis: number;
  readonly stableAfterMillis: number;
  readonly maxAttempts: number;
  readonly mayReconnect: (code: number) => boolean;
  readonly delayMillis: (attempt: number, random: () => number) => number;
}

export declare class Backoff {
  constructor(minMillis: number, maxMillis: number, random: () => number);
  delayMillis(attempt: number): number;
  ceilingMillis(attempt: number): number;
}

export interface SocketLike {
  readonly readyState: number;
  onopen: ((event: any) => void) | null;
  onmessage: ((event: any) => void) | null;
  onerror: ((event: any) => void) | null;
  onclose: ((event: any) => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

/** The client's surroundings; what is left out is the browser's. */
export interface Platform {
  monotonicMillis(): number;
  epochMillis(): number;
  setTimer(task: () => void, delayMillis: number): unknown;
  clearTimer(timer: any): void;
  openSocket(url: string, protocols?: string[]): SocketLike;
  fetch(url: string, init?: RequestInit): Promise<Response>;
  random(): number;
  log(message: string, error: unknown): void;
  onWake(listener: (why: 'visible' | 'online' | 'pageshow' | 'resume') => void): () => void;
}

export interface ConnectionSettings {
  /**
   * Says who the client is. A function is asked at each connection, before a token expires, and once more after the server refused one
   * (4001); a refused string ends the client.
   */
  token?: string | (() => string | undefined | Promise<string | undefined>);
  /** How a token goes out: among the subprotocols (default), which nobody writes into a log, or as `?token=`. */
  tokenIn?: 'subprotocol' | 'query';
  /** Where REST is; default: `/api/v1` beside the WebSocket. */
  restUrl?: string;
  /** Between two pings; default 10,000. */
  heartbeatMillis?: number;
  /** Silence after which a connection is dead, and longest wait for an answer over HTTP; default 25,000. */
  deadlineMillis?: number;
  /** How long an answer may take when a page that slept asks; default 3,000. */
  probeMillis?: number;
  /** Until the welcome; default 10,000. */
  connectTimeoutMillis?: number;
  /** Until the answer to a command; default 30,000. */
  requestTimeoutMillis?: number;
  /** For all attempts of a `publish` together; default 60,000. */
  publishTimeoutMillis?: number;
  /** Whether missing trades are fetched; default true. */
  fillGaps?: boolean;
  /** Live trades of a room that may wait for a gap to be filled; default 10,000. */
  bufferTrades?: number;
  reconnect?: ReconnectPolicy | ReconnectSettings;
  platform?: Partial<Platform>;
}

export interface ClientOptions extends ConnectionSettings {
  /** `ws://…/ws`; also `http://…/ws`, or relative to the page. */
  url: string | URL;
}

export declare class MarketClient {
  /** Connects in the next turn of the event loop. */
  constructor(options: ClientOptions | string | URL);
  /** A client once the server has welcomed it. */
  static connect(options: ClientOptions | string | URL): Promise<MarketClient>;

  readonly ready: Promise<void>;
  readonly url: string;
  readonly state: 'connecting' | 'live' | 'waiting' | 'closed';
  readonly closed: boolean;
  readonly latency: LatencySummary | null;
  readonly counters: Counters;
  serverTimeMillis(): EpochMillis;

  on<E extends keyof ClientEvents>(event: E, handler: (detail: ClientEvents[E]) => unknown): () => void;
  off<E extends keyof ClientEvents>(event: E, handler: (detail: ClientEvents[E]) => unknown): void;

  subscribe<R extends Room>(room: R, listener: RoomListener<ItemOf<R>>, options?: SubscribeOptions): Subscription<ItemOf<R>>;
  /** Takes a listener away, or all of the room; does nothing if there are none. */
  unsubscribe(room: Room, listener?: RoomListener<any>): Promise<void>;
  /** @returns the room's new name */
  changeRate(room: Room, rate: Rate): Promise<string>;

  klines(query: KlinesQuery): Promise<Kline[]>;
  trades(query: TradesQuery): Promise<Trade[]>;
  tickers(): Promise<Ticker[]>;
  ticker(symbol: string): Promise<Ticker>;
  instruments(): Promise<Instrument[]>;
  publish(trades: NewTrade | NewTrade[], options?: PublishOptions): Promise<PublishReply>;
  replay(query: ReplayQuery, listener: ReplayListener): Promise<Replay>;
  ping(): Promise<PingReply>;
  /** Any command of the protocol; resolves to the whole answer. */
  request(event: string, data?: object): Promise<ServerMessage>;
  /** Any command, without waiting for an answer; false without a connection. */
  send(command: object): boolean;
  close(): void;
}

/** `code` is of the protocol's section 10, or `closed`, `dropped`, `timeout`, `unreachable`, `unsubscribed`, `already_subscribed`, `too_many_requests`. */
export declare class MarketError extends Error {
  constructor(code: string, message: string, more?: {
    temporary?: boolean; field?: string; retryAfterMillis?: number; status?: number;
  });
  readonly code: string;
  readonly temporary: boolean;
  readonly field?: string;
  readonly retryAfterMillis?: number;
  readonly status?: number;
}

/** The page's one client of a server and token. */
export declare function shared(url: string, options?: ConnectionSettings): MarketClient;
