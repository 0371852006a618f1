import { MarketError } from './errors.js';

/** The WebSocket URL as the client opens it: absolute, with the token in its query. */
export function socketUrl(url, token) {
  const parsed = parse(url);
  if (token !== undefined && token !== null && token !== '') {
    parsed.searchParams.set('token', token);
  }
  return parsed.href;
}

/** `/api/v1` beside a WebSocket URL: `wss://host/market/ws` → `https://host/market/api/v1`. */
export function restUrl(url) {
  const parsed = parse(url);
  parsed.protocol = parsed.protocol === 'wss:' ? 'https:' : 'http:';
  parsed.pathname = parsed.pathname.replace(/\/ws\/?$/, '/').replace(/\/?$/, '/api/v1');
  parsed.search = '';
  parsed.hash = '';
  return parsed.href;
}

/** Where a drain sends the client, or null if it is no address to go to: a secure connection never becomes an open one. */
export function drainUrl(told, current) {
  if (typeof told !== 'string' || told === '') {
    return null;
  }
  try {
    const [to, from] = [parse(told), parse(current)];
    return from.protocol === 'wss:' && to.protocol !== 'wss:' ? null : to.href;
  } catch {
    return null;
  }
}

function parse(url) {
  let parsed;
  try {
    parsed = new URL(url, globalThis.location?.href);
  } catch {
    throw new MarketError('bad_field', `url must be a WebSocket URL, was "${url}"`);
  }
  if (parsed.protocol === 'http:' || parsed.protocol === 'https:') {
    parsed.protocol = parsed.protocol === 'https:' ? 'wss:' : 'ws:';
  }
  if (parsed.protocol !== 'ws:' && parsed.protocol !== 'wss:') {
    throw new MarketError('bad_field', `url must start with ws:// or wss://, was "${url}"`);
  }
  parsed.hash = '';
  return parsed;
}
