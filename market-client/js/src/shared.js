import { MarketClient } from './market-client.js';

/** Clients by server and token, for as long as they live: a closed one leaves neither itself nor its token behind. */
export class SharedClients {
  #clients = new Map();

  get size() {
    return [...this.#clients.values()].reduce((sum, own) => sum + own.size, 0);
  }

  get(url, options) {
    const token = typeof options.token === 'function' ? options.token : String(options.token ?? '');
    const known = this.#clients.get(url)?.get(token);
    if (known !== undefined && !known.closed) {
      return known;
    }
    const client = new MarketClient({ ...options, url });
    const own = this.#clients.get(url) ?? new Map();
    this.#clients.set(url, own.set(token, client));
    client.on('closed', () => this.#forget(url, token, client));
    return client;
  }

  #forget(url, token, client) {
    const own = this.#clients.get(url);
    if (own?.get(token) !== client) {
      return; // Another one has its place already.
    }
    own.delete(token);
    if (own.size === 0) {
      this.#clients.delete(url);
    }
  }
}

const ofThePage = new SharedClients();

/**
 * The page's one client of a server and token: components that ask for the same get the same, so that a page has one connection.
 * A component takes its own listeners away and does not close it; once closed, the next who asks gets a new one.
 *
 * @param {string} url
 * @param {object} [options] as of `new MarketClient`; those of the first who asks count
 */
export function shared(url, options = {}) {
  return ofThePage.get(url, options);
}
