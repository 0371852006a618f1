import { MarketError, closedError } from './errors.js';
import { DROPPED } from './requests.js';
import { RoomName, baseOfCanonical } from './room-name.js';
import { RoomListener, Subscription, defaultSnapshot } from './subscription.js';

/** Wait before a room that was refused for the time being is asked for again. */
const RETRY_MILLIS = 1_000;

/** Most rooms of one connection. */
const MAX_ROOMS = 1_024;

/** Most elements of history in one reply. */
const MAX_SNAPSHOT = 1_500;

/** JSON around one room's name, at most: field names, epoch, seq, snapshot. */
const CHARS_PER_ROOM = 160;

const TEMPORARY = new Set(
  ['rate_limited', 'back_pressure', 'log_unavailable', 'store_behind', 'shutting_down', 'internal', DROPPED, 'timeout',
    'too_many_requests']);

/** A reply had no place left for a room's history: another one has. */
const TOO_LARGE = 'too_large';

/**
 * Gets the client into its rooms and keeps it there. Rooms asked for in one go of the event loop are sent as one message; after a
 * reconnect all rooms go, with their cursors, in one message.
 */
export class Subscriber {
  #byBase = new Map();
  #client;
  #asked = new Set();
  #gathering = false;
  #retries = new Set();
  // Rooms that have no answer yet since the connection came back.
  #unanswered = new Set();
  #welcome = null;

  /**
   * @param {object} client `events`, `platform`, `isLive()`, `isClosed()`, `ask(event, data, onAnswer, onFailure)` and what a {@link Subscription} needs
   */
  constructor(client) {
    this.#client = client;
  }

  get roomCount() {
    return this.#byBase.size;
  }

  get duplicateCount() {
    return [...this.#byBase.values()].reduce((sum, room) => sum + room.duplicateCount, 0);
  }

  subscribe(text, callbacks, { fields, snapshot }) {
    const name = new RoomName(fields === undefined ? text : [text, ...fields].join('~'));
    const wanted = snapshot ?? defaultSnapshot(name.channel);
    if (!Number.isInteger(wanted) || wanted < 0 || wanted > MAX_SNAPSHOT) {
      throw new MarketError('bad_field', `snapshot must be 0 to ${MAX_SNAPSHOT}, was ${wanted}`, { field: 'snapshot' });
    }
    if (this.#client.isClosed()) {
      throw closedError();
    }
    const room = this.#byBase.get(name.base) ?? this.#open(name);
    if (room.name.key !== name.key) {
      throw new MarketError('already_subscribed',
        `${name.base} is subscribed to as ${room.name} on this client, so not as ${name}: use changeRate, or another client`);
    }
    const listener = new RoomListener(callbacks, wanted);
    if (room.add(listener)) {
      this.#ask(room);
    }
    return { room, listener };
  }

  /** Takes a listener away, and leaves the room after the last. */
  remove(room, listener) {
    return room.listeners.has(listener) && room.remove(listener) ? this.#leave(room) : Promise.resolve();
  }

  /** Takes all listeners of a room away, or those with this callback; does nothing if there are none. */
  unsubscribe(text, callback) {
    const room = this.#byBase.get(new RoomName(text).base);
    const removed = [...(room?.listeners ?? [])].filter((listener) =>
      callback === undefined || callback === listener.callbacks || callback === listener.callbacks.onData);
    return Promise.all(removed.map((listener) => this.remove(room, listener))).then(() => {});
  }

  changeRate(text, rate) {
    const base = new RoomName(text).base;
    const room = this.#byBase.get(base);
    if (room === undefined) {
      throw new MarketError('not_subscribed', `not subscribed to ${base}`);
    }
    const name = room.name.at(rate);
    if (name.key === room.name.key && room.rateChanges.length === 0) {
      return Promise.resolve(room.label);
    }
    const changed = room.changeName(name);
    this.#ask(room);
    return changed;
  }

  /** A connection is ready: into all rooms, at once. */
  onLive(welcome, { again, historyChanged }) {
    this.#welcome = welcome;
    this.#asked.clear();
    if (historyChanged) {
      this.#byBase.forEach((room) => room.forgetPosition());
    }
    this.#unanswered = new Set(again ? this.#byBase.values() : []);
    this.#send([...this.#byBase.values()]);
  }

  onLost() {
    this.#unanswered.clear();
    this.#byBase.forEach((room) => room.interrupted());
  }

  dispatch(message) {
    if (message.event === 'heartbeat') {
      for (const watermark of message.data) {
        this.#find(watermark.room)?.onHeartbeat(watermark, message.serverTime);
      }
    } else if (message.event === 'gap') {
      this.#find(message.room)?.onGap(message.data);
    } else {
      this.#find(message.room)?.onLive(message);
    }
  }

  look(late) {
    this.#byBase.forEach((room) => room.look(late));
  }

  end(error) {
    this.#retries.forEach((timer) => this.#client.platform.clearTimer(timer));
    this.#retries.clear();
    this.#asked.clear();
    this.#unanswered.clear();
    this.#byBase.forEach((room) => room.end(error));
    this.#byBase.clear();
  }

  #find(canonicalName) {
    return this.#byBase.get(baseOfCanonical(canonicalName));
  }

