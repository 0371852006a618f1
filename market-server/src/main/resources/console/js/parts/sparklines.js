// The last day of an instrument as a small line: hourly closes, asked for when a row comes in sight and once an hour after.

const WIDTH = 72;
const HEIGHT = 22;
const HOURS = 24;
const HOUR_MILLIS = 3_600_000;
const RETRY_MILLIS = 30_000;
const AT_ONCE = 3;
const SVG = 'http://www.w3.org/2000/svg';

export class Sparklines {
  #link;
  #closes = new Map();
  #queue = [];
  #running = 0;
  #listener = () => {};

  constructor(link) {
    this.#link = link;
    link.client.on('historyChanged', () => { this.#closes = new Map(); });
  }

  onChange(listener) {
    this.#listener = listener;
  }

  /** An empty line; its path is of `path`. */
  element() {
    const svg = document.createElementNS(SVG, 'svg');
    svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
    svg.setAttribute('aria-hidden', 'true');
    svg.append(document.createElementNS(SVG, 'path'));
    return svg;
  }

  /** The line of an instrument up to its last price; null as long as it is not known. */
  path(symbol, last) {
    const known = this.#closes.get(symbol);
    if (known === undefined || performance.now() - known.at > HOUR_MILLIS) {
      this.#want(symbol);
    }
    if (known === undefined || known.values.length === 0) {
      return null;
    }
    const values = [...known.values.slice(0, -1), last];
    const least = Math.min(...values);
    const range = Math.max(...values) - least || 1;
    const step = WIDTH / Math.max(1, values.length - 1);
    const points = values.map((value, index) =>
      `${(index * step).toFixed(1)} ${(HEIGHT - 1 - (value - least) / range * (HEIGHT - 2)).toFixed(1)}`);
    return `M${points.join('L')}`;
  }

  #want(symbol) {
    if (!this.#queue.includes(symbol)) {
      this.#queue.push(symbol);
      this.#next();
    }
  }

  async #next() {
    if (this.#running >= AT_ONCE || this.#queue.length === 0) {
      return;
    }
    this.#running++;
    const closes = this.#closes;
    const symbol = this.#queue[0];
    this.#queue.shift();
    // Noted at once, so that it is not asked for twice; without values nothing is drawn.
    closes.set(symbol, { at: performance.now(), values: closes.get(symbol)?.values ?? [] });
    try {
      const klines = await this.#link.client.klines({ symbol, interval: '1h', limit: HOURS });
      closes.set(symbol, { at: performance.now(), values: klines.map((kline) => Number(kline.close)) });
      this.#listener(symbol);
    } catch {
      closes.set(symbol, { at: performance.now() - HOUR_MILLIS + RETRY_MILLIS, values: [] });
    } finally {
      this.#running--;
      this.#next();
    }
  }
}
