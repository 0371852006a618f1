import { MarketError } from './errors.js';

/** Most commands of the application without an answer; one more is refused. */
export const MAX_PENDING = 1_024;

/** Most of all: a client with as many queries as it may have gets into its rooms, and out of them, all the same. */
const MAX_WITH_OWN = 2 * MAX_PENDING;

/** Code of a command that ended with its connection. */
export const DROPPED = 'dropped';

/**
 * Commands that wait for their answers, by id. Bounded by {@link MAX_PENDING}, with the client's own by twice that.
 *
 * A query is sent again on the next connection; a `subscribe` is not, for there all rooms are asked for anew, together.
 */
export class Requests {
  #pending = new Map();
  #lastId = 0;
  #platform;
  #timeoutMillis;

  constructor(platform, timeoutMillis) {
    this.#platform = platform;
    this.#timeoutMillis = timeoutMillis;
  }

  get size() {
    return this.#pending.size;
  }

  /** @param {boolean} own whether the next is the client's own, not the application's */
  isFull(own) {
    return this.#pending.size >= (own ? MAX_WITH_OWN : MAX_PENDING);
  }

  /**
   * @param {(message: object) => void} onAnswer called in the turn of the message: what comes next may build on it
   * @param {(error: MarketError) => void} onFailure
   * @returns {object} the command with its id
   */
  add(event, data, resent, onAnswer, onFailure) {
    const id = ++this.#lastId;
    const command = data === undefined ? { event, id } : { event, id, data };
    const deadline = this.#platform.monotonicMillis() + this.#timeoutMillis;
    this.#pending.set(id, { command, resent, sent: false, deadline, onAnswer, onFailure });
    return command;
  }

  /** A command went out on this connection. */
  sent(id) {
    this.#pending.get(id).sent = true;
  }

  /** Hands an answer to its command. @returns {boolean} false if nobody waits for it */
  take(message) {
    const request = this.#pending.get(message.id);
    if (request === undefined) {
      return false;
    }
    this.#pending.delete(message.id);
    if (message.event === 'error') {
      request.onFailure(errorOf(message));
    } else {
      request.onAnswer(message);
    }
    return true;
  }

  /** On a new connection: what is to be sent, for the first time or again, in order. The rest ends as {@link DROPPED}. */
  resend() {
    for (const [id, request] of this.#pending) {
      if (request.sent && !request.resent) {
        this.#pending.delete(id);
        request.onFailure(new MarketError(DROPPED, 'the connection ended before the answer', { temporary: true }));
      }
    }
    return [...this.#pending.values()].map((request) => {
      request.sent = true;
      return request.command;
    });
  }

  expire() {
    const now = this.#platform.monotonicMillis();
    for (const [id, request] of this.#pending) {
      if (now >= request.deadline) {
        this.#pending.delete(id);
        request.onFailure(new MarketError('timeout', `no answer to ${request.command.event} in ${this.#timeoutMillis} ms`,
          { temporary: true }));
      }
    }
  }

  failAll(error) {
    const all = [...this.#pending.values()];
    this.#pending.clear();
    all.forEach((request) => request.onFailure(error));
  }
}

/** The error that an `error` event tells. */
export function errorOf({ code, message, temporary, data }) {
  return new MarketError(code, message, {
    temporary: temporary === true, field: data?.field, retryAfterMillis: data?.retryAfterMillis,
  });
}
