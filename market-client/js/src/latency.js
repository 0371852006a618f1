const SAMPLES = 128;

/** The way to the server and the difference of the clocks, from the last 128 pings. */
export class Latency {
  #samples = [];
  #next = 0;

  /**
   * @param {number} roundTripMillis without the time the server took
   * @param {number} clockOffsetMillis server's clock less ours
   */
  add(roundTripMillis, clockOffsetMillis) {
    this.#samples[this.#next] = { roundTripMillis, clockOffsetMillis };
    this.#next = (this.#next + 1) % SAMPLES;
  }

  /** Null before the first pong. The offset is that of the fastest ping, whose two ways differ least. */
  summary() {
    if (this.#samples.length === 0) {
      return null;
    }
    const sorted = [...this.#samples].sort((a, b) => a.roundTripMillis - b.roundTripMillis);
    const at = (quantile) => sorted[Math.min(sorted.length - 1, Math.ceil(quantile * sorted.length) - 1)].roundTripMillis;
    return {
      count: sorted.length,
      minMillis: sorted[0].roundTripMillis,
      p50Millis: at(0.5),
      p99Millis: at(0.99),
      clockOffsetMillis: sorted[0].clockOffsetMillis,
    };
  }
}