  #open(name) {
    if (this.#byBase.size >= MAX_ROOMS) {
      throw new MarketError('too_many_rooms', `already in ${MAX_ROOMS} rooms`);
    }
    const room = new Subscription(name, this.#client);
    this.#byBase.set(name.base, room);
    return room;
  }

  #isWanted(room) {
    return this.#byBase.get(room.name.base) === room;
  }

  #ask(room) {
    this.#asked.add(room);
    if (!this.#gathering) {
      this.#gathering = true;
      queueMicrotask(() => {
        this.#gathering = false;
        const rooms = [...this.#asked];
        this.#asked.clear();
        if (this.#client.isLive()) { // Otherwise all rooms go when the connection is back.
          this.#send(rooms.filter((each) => this.#isWanted(each)));
        }
      });
    }
  }

  #askLater(room) {
    const timer = this.#client.platform.setTimer(() => {
      this.#retries.delete(timer);
      if (this.#isWanted(room)) {
        this.#ask(room);
      }
    }, RETRY_MILLIS);
    this.#retries.add(timer);
  }

  #send(rooms) {
    const maxChars = (this.#welcome.limits?.messageBytes ?? 65_536) * 0.9;
    let batch = [];
    let chars = 0;
    for (const room of rooms) {
      const more = String(room.name).length + CHARS_PER_ROOM;
      if (chars + more > maxChars) {
        this.#sendOne(batch);
        batch = [];
        chars = 0;
      }
      batch.push(room);
      chars += more;
    }
    if (batch.length > 0) {
      this.#sendOne(batch);
    }
  }

  #sendOne(rooms) {
    const requests = rooms.map((room) => room.request());
    rooms.forEach((room) => {
      room.asked = true;
    });
    const welcome = this.#welcome;
    this.#client.ask('subscribe', { rooms: requests },
      (answer) => welcome === this.#welcome && this.#answered(rooms, requests, answer.data), // Else the connection is another one already.
      (error) => {
        if (error.code !== DROPPED && error.code !== 'closed') { // All rooms are asked for anew, or none is wanted.
          rooms.forEach((room) => this.#refused(room, error.code, error.message));
        }
      });
  }

  #answered(rooms, requests, results) {
    const again = new Set(rooms.length > 1 ? rooms.filter((room, index) => results[index]?.code === TOO_LARGE) : []);
    rooms.forEach((room, index) => again.has(room) || this.#takeAnswer(room, requests[index], results[index]));
    const crowded = again.size < rooms.length;
    for (const room of [...again].filter((each) => this.#isWanted(each))) {
      // In the next message, which has fewer rooms. A server that gave none a place gets each by itself, and is believed then.
      if (crowded) {
        this.#ask(room);
      } else {
        this.#sendOne([room]);
      }
    }
  }

  #takeAnswer(room, request, result) {
    if (!this.#isWanted(room)) {
      return; // Left meanwhile.
    }
    if (result === undefined || !result.ok) {
      this.#refused(room, result?.code ?? 'internal', result?.message ?? 'the answer does not fit the rooms');
    } else {
      if (room.onJoined(request, result, this.#welcome)) {
        this.#ask(room);
      }
      this.#answeredOnce(room);
    }
  }

  /** A room that is refused for the time being is asked for again, for as long as the application wants it. */
  #refused(room, code, message) {
    if (!this.#isWanted(room)) {
      return;
    }
    if (TEMPORARY.has(code)) {
      this.#askLater(room);
      return;
    }
    const name = String(room.name);
    const lost = room.onRefused(new MarketError(code, message));
    this.#client.events.emit('refused', { room: name, code, message });
    if (lost) {
      this.#byBase.delete(room.name.base);
      room.interrupted();
      room.freshness.left();
    }
    this.#answeredOnce(room);
  }

  /** A room has its answer, or needs none any more. */
  #answeredOnce(room) {
    if (this.#unanswered.delete(room) && this.#unanswered.size === 0) {
      this.#client.events.emit('resubscribed', { roomCount: this.#byBase.size });
    }
  }

  #leave(room) {
    this.#asked.delete(room);
    this.#byBase.delete(room.name.base);
    const { names, asked } = room;
    room.end(closedError());
    room.freshness.left();
    this.#answeredOnce(room);
    if (!asked || !this.#client.isLive()) {
      return Promise.resolve();
    }
    // Out of the room here in any case; on the next connection the server knows it too.
    return new Promise((resolve) => this.#client.ask('unsubscribe', { rooms: names }, () => resolve(), () => resolve()));
  }
}
