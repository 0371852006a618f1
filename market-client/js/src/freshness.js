/** How late a heartbeat may be, and how long what it announces may be on its way behind it. */
const GRACE_MILLIS = 1_000;

/**
 * By how much a watermark may fall back and it says nothing: the clock of an instrument without trades moves when its candles close. Where `seq` is 0
 * (no trade yet, or many instruments) it says nothing at all.
 */
const SLACK_MILLIS = 5_000;

/**
 * Whether what is shown of one room is what the server has. Silence of a room is nothing bad; silence about it is.
 *
 * A watermark's time is the market's clock: the wall clock, or a replay's, which may be years back and run at another speed. So what counts is
 * not how far it is behind, but that it stays behind further than before.
 */
export class Freshness {
  #platform;
  #tell;
  #heartbeatMillis = 10_000;
  #beatAt = 0;
  #since = 0;
  #lagging = false;
  #leastLagMillis = Infinity;
  // The last watermark: {time, serverTime}.
  #mark = null;
  // What a heartbeat said was sent and is not here: {seq, at}.
  #owed = null;
  #suspect = false;
  #stale = false;

  /** @param {{stale: (since: number, reason: string) => void, fresh: (left: boolean) => void}} tell */
  constructor(platform, tell) {
    this.#platform = platform;
    this.#tell = tell;
  }

  /** The room was joined: its state is here, and the next heartbeat is due. */
  joined(heartbeatMillis) {
    this.#heartbeatMillis = heartbeatMillis;
    this.#lagging = false;
    this.#leastLagMillis = Infinity;
    this.#mark = null;
    this.#owed = null;
    this.#good();
    this.#judge(null);
  }

  /** The room is left, or lost: nothing is shown of it any more, so nothing of it is stale. */
  left() {
    if (this.#stale) {
      this.#stale = false;
      this.#tell.fresh(true);
    }
  }

  /**
   * A heartbeat with the room's watermark.
   *
   * @param {number | null} seenSeq how far a trade room has come; null where messages may be left out
   */
  beat(watermark, serverTime, seenSeq, rateMillis) {
    this.#beatAt = this.#platform.monotonicMillis();
    this.#suspect = false;
    this.#lagging = watermark.seq > 0 && this.#lags(watermark.time, serverTime, rateMillis);
    if (seenSeq !== null && watermark.seq > seenSeq) {
      // The first that is owed says since when.
      this.#owed ??= { seq: watermark.seq, at: this.#beatAt };
    }
    if (!this.#lagging && this.#owed === null) {
      this.#good();
    }
    this.look(false, seenSeq);
  }

  /**
   * Looks at the time.
   *
   * @param {boolean} late whether the look itself comes late: then a heartbeat may wait behind the timer, and the next look decides
   * @returns {number} the `seq` up to which trades are overdue, or 0
   */
  look(late, seenSeq) {
    const now = this.#platform.monotonicMillis();
    if (this.#owed !== null && seenSeq !== null && seenSeq >= this.#owed.seq) {
      this.#owed = null;
    }
    const overdue = now - this.#beatAt > this.#heartbeatMillis + GRACE_MILLIS;
    const silent = overdue && (!late || this.#suspect);
    this.#suspect = overdue;
    const behind = this.#owed !== null && now - this.#owed.at >= GRACE_MILLIS;
    this.#judge(silent ? 'silent' : behind ? 'behind' : this.#lagging ? 'lagging' : null);
    return behind ? this.#owed.seq : 0;
  }

  #lags(time, serverTime, rateMillis) {
    const lagMillis = serverTime - time;
    const before = this.#mark;
    this.#mark = { time, serverTime };
    if (this.#lagging) {
      const advances = 2 * (time - before.time) >= serverTime - before.serverTime;
      if (advances) {
        this.#leastLagMillis = lagMillis;
      }
      return !advances;
    }
    if (lagMillis > this.#leastLagMillis + SLACK_MILLIS + rateMillis) {
      return true;
    }
    this.#leastLagMillis = Math.min(this.#leastLagMillis, lagMillis);
    return false;
  }

  #good() {
    this.#beatAt = this.#platform.monotonicMillis();
    this.#since = this.#platform.epochMillis();
  }

  #judge(reason) {
    const stale = reason !== null;
    if (stale === this.#stale) {
      return;
    }
    this.#stale = stale;
    if (stale) {
      this.#tell.stale(this.#since, reason);
    } else {
      this.#tell.fresh(false);
    }
  }
}
