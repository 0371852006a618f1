// What is known of the market: instruments and tickers. Messages change it and say so; who draws asks when it draws.
import { decimalsOf } from './format.js';

// How often the instruments are asked for because of a symbol that is not among them.
const MOST_TRIES = 5;

export class Market {
  #link;
  #listeners = new Set();
  #asked = false;
  // Symbols that are not among the instruments → how often they were asked for because of them.
  #tries = new Map();

  constructor(link) {
    this.#link = link;
    this.instruments = new Map();
    this.tickers = new Map();
    // Whether the server has said which tickers there are.
    this.known = false;
    // Symbols that changed since they were drawn last; the list empties it.
    this.changed = new Set();
    link.client.on('historyChanged', () => this.#forget());
  }

  onChange(listener) {
    this.#listeners.add(listener);
  }

  /** Joins the room of all tickers. */
  start() {
    const { client } = this.#link;
    client.on('connected', () => this.#ask());
    client.on('reconnected', () => this.#ask());
    client.subscribe('ticker:*', (items) => this.#take(items)).ready.then(() => {
      this.known = true;
      this.#tell();
    }).catch(() => {}); // The link tells of a refusal.
  }

  /** Decimals of an instrument's prices and quantities; none as long as it is not known. */
  decimals(symbol) {
    return this.instruments.get(symbol) ?? { priceDecimals: 0, quantityDecimals: 0 };
  }

  #take(items) {
    for (const ticker of items) {
      this.tickers.set(ticker.symbol, ticker);
      this.changed.add(ticker.symbol);
    }
    if (!this.#asked) {
      this.#askFor(items.map((ticker) => ticker.symbol).filter((symbol) => !this.instruments.has(symbol)));
    }
    this.#tell();
  }

  /** Others take their place: who keeps something of them sees by these that they are of another history. */
  #forget() {
    this.instruments = new Map();
    this.tickers = new Map();
    this.#tries.clear();
    this.#tell();
  }

  /** A new instrument has its ticker before one knows of it. */
  #askFor(unknown) {
    const tried = (symbol) => this.#tries.get(symbol) ?? 0;
    const wanted = unknown.filter((symbol) => tried(symbol) < MOST_TRIES);
    if (wanted.length > 0) {
      wanted.forEach((symbol) => this.#tries.set(symbol, tried(symbol) + 1));
      this.#ask();
    }
  }

  async #ask() {
    if (this.#asked) {
      return;
    }
    this.#asked = true;
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
          this.#tries.delete(instrument.symbol);
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
