import { ABNORMAL, mayReconnect } from './close-codes.js';

const FLOOR_MILLIS = 200;
const PLATEAU_EXPONENT = 3;
const PLATEAU_ATTEMPTS = 32;

/**
 * How long to wait before the next attempt to connect: exponential with full jitter, the curve of the Java client.
 *
 * The upper end doubles from the minimum to 8 times the minimum (4 s by default), stays there until the 32nd attempt (about a
 * minute), then doubles up to the maximum: after an outage of up to half a minute the client is back within 10 s of its
 * end, and in a long one it asks rarely. The lower end is 200 ms (or the minimum, if that is less): never more than five attempts a second.
 */
export class Backoff {
  #minMillis;
  #maxMillis;
  #random;

  constructor(minMillis, maxMillis, random) {
    this.#minMillis = minMillis;
    this.#maxMillis = maxMillis;
    this.#random = random;
  }

  /** @param {number} attempt failed attempts before, 0 or higher */
  delayMillis(attempt) {
    const floor = Math.min(FLOOR_MILLIS, this.#minMillis);
    return floor + Math.floor(this.#random() * (this.ceilingMillis(attempt) - floor + 1));
  }

  ceilingMillis(attempt) {
    const exponent = attempt < PLATEAU_ATTEMPTS
      ? Math.min(attempt, PLATEAU_EXPONENT)
      : PLATEAU_EXPONENT + Math.min(attempt - PLATEAU_ATTEMPTS + 1, 20);
    return Math.min(this.#maxMillis, this.#minMillis * 2 ** exponent);
  }
}

/** When and how long to come back. Immutable. */
export class ReconnectPolicy {
  /**
   * @param {object} [settings]
   * @param {number} [settings.minDelayMillis] upper end of the first wait
   * @param {number} [settings.maxDelayMillis] upper end of any wait
   * @param {number} [settings.stableAfterMillis] a connection that held this long starts the count of attempts anew
   * @param {number} [settings.maxAttempts] attempts in a row without success before giving up
   * @param {(code: number) => boolean} [settings.mayReconnect] which close codes mean yes
   * @param {((attempt: number, random: () => number) => number)} [settings.delayMillis] the wait, instead of the curve
   */
  constructor(settings = {}) {
    this.minDelayMillis = settings.minDelayMillis ?? 500;
    this.maxDelayMillis = settings.maxDelayMillis ?? 30_000;
    this.stableAfterMillis = settings.stableAfterMillis ?? 30_000;
    this.maxAttempts = settings.maxAttempts ?? Infinity;
    this.mayReconnect = settings.mayReconnect ?? mayReconnect;
    this.delayMillis = settings.delayMillis ?? ((attempt, random) =>
      new Backoff(this.minDelayMillis, this.maxDelayMillis, random).delayMillis(attempt));
    if (!(this.minDelayMillis > 0 && this.minDelayMillis <= this.maxDelayMillis)) {
      throw new RangeError('minDelayMillis must be above 0 and not above maxDelayMillis,'
        + ` was ${this.minDelayMillis} of ${this.maxDelayMillis}`);
    }
    Object.freeze(this);
  }

  /** What the seed's front end did: after 1006 only, 5 s apart, ten times in the page's life. */
  static seed() {
    return new ReconnectPolicy({
      maxAttempts: 10,
      stableAfterMillis: Infinity,
      mayReconnect: (code) => code === ABNORMAL,
      delayMillis: () => 5_000,
    });
  }
}
