import { ReconnectPolicy } from './backoff.js';
import { MarketError } from './errors.js';
import { restUrl, socketUrl } from './url.js';

const DEFAULTS = {
  token: undefined,
  tokenIn: 'subprotocol',
  heartbeatMillis: 10_000,
  deadlineMillis: 25_000,
  probeMillis: 3_000,
  connectTimeoutMillis: 10_000,
  requestTimeoutMillis: 30_000,
  publishTimeoutMillis: 60_000,
  fillGaps: true,
  bufferTrades: 10_000,
};

const MILLIS = ['heartbeatMillis', 'deadlineMillis', 'probeMillis', 'connectTimeoutMillis', 'requestTimeoutMillis', 'publishTimeoutMillis'];

/** The settings of a client, checked and complete. */
export function settingsOf(options) {
  const told = typeof options === 'string' || options instanceof URL ? { url: String(options) } : options ?? {};
  const settings = { ...DEFAULTS, ...Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)) };
  settings.url = socketUrl(String(told.url ?? ''));
  settings.reconnect = told.reconnect instanceof ReconnectPolicy ? told.reconnect : new ReconnectPolicy(told.reconnect);
  for (const name of MILLIS) {
    requireNumber(name, settings[name], 1, 3_600_000);
  }
  if (settings.tokenIn !== 'subprotocol' && settings.tokenIn !== 'query') {
    throw new MarketError('bad_field', `tokenIn must be subprotocol or query, was ${settings.tokenIn}`, { field: 'tokenIn' });
  }
  requireNumber('bufferTrades', settings.bufferTrades, 1, 1_000_000);
  if (settings.deadlineMillis <= settings.heartbeatMillis) {
    throw new MarketError('bad_field', `deadlineMillis must be above heartbeatMillis, was ${settings.deadlineMillis}`
      + ` of ${settings.heartbeatMillis}`, { field: 'deadlineMillis' });
  }
  return settings;
}

/** Where REST is for a connection: as told, or beside the WebSocket. */
export function restUrlOf(settings, currentUrl) {
  return settings.restUrl ?? restUrl(currentUrl);
}

function requireNumber(name, value, least, most) {
  if (!(typeof value === 'number' && value >= least && value <= most)) {
    throw new MarketError('bad_field', `${name} must be ${least} to ${most}, was ${value}`, { field: name });
  }
}
