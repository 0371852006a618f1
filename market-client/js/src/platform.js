/**
 * What the client takes from its surroundings: clocks, timers, sockets, HTTP, chance, and the page's signs of waking. A test gives
 * its own.
 */
export function defaultPlatform() {
  return {
    monotonicMillis: () => performance.now(),
    epochMillis: () => Date.now(),
    setTimer: (task, delayMillis) => setTimeout(task, delayMillis),
    clearTimer: (timer) => clearTimeout(timer),
    openSocket: (url, protocols) => new WebSocket(url, protocols ?? []),
    fetch: (url, init) => fetch(url, init),
    random: () => Math.random(),
    log: (message, error) => console.error(message, error),
    onWake,
  };
}

/**
 * Calls back when the page may have slept or the network has come back.
 *
 * @param {(why: 'visible' | 'online' | 'pageshow' | 'resume') => void} listener
 * @returns {() => void} stops it
 */
function onWake(listener) {
  const page = globalThis.document;
  const stops = [];
  const listen = (target, type, handler) => {
    target.addEventListener(type, handler);
    stops.push(() => target.removeEventListener(type, handler));
  };
  if (typeof page?.addEventListener === 'function') {
    listen(page, 'visibilitychange', () => page.visibilityState === 'visible' && listener('visible'));
    listen(page, 'resume', () => listener('resume'));
  }
  if (typeof globalThis.addEventListener === 'function') {
    listen(globalThis, 'online', () => listener('online'));
    listen(globalThis, 'pageshow', () => listener('pageshow'));
  }
  return () => stops.forEach((stop) => stop());
}
