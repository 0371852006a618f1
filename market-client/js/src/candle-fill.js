import { MarketError } from './errors.js';
import { MAX_CANDLES } from './state-books.js';
import { patiently } from './waiting.js';

/**
 * The candles that a reply could not tell: read as history, page by page, from the oldest that is not known as it ended up to now. What is
 * not read when the connection ends is read on the next one.
 */
export class CandleFill {
  #owner;
  #platform;
  #reading = null;
  // What is not read yet: {seq, openTime}, the cursor and the candle from which on; null if nothing is missing.
  #missing = null;

  /** @param {object} owner `candles(list)` and `fetchCandles(startTime, limit)`; without a start time the newest */
  constructor(owner, platform) {
    this.#owner = owner;
    this.#platform = platform;
  }

  /** No cursor of the room may be higher. */
  get seq() {
    return this.#missing?.seq ?? Infinity;
  }

  /** A reply left something out: what is new since a cursor, from a candle on. */
  begin(seq, openTime) {
    this.interrupted();
    this.#missing ??= { seq, openTime };
    const reading = new AbortController();
    this.#reading = reading;
    this.#read(reading.signal).catch((error) => { // What is not read waits for the next connection.
      if (!reading.signal.aborted && !(error instanceof MarketError)) {
        this.#platform.log('market: candles could not be read', error);
      }
    });
  }

  interrupted() {
    this.#reading?.abort();
    this.#reading = null;
  }

  /** Nothing is missing. */
  end() {
    this.interrupted();
    this.#missing = null;
  }

  async #read(signal) {
    for (;;) {
      const { openTime } = this.#missing;
      const page = await patiently(this.#platform, () => this.#owner.fetchCandles(openTime, MAX_CANDLES), signal);
      this.#owner.candles(page);
      if (signal.aborted) {
        return; // A listener has left the room, or closed the client.
      }
      if (page.length < MAX_CANDLES || openTime === undefined) {
        this.end();
        return;
      }
      this.#missing.openTime = page.at(-1).openTime + 1;
    }
  }
}
