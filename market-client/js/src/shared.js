import { MarketClient } from './market-client.js';

const clients = new Map();

/**
 * The page's one client of a server and token: components that ask for the same get the same, so that a page has one connection.
 * A component takes its own listeners away and does not close it; once closed, the next who asks gets a new one.
 *
 * @param {string} url
 * @param {object} [options] as of `new MarketClient`; those of the first who asks count
 */
export function shared(url, options = {}) {
  const token = typeof options.token === 'function' ? options.token : String(options.token ?? '');
  const own = clients.get(url) ?? new Map();
  clients.set(url, own);
  const known = own.get(token);
  if (known !== undefined && !known.closed) {
    return known;
  }
  const client = new MarketClient({ ...options, url });
  own.set(token, client);
  return client;
}
