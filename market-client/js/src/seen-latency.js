const MAX_TOLD_MICROS = 60_000_000;

/** What the next ping tells the server of what we have seen: how long the last one took, and how late one live message since then came. */
export class SeenLatency {
  #told = {};
  #due = true;

  /** Whether the next live message is to be timed: one for each ping, and no clock is read for the others. */
  get due() {
    return this.#due;
  }

  /** @param {number} roundTripMillis of a ping that was answered */
  measured(roundTripMillis) {
    this.#told.roundTripMicros = micros(roundTripMillis);
  }

  /**
   * A live message came.
   *
   * @param {number | undefined} serverTime when the server made it
   * @param {number} serverNow the server's clock now, as we reckon it
   */
  arrived(serverTime, serverNow) {
    if (serverTime > 0) {
      this.#told.latencyMicros = micros(serverNow - serverTime);
      this.#due = false;
    }
  }

  /** What the next ping tells; it is not told again. */
  take() {
    const told = this.#told;
    this.#told = {};
    this.#due = true;
    return told;
  }
}

function micros(millis) {
  return Math.round(Math.max(0, Math.min(millis * 1_000, MAX_TOLD_MICROS)));
}
