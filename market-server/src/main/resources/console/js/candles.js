// Candles of one instrument and interval as one sequence by open time. Nothing here draws.

const PAGE = 1_000;

/**
 * Candles by rising open time. Of two revisions of a candle the one with the higher `seq` stays; a close replaces a running one of the
 * same `seq`.
 */
export class CandleSeries {
  #byTime = new Map();
  #sorted = [];
  #dirty = false;

  /** All, by rising open time; not to be changed. */
  get all() {
    if (this.#dirty) {
      this.#sorted = [...this.#byTime.values()].sort((a, b) => a.openTime - b.openTime);
      this.#dirty = false;
    }
    return this.#sorted;
  }

  get first() {
    return this.all[0] ?? null;
  }

  get newest() {
    return this.all[this.all.length - 1] ?? null;
  }

  clear() {
    this.#byTime.clear();
    this.#dirty = true;
  }

  /**
   * Takes revisions in.
   *
   * @returns {{changed: object[], inOrder: boolean}} what changed, by rising open time; `inOrder` if each was held already or is at the end, so
   *     that a drawing can be continued
   */
  merge(revisions) {
    const newestTime = this.newest?.openTime ?? -Infinity;
    const changed = [];
    let inOrder = true;
    for (const kline of revisions) {
      const held = this.#byTime.get(kline.openTime);
      if (held === undefined || kline.seq > held.seq || (kline.seq === held.seq && kline.closed && !held.closed)) {
        inOrder &&= held !== undefined || kline.openTime > newestTime;
        this.#byTime.set(kline.openTime, kline);
        changed.push(kline);
      }
    }
    this.#dirty ||= changed.length > 0;
    return { changed: changed.sort((a, b) => a.openTime - b.openTime), inOrder };
  }
}

/** A room's candles: history by pages, live revisions on top. */
export class LiveCandles {
  #link;
  #onChange;
  #subscription = null;
  // Of the room that is shown: what comes of an earlier one is nobody's.
  #generation = 0;
  #loading = null;

  /** @param onChange called with the candles that changed, or with null when all are to be drawn anew */
  constructor(link, onChange) {
    this.#link = link;
    this.#onChange = onChange;
    this.series = new CandleSeries();
    this.atBegin = false;
  }

  /** The room as it is joined now, or null. */
  get room() {
    return this.#subscription?.room ?? null;
  }

  /**
   * Joins another room, its newest page and what is live in one step. Resolves when that page is there; rejects if the room is refused.
   *
   * @param {{symbol: string, interval: string, offset: string, rate: string}} wanted `rate` is empty for the room's own
   */
  async show(wanted) {
    this.stop();
    const generation = this.#generation;
    this.wanted = wanted;
    const { symbol, interval, offset, rate } = wanted;
    const room = `kline:${symbol}:${interval}${isUtc(offset) ? '' : `:${offset}`}${rate === '' ? '' : `@${rate}`}`;
    this.#subscription = this.#link.client.subscribe(room, {
      onData: (items) => generation === this.#generation && this.#take(items),
    }, { snapshot: PAGE });
    await this.#subscription.ready;
  }

  /** Leaves the room and forgets what is held. */
  stop() {
    this.#generation++;
    this.#subscription?.unsubscribe().catch(() => {}); // Without a connection it is left anyway.
    this.#subscription = null;
    this.#loading = null;
    this.series.clear();
    this.atBegin = false;
  }

  /** Reads the page before the first candle held; resolves to whether anything came. One page at a time. */
  earlier() {
    if (this.atBegin || this.series.first === null) {
      return Promise.resolve(false);
    }
    this.#loading ??= this.#readEarlier(this.#generation).finally(() => { this.#loading = null; });
    return this.#loading;
  }

  async #readEarlier(generation) {
    const { symbol, interval, offset } = this.wanted;
    const page = await this.#link.client.klines({
      symbol, interval, endTime: this.series.first.openTime - 1, limit: PAGE, ...(isUtc(offset) ? {} : { utcOffset: offset }),
    });
    if (generation !== this.#generation) {
      return false;
    }
    this.atBegin = page.length < PAGE;
    this.series.merge(page);
    if (page.length > 0) {
      this.#onChange(null);
    }
    return page.length > 0;
  }

  #take(items) {
    // A revision of what is not held is found there when it is scrolled to.
    const first = this.series.first?.openTime ?? -Infinity;
    const { changed, inOrder } = this.series.merge(items.filter((kline) => kline.openTime >= first));
    if (changed.length > 0) {
      this.#onChange(inOrder && first !== -Infinity ? changed : null);
    }
  }
}

const isUtc = (offset) => offset === '+00:00';
