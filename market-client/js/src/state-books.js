/** Candles kept of a room: as many as the longest snapshot. A revision of an older one is handed on without a look. */
export const MAX_CANDLES = 1_500;

/** The newest revision of each candle of a kline room. */
export class CandleBook {
  seq = 0;
  #candles = new Map();

  /**
   * Up to where all candles are known to be as they were: the oldest that is not closed here may have been closed elsewhere, and a close
   * has no `seq` of its own.
   */
  get cursorSeq() {
    let seq = this.seq;
    this.#candles.forEach((candle) => {
      seq = candle.closed ? seq : Math.min(seq, candle.seq);
    });
    return seq;
  }

  /**
   * From when on a candle may not be closed here: behind the last one that is closed before the oldest that is not, for of a candle without trades
   * nothing is told before its close. If all are closed, when the newest began.
   */
  get openTime() {
    const candles = this.newest(this.#candles.size);
    const open = candles.findIndex((candle) => !candle.closed);
    return open > 0 ? candles[open - 1].openTime + 1 : candles.at(open)?.openTime;
  }

  /** Whether it can give the newest candles to one who comes later. */
  holds(count) {
    return count <= this.#candles.size;
  }

  newest(count) {
    return count === 0 ? [] : [...this.#candles.values()].sort((a, b) => a.openTime - b.openTime).slice(-count);
  }

  /** Takes revisions; returns those that are newer than what it has. A close by the clock has the `seq` of the revision before it. */
  take(candles, seq) {
    this.seq = Math.max(this.seq, seq);
    const newer = candles.filter((candle) => this.#takeOne(candle));
    this.#forgetOldest();
    return newer;
  }

  forget() {
    this.seq = 0;
    this.#candles.clear();
  }

  #takeOne(candle) {
    const known = this.#candles.get(candle.openTime);
    const newer = known === undefined || candle.seq > known.seq
      || (candle.seq === known.seq && candle.closed && !known.closed);
    if (newer) {
      this.#candles.set(candle.openTime, candle);
    }
    return newer;
  }

  #forgetOldest() {
    const excess = this.#candles.size - MAX_CANDLES;
    if (excess > 0) {
      [...this.#candles.keys()].sort((a, b) => a - b).slice(0, excess).forEach((key) => this.#candles.delete(key));
    }
  }
}

const QUOTE = ['bid', 'bidQty', 'ask', 'askQty'];

function isSameQuote(a, b) {
  return QUOTE.every((field) => a[field] === b[field]);
}

/** The newest ticker of each instrument of a ticker room: as many as the server has instruments. */
export class TickerBoard {
  seq = 0;
  #tickers = new Map();

  holds(count) {
    return count === 0 || this.#tickers.size > 0;
  }

  newest(count) {
    return count === 0 ? [] : [...this.#tickers.values()];
  }

  /**
   * Takes tickers; returns those that are newer. The window rolls on without trades: then `seq` is equal and `time` is later. A quote that came
   * alone changes neither: then only it is another.
   */
  take(tickers, seq) {
    this.seq = Math.max(this.seq, seq);
    return tickers.filter((ticker) => {
      const known = this.#tickers.get(ticker.symbol);
      const newer = known === undefined || ticker.seq > known.seq
        || (ticker.seq === known.seq && (ticker.time > known.time
          || (ticker.time === known.time && !isSameQuote(ticker, known))));
      if (newer) {
        this.#tickers.set(ticker.symbol, ticker);
      }
      return newer;
    });
  }

  forget() {
    this.seq = 0;
    this.#tickers.clear();
  }
}
