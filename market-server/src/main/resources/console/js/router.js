// What the address says: `#/market/BTC-USDT?interval=1m&rate=250ms`. It can be kept, sent to others and gone back from.

const listeners = new Set();

/** @returns {{view: string, symbol: string|null, options: URLSearchParams}} */
export function route() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?', 2);
  const [view = '', symbol = ''] = path.split('/', 2).map(decode);
  return { view: view === '' ? 'market' : view, symbol: symbol === '' ? null : symbol, options: new URLSearchParams(query) };
}

/** Whether a text has the form of a symbol: an address may say anything. Whether there is such an instrument the server knows. */
export const isSymbol = (text) => /^[A-Z0-9][A-Z0-9._-]{0,31}$/.test(text);

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

export function onRoute(listener) {
  listeners.add(listener);
}

/** Changes the address: another symbol is a step that can be gone back, another option is not. */
export function go(view, symbol, options = {}, replace = false) {
  const kept = new URLSearchParams(options).toString();
  const hash = `#/${view}${symbol === null ? '' : `/${encodeURIComponent(symbol)}`}${kept === '' ? '' : `?${kept}`}`;
  if (hash === location.hash) {
    return;
  }
  history[replace ? 'replaceState' : 'pushState'](null, '', hash);
  listeners.forEach((listener) => listener(route()));
}

const changed = () => listeners.forEach((listener) => listener(route()));
window.addEventListener('popstate', changed);
window.addEventListener('hashchange', changed);
