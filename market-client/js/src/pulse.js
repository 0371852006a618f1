import { Stopwatch } from './stopwatch.js';

/** How often it is looked at, if the browser lets its timers run. */
export const TICK_MILLIS = 1_000;

/** A look that comes this much after the one before it is late: timers were throttled, the page was frozen, or the machine slept. */
const LATE_MILLIS = 3 * TICK_MILLIS;

/** Late looks in a row after which an unanswered question is asked again: messages may still wait behind the timer. */
const PARDONS = 2;

/**
 * Whether a connection lives, judged by what is heard, never by a timer's punctuality.
 *
 * Silence near the deadline, a page that wakes and a look that comes late lead to a question; only a question that stays without an answer
 * for `probeMillis` ends the connection, and not while looks come late.
 */
export class Pulse {
  #heartbeatMillis;
  #deadlineMillis;
  #probeMillis;
  #heard;
  #asked;
  #looked;
  // Runs while a question is out whose answer decides; null otherwise.
  #probe = null;
  #pardons = 0;
  #platform;

  constructor(platform, { heartbeatMillis, deadlineMillis, probeMillis }) {
    this.#platform = platform;
    this.#heartbeatMillis = heartbeatMillis;
    this.#deadlineMillis = deadlineMillis;
    this.#probeMillis = Math.min(probeMillis, deadlineMillis / 2);
    this.#heard = new Stopwatch(platform);
    this.#asked = new Stopwatch(platform);
    this.#looked = new Stopwatch(platform);
  }

  heard() {
    this.#heard.restart();
    this.#probe = null;
    this.#pardons = 0;
  }

  silenceMillis() {
    return this.#heard.elapsedMillis();
  }

  /**
   * @param {boolean} woken whether the page tells that it slept, or that the network is another one
   * @returns {'alive' | 'ask' | 'dead'} `ask`: a ping is to be sent now
   */
  look(woken) {
    const late = this.#looked.elapsedMillis() > LATE_MILLIS;
    this.#looked.restart();
    const silence = this.#heard.elapsedMillis();
    if (this.#probe !== null) {
      return this.#judge(late || woken);
    }
    const doubtful = woken || (late && silence >= LATE_MILLIS) || silence >= this.#deadlineMillis - this.#probeMillis;
    if (doubtful) {
      this.#probe = new Stopwatch(this.#platform);
    }
    if (!doubtful && this.#asked.elapsedMillis() < this.#heartbeatMillis) {
      return 'alive';
    }
    this.#asked.restart();
    return 'ask';
  }

  #judge(late) {
    if (this.#probe.elapsedMillis() < this.#probeMillis) {
      return 'alive';
    }
    if (!late || this.#pardons >= PARDONS) {
      return 'dead';
    }
    this.#pardons++;
    this.#probe.restart();
    this.#asked.restart();
    return 'ask';
  }
}
