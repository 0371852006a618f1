/**
 * Sends commands no faster than the server takes them (`welcome.limits`): one beyond its budget is refused without its id, so that
 * nobody could tell which it was. What waits is bounded by the number of requests.
 */
export class Pace {
  #platform;
  #send;
  #perMilli = 0;
  #burst = Infinity;
  #tokens = Infinity;
  #last = 0;
  #urgent = [];
  #waiting = [];
  #timer = null;

  constructor(platform, send) {
    this.#platform = platform;
    this.#send = send;
  }

  /** A new connection: its budget is whole, and what waited for the old one is sent again by others. */
  restart(limits) {
    this.stop();
    // Half of it: heartbeats take from the budget too, and the server's clock is another one.
    const told = limits?.commandBurst > 0 && limits?.commandsPerSecond > 0;
    this.#burst = told ? Math.max(1, limits.commandBurst / 2) : Infinity;
    this.#perMilli = told ? limits.commandsPerSecond / 2_000 : 0;
    this.#tokens = this.#burst;
    this.#last = this.#platform.monotonicMillis();
  }

  /** @param {boolean} urgent whether it goes before those that wait and are not */
  send(command, urgent = false) {
    (urgent ? this.#urgent : this.#waiting).push(command);
    this.#drain();
  }

  stop() {
    this.#urgent = [];
    this.#waiting = [];
    if (this.#timer !== null) {
      this.#platform.clearTimer(this.#timer);
      this.#timer = null;
    }
  }

  get #waitingCount() {
    return this.#urgent.length + this.#waiting.length;
  }

  #drain() {
    if (this.#timer !== null) {
      return;
    }
    const now = this.#platform.monotonicMillis();
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#last) * this.#perMilli);
    this.#last = now;
    while (this.#waitingCount > 0 && this.#tokens >= 1) {
      this.#tokens -= 1;
      this.#send((this.#urgent.length > 0 ? this.#urgent : this.#waiting).shift());
    }
    if (this.#waitingCount > 0) {
      this.#timer = this.#platform.setTimer(() => {
        this.#timer = null;
        this.#drain();
      }, Math.max(1, Math.ceil((1 - this.#tokens) / this.#perMilli)));
    }
  }
}
