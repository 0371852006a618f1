import { patiently } from './waiting.js';

/** Trades of one request, as many as the server gives. */
const PAGE = 1_500;

/**
 * How far a trade room has come. It hands on every trade once, in the order of `seq`, and what is missing between two is fetched
 * before the later one is handed on; what cannot be fetched is told as a gap.
 *
 * While a hole is being filled, live trades wait: up to `bufferTrades`, and what comes beyond becomes part of the next hole.
 */
export class TradeLog {
  /** Highest `seq` that was handed on, or told as a gap. */
  seq = 0;
  /** Highest `seq` that is known to exist: handed on, waiting, or missing. */
  seenSeq = 0;
  /** Whether there was a reply: before, `seq` says nothing. */
  positioned = false;
  duplicateCount = 0;

  #owner;
  #platform;
  #bufferTrades;
  #waiting = [];
  #fill = null;

  /**
   * @param {object} owner `trades(list, info)`, `gap(fromSeq, toSeq, filled)` and `fetchTrades(fromSeq, limit, signal)`
   * @param {number} bufferTrades 0: holes are not filled but told
   */
  constructor(owner, platform, bufferTrades) {
    this.#owner = owner;
    this.#platform = platform;
    this.#bufferTrades = bufferTrades;
  }

  get waitingCount() {
    return this.#waiting.length;
  }

  joined(snapshot, replySeq) {
    if (!this.positioned) {
      this.positioned = true;
      this.seq = snapshot.length > 0 ? snapshot[0].seq - 1 : replySeq;
      this.seenSeq = this.seq;
    }
    this.take(snapshot, { snapshot: true });
    this.expect(replySeq);
  }

  take(trades, info) {
    const next = [];
    for (const trade of trades) {
      if (trade.seq <= this.seenSeq) {
        this.duplicateCount++;
      } else if (this.#fill === null && trade.seq === this.seq + 1) {
        this.seq = trade.seq;
        this.seenSeq = trade.seq;
        next.push(trade);
      } else {
        this.#hand(next.splice(0), info);
        this.seenSeq = trade.seq;
        this.#keep(trade);
      }
    }
    this.#hand(next, info);
    this.#fillUp();
  }

  /** Everything up to a `seq` is said to have been sent, or to be lost on the way. */
  expect(seq) {
    if (this.positioned && seq > this.seenSeq) {
      this.seenSeq = seq;
      this.#fillUp();
    }
  }

  /** The connection ended: the next one goes on after `seq`. */
  interrupted() {
    this.#fill?.abort();
    this.#fill = null;
    this.#waiting = [];
    this.seenSeq = this.seq;
  }

  /** Another history began. */
  forget() {
    this.interrupted();
    this.positioned = false;
    this.seq = 0;
    this.seenSeq = 0;
  }

  #keep(trade) {
    // Without filling nothing waits: the hole before it is told at once.
    if (this.#waiting.length < Math.max(1, this.#bufferTrades)) {
      this.#waiting.push(trade);
    }
    if (this.#bufferTrades === 0) {
      this.#lose(trade.seq - 1);
      this.#handWaiting();
    }
  }

  #hand(trades, info) {
    if (trades.length > 0) {
      this.#owner.trades(trades, info);
    }
  }

  /** Hands on what waits and follows without a hole. */
  #handWaiting() {
    let count = 0;
    while (count < this.#waiting.length && this.#waiting[count].seq === this.seq + 1) {
      this.seq++;
      count++;
    }
    this.#hand(this.#waiting.splice(0, count), { snapshot: false });
  }

  #lose(toSeq) {
    const fromSeq = this.seq + 1;
    if (toSeq >= fromSeq) {
      this.seq = toSeq;
      this.#owner.gap(fromSeq, toSeq, false);
    }
  }

  #fillUp() {
    if (this.#fill !== null || this.seq >= this.seenSeq) {
      return;
    }
    if (this.#bufferTrades === 0) {
      this.#lose(this.seenSeq);
      return;
    }
    const fill = new AbortController();
    this.#fill = fill;
    this.#fillHoles(fill.signal).catch((error) => {
      if (!fill.signal.aborted) {
        throw error; // A fault of ours: seen, not swallowed.
      }
    });
  }

  async #fillHoles(signal) {
    while (this.seq < this.seenSeq) {
      const holeTo = this.#waiting.length > 0 ? this.#waiting[0].seq - 1 : this.seenSeq;
      if (holeTo > this.seq) {
        await this.#fillHole(holeTo, signal);
      }
      if (signal.aborted) {
        return;
      }
      this.#handWaiting();
    }
    this.#fill = null;
  }

  async #fillHole(holeTo, signal) {
    let filledFrom = this.seq + 1;
    const tellFilled = () => filledFrom <= this.seq && this.#owner.gap(filledFrom, this.seq, true);
    while (this.seq < holeTo) {
      const page = await this.#page(this.seq + 1, Math.min(PAGE, holeTo - this.seq), signal);
      const trades = page.filter((trade) => trade.seq > this.seq && trade.seq <= holeTo);
      const firstSeq = trades.length > 0 ? trades[0].seq : holeTo + 1;
      if (firstSeq > this.seq + 1) {
        tellFilled();
        this.#lose(firstSeq - 1);
        filledFrom = firstSeq;
      }
      const end = trades.findIndex((trade, index) => trade.seq !== firstSeq + index);
      const next = end < 0 ? trades : trades.slice(0, end);
      this.seq += next.length;
      this.#hand(next, { snapshot: false });
      if (signal.aborted) {
        break;
      }
    }
    tellFilled();
  }

  /** A page of history; empty if it cannot be had. */
  async #page(fromSeq, limit, signal) {
    try {
      return await patiently(this.#platform, () => this.#owner.fetchTrades(fromSeq, limit, signal), signal);
    } catch {
      signal.throwIfAborted();
      return [];
    }
  }
}
