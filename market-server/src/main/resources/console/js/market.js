// What is known of the market: instruments and tickers. Messages change it and say so; who draws asks when it draws.
import { decimalsOf } from './format.js';

const MOST_TRIES = 5;

export class Market {
  #link;
  #listeners = new Set();
  #asked = false;
  #tries = 0;

  constructor(link) {
    this.#link = link;
    this.instruments = new Map();
    this.tickers = new Map();
    // Symbols that changed since they were drawn last; the list empties it.
    this.changed = new Set();
  }

  onChange(listener) {
    this.#listeners.add(listener);
  }

  /** Joins the room of all tickers; again after the link has opened another client. */
  start() {
    const { client } = this.#link;
    client.on('connected', () => this.#ask());
    client.on('reconnected', () => this.#ask());
    client.subscribe('ticker:*', (items) => this.#take(items)).ready.catch(() => {}); // The link tells of a refusal.
  }

  /** Decimals of an instrument's prices and quantities; none as long as it is not known. */
  decimals(symbol) {
    return this.instruments.get(symbol) ?? { priceDecimals: 0, quantityDecimals: 0 };
  }

  #take(items) {
    let unknown = false;
    for (const ticker of items) {
      this.tickers.set(ticker.symbol, ticker);
      this.changed.add(ticker.symbol);
      unknown ||= !this.instruments.has(ticker.symbol);
    }
    if (unknown && this.#tries < MOST_TRIES) {
      this.#ask();
    }
    this.#tell();
  }

  async #ask() {
    if (this.#asked) {
      return;
    }
    this.#asked = true;
    this.#tries++;
    try {
      for (const instrument of await this.#link.client.instruments()) {
        const known = this.instruments.get(instrument.symbol);
        this.instruments.set(instrument.symbol, {
          ...instrument,
          priceDecimals: decimalsOf(instrument.tickSize),
          quantityDecimals: decimalsOf(instrument.stepSize),
        });
        if (known === undefined) {
          this.changed.add(instrument.symbol);
          this.#tries = 0;
        }
      }
      this.#tell();
    } catch {
      // The connection is gone; the next one asks.
    } finally {
      this.#asked = false;
    }
  }

  #tell() {
    this.#listeners.forEach((listener) => listener());
  }
}
