const POLL_MILLIS = 10_000;

/** Without a push for this long one question makes sure that pushes still come. */
const QUIET_MILLIS = 300_000;

/**
 * The user's unread messages: pushed by the server (`ev_new_message`, `ev_read_status`, `notification`). It asks every 10 s only of a
 * server that does not push (`not_supported`), and once in five quiet minutes of one that does.
 */
export class Message {
  /** As the server told them last. */
  unread = [];
  /** How many are unread: the list has at most 100 of them. A server that does not push tells no more than its list. */
  unreadCount = 0;
  #client;
  #settings;
  #platform;
  #pushes = false;
  // Whether this connection was told a number.
  #counted = false;
  #timer = null;
  #stops = [];
  #stopped = false;

  /**
   * @param {import('./wsocket.js').Wsocket | import('./market-client.js').MarketClient} connection
   * @param {object} [options] `onUnread(list)`, `onReadStatus(data)`, `onNotification(message, data)`, `pollMillis`, `quietMillis`,
   *     `platform`
   */
  constructor(connection, options = {}) {
    this.#client = connection.client ?? connection;
    this.#settings = { pollMillis: POLL_MILLIS, quietMillis: QUIET_MILLIS, ...options };
    this.#platform = {
      setTimer: (task, delayMillis) => setTimeout(task, delayMillis), clearTimer: (timer) => clearTimeout(timer), ...options.platform,
    };
    this.#stops = [
      this.#client.on('notification', (message) => this.#pushed(message)),
      this.#client.on('connected', () => this.#begin()),
      this.#client.on('reconnected', () => this.#begin()),
      this.#client.on('disconnected', () => this.#cancel()),
    ];
    if (this.#client.state === 'live') {
      this.#begin();
    }
  }

  /** Asks for the unread messages now. */
  async refresh() {
    const { data } = await this.#client.request('get_unread_message');
    this.#takeUnread(data);
    return this.unread;
  }

  /**
   * Marks messages as read.
   *
   * @param {{ids?: Array<string|number>, toSeq?: number, all?: boolean}} which as in the command `read_message`
   */
  async read(which) {
    const { data } = await this.#client.request('read_message', which);
    this.#count(data);
    this.#tell('onReadStatus', data);
  }

  /** Nothing is told any more, and nothing asked. */
  stop() {
    this.#stopped = true;
    this.#cancel();
    this.#stops.forEach((stop) => stop());
  }

  /** A connection is ready: what came while there was none, and whether this server pushes. */
  async #begin() {
    this.#counted = false;
    try {
      const [joined] = (await this.#client.request('subscribe', { rooms: ['inbox'] })).data;
      this.#pushes = joined.ok;
    } catch {
      this.#pushes = false;
    }
    if (!this.#stopped) {
      await this.#ask();
    }
  }

  async #ask() {
    await this.refresh().catch(() => {}); // The next question, or the next connection, tries again.
    this.#schedule();
  }

  #pushed({ event, message, data }) {
    this.#pushes = true;
    if (event === 'ev_new_message') {
      this.#takeUnread(data);
    } else if (event === 'ev_read_status') {
      this.#count(data);
      this.#tell('onReadStatus', data);
    } else {
      this.#count(data);
      this.#tell('onNotification', message, data);
    }
    this.#schedule();
  }

  #takeUnread(data) {
    this.unread = Array.isArray(data) ? data : [];
    if (!this.#counted) {
      this.unreadCount = this.unread.length;
    }
    this.#tell('onUnread', this.unread);
  }

  #count(data) {
    if (Number.isInteger(data?.unread)) {
      this.unreadCount = data.unread;
      this.#counted = true;
    }
  }

  #tell(name, ...args) {
    if (this.#stopped) {
      return; // An answer was on its way.
    }
    try {
      this.#settings[name]?.(...args);
    } catch (error) {
      console.error(`market: ${name} failed`, error);
    }
  }

  #schedule() {
    this.#cancel();
    if (!this.#stopped && this.#client.state === 'live') {
      this.#timer = this.#platform.setTimer(() => this.#ask(), this.#pushes ? this.#settings.quietMillis : this.#settings.pollMillis);
    }
  }

  #cancel() {
    if (this.#timer !== null) {
      this.#platform.clearTimer(this.#timer);
      this.#timer = null;
    }
  }
}
