// The page's one connection, and what has to be told of it.
import { MarketClient } from '../client/market-client.js';

const TOKEN_KEY = 'market.token';
const TOKEN_REFUSED = 4001;
const MAX_EVENTS = 50;

/**
 * The client and its story. A token lives as long as the tab: it is not left behind on a machine that others use.
 *
 * Listeners get no argument and read what they need.
 */
export class Link {
  #listeners = new Set();
  #client = null;

  constructor() {
    this.events = [];
    // Rooms that are not known to be complete: name → since when, by this machine's clock.
    this.stale = new Map();
    this.welcome = null;
    // Whose the connection is, as the server says: userId, scopes; null without a token.
    this.identity = null;
    this.ending = null;
    this.lostAt = null;
    this.heardAt = null;
    this.receivedCount = 0;
    this.open();
  }

  get client() {
    return this.#client;
  }

  get token() {
    try {
      return sessionStorage.getItem(TOKEN_KEY) ?? '';
    } catch {
      return this.keptToken ?? '';
    }
  }

  /** Keeps a token, or forgets it when it is empty; the page is to be loaded anew. */
  set token(token) {
    this.keptToken = token;
    try {
      if (token === '') {
        sessionStorage.removeItem(TOKEN_KEY);
      } else {
        sessionStorage.setItem(TOKEN_KEY, token);
      }
    } catch {
      // Kept for this page only.
    }
  }

  onChange(listener) {
    this.#listeners.add(listener);
  }

  /** Connects; again, after the server has ended the connection for good. */
  open() {
    this.#client?.close();
    this.ending = null;
    const address = new URL('ws', document.baseURI);
    address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    const token = this.token;
    const client = new MarketClient({ url: address, ...(token === '' ? {} : { token }) });
    this.#client = client;
    client.on('message', (message) => {
      this.heardAt = performance.now();
      this.receivedCount++;
      if (message.event === 'welcome') {
        this.welcome = message.data;
      }
    });
    client.on('authenticated', (identity) => {
      this.identity = identity;
      this.#changed();
    });
    client.on('connected', () => this.#back('connected'));
    client.on('reconnected', () => this.#back('reconnected'));
    client.on('resubscribed', ({ roomCount }) => this.#tell('resubscribed', { rooms: roomCount }));
    client.on('socketClose', () => {
      if (client.state !== 'live') { // The end of a live connection is told as `disconnected`, a failed attempt is not.
        this.lostAt ??= performance.now();
        this.#changed();
      }
    });
    client.on('disconnected', ({ code, reason, willReconnect }) => {
      this.lostAt ??= performance.now();
      this.ending = willReconnect ? null : `${code} ${reason}`.trim();
      if (code === TOKEN_REFUSED) {
        this.token = ''; // It is not good any more: who connects again does so without.
      }
      this.#tell('disconnected', { code, reason });
    });
    client.on('gap', ({ room, fromSeq, toSeq, filled }) =>
      this.#tell(filled ? 'gapFilled' : 'gapLost', { room, count: toSeq - fromSeq + 1 }));
    client.on('stale', ({ room, since, reason }) => {
      this.stale.set(room, since);
      this.#tell('staleRoom', { room, reason });
    });
    client.on('fresh', ({ room, left }) => {
      this.stale.delete(room);
      if (left) {
        this.#changed();
      } else {
        this.#tell('freshRoom', { room });
      }
    });
    client.on('draining', ({ reconnectAfterMillis }) =>
      this.#tell('draining', { time: `${(reconnectAfterMillis / 1_000).toFixed(1)} s` }));
    client.on('historyChanged', () => this.#tell('historyChanged'));
    client.on('refused', ({ room, message }) => this.#tell('refused', { room: room ?? '', message }));
    client.on('notice', ({ message }) => this.#tell('notice', { message }));
    this.#changed();
  }

  /** Since when a room stalls, or null. */
  staleSince(room) {
    return this.stale.get(room) ?? null;
  }

  #back(event) {
    this.lostAt = null;
    this.#tell(event);
  }

  #tell(key, values = {}) {
    this.events.unshift({ at: Date.now(), key, values });
    this.events.length = Math.min(this.events.length, MAX_EVENTS);
    this.#changed();
  }

  #changed() {
    this.#listeners.forEach((listener) => listener());
  }
}

/** A request to the API with the token; throws with the problem's text. */
export async function api(link, path, options = {}) {
  const headers = { ...(options.body === undefined ? {} : { 'Content-Type': 'application/json' }) };
  if (link.token !== '') {
    headers.Authorization = `Bearer ${link.token}`;
  }
  const response = await fetch(new URL(`api/v1/${path}`, document.baseURI), { ...options, headers });
  const body = response.headers.get('Content-Type')?.includes('json') ? await response.json() : null;
  if (!response.ok) {
    const error = new Error(body?.detail ?? `HTTP ${response.status}`);
    error.status = response.status;
    error.code = body?.code;
    throw error;
  }
  return body;
}
