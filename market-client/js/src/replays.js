import { MarketError, closedError } from './errors.js';
import { DROPPED, errorOf } from './requests.js';

const END = new Set(['replayed', 'error']);

/** Replays of this connection, by the id of their command. A replay ends with its connection. */
export class Replays {
  #running = new Map();
  #client;

  /** @param {object} client `events`, `request(event, data)` with the command's id beside the answer */
  constructor(client) {
    this.#client = client;
  }

  async start({ symbol, fromTime, toTime, rooms, speed }, onData) {
    const data = { symbol, fromTime, toTime, rooms, ...(speed === undefined ? {} : { speed }) };
    const { id, answer } = this.#client.begin('replay', data);
    const replay = { onData };
    const done = new Promise((resolve, reject) => Object.assign(replay, { resolve, reject }));
    done.catch(() => {}); // Who does not wait for the end need not handle its failure.
    // Before the answer: what follows it may come in the same read.
    this.#running.set(id, replay);
    let replaying;
    try {
      replaying = await answer;
    } catch (error) {
      this.#running.delete(id);
      throw error;
    }
    if (replaying.data.every((room) => !room.ok)) {
      this.#running.delete(id);
      const { code, message } = replaying.data[0];
      throw new MarketError(code, message);
    }
    return {
      rooms: replaying.data,
      done,
      stop: async () => {
        if (this.#running.has(id)) {
          await this.#client.begin('stop_replay').answer.catch((error) => {
            if (error.code !== 'not_found') { // Over by itself meanwhile.
              throw error;
            }
          });
        }
      },
    };
  }

  /** @returns {boolean} whether the message belongs to a replay */
  take(message) {
    const replay = this.#running.get(message.id);
    if (replay === undefined) {
      return false;
    }
    if (!END.has(message.event)) {
      const items = Array.isArray(message.data) ? message.data : [message.data];
      this.#client.events.call(message.room, replay.onData, items,
        { room: message.room, seq: message.seq, serverTime: message.serverTime });
      return true;
    }
    this.#running.delete(message.id);
    if (message.event === 'error') {
      replay.reject(errorOf(message));
    } else {
      replay.resolve(message.data);
    }
    return true;
  }

  onLost() {
    this.#failAll(new MarketError(DROPPED, 'the connection ended before the replay', { temporary: true }));
  }

  end() {
    this.#failAll(closedError());
  }

  #failAll(error) {
    const all = [...this.#running.values()];
    this.#running.clear();
    all.forEach((replay) => replay.reject(error));
  }
}
