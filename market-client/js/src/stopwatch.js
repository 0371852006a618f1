/**
 * Time that passed since a moment, by whichever clock says more: the monotonic one may stand still while the machine sleeps, the
 * wall clock may be set back.
 */
export class Stopwatch {
  #platform;
  #monotonic;
  #wall;

  constructor(platform) {
    this.#platform = platform;
    this.restart();
  }

  restart() {
    this.#monotonic = this.#platform.monotonicMillis();
    this.#wall = this.#platform.epochMillis();
  }

  elapsedMillis() {
    return Math.max(this.#platform.monotonicMillis() - this.#monotonic, this.#platform.epochMillis() - this.#wall);
  }
}
