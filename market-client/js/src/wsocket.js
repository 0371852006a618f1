import { MarketClient } from './market-client.js';

/** What the connection itself needs; handlers may be registered for it all the same. */
const OWN_EVENTS = new Set(['welcome', 'auth', 'pong', 'heartbeat', 'drain', 'system', 'subscribed', 'unsubscribed']);

const MAX_UNSENT = 100;

/**
 * The seed's `Wsocket`, with its ways of calling, on a connection that comes back: on every retryable close code, with jitter, and at
 * once when the page wakes. Its heartbeat is the `ping` command; what is sent without a connection goes out when it is back, up to
 * 100 messages, the oldest left out first.
 */
export class Wsocket {
  #handlers = new Map();
  #unsent = [];
  #client;

  /**
   * @param {string | object} url the server's WebSocket URL, or an object with it and the rest
   * @param {string | object} [token] the token, or the options
   * @param {object} [options] `onOpen`, `onClose`, `onError`, each called with the browser's event, and those of `MarketClient`
   */
  constructor(url, token, options) {
    const { onOpen, onClose, onError, ...settings } = optionsOf(url, token, options);
    // As the seed sent it; its servers have tokens that no subprotocol can carry.
    this.#client = new MarketClient({ tokenIn: 'query', ...settings });
    this.#client.on('message', (message) => this.#received(message));
    const flush = () => this.#unsent.splice(0).forEach((data) => this.#client.send(data));
    this.#client.on('connected', flush);
    this.#client.on('reconnected', flush);
    this.#client.on('socketOpen', (event) => onOpen?.(event));
    this.#client.on('socketClose', (event) => onClose?.(event));
    this.#client.on('socketError', (event) => onError?.(event));
  }

  /** The client underneath: rooms, history, lifecycle. */
  get client() {
    return this.#client;
  }

  /** Registers the handler of an event, in the place of an earlier one. */
  on(event, callback) {
    this.#handlers.set(event, callback);
    return this;
  }

  send(data) {
    if (this.#client.send(data) || this.#client.closed) {
      return;
    }
    this.#unsent.push(data);
    if (this.#unsent.length > MAX_UNSENT) {
      this.#unsent.shift();
    }
  }

  close() {
    this.#client.close();
  }

  #received(message) {
    const handler = this.#handlers.get(message.event);
    if (handler !== undefined) {
      handler(message.message, message.data);
    } else if (!OWN_EVENTS.has(message.event) && message.id === undefined && message.room === undefined) {
      console.warn(`market: nobody handles the event ${message.event}`);
    }
  }
}

function optionsOf(url, token, options) {
  if (typeof url === 'object' && !(url instanceof URL)) {
    return url;
  }
  return typeof token === 'object' && token !== null ? { url: String(url), ...token } : { url: String(url), token, ...options };
}
