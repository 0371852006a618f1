import { ABNORMAL, NORMAL, SERVICE_RESTART, TOKEN_REFUSED, retryAfterMillis } from './close-codes.js';
import { Credential } from './credential.js';
import { MarketError, closedError } from './errors.js';
import { Pulse, TICK_MILLIS } from './pulse.js';
import { Stopwatch } from './stopwatch.js';
import { drainUrl } from './url.js';

/** Of `WebSocket.readyState`. */
const OPEN = 1;
const CLOSED = 3;

/** Longest slot of a drain that is believed. */
const MAX_SLOT_MILLIS = 3_600_000;

/** When a token is renewed: not at once, and what is good for longer than a day is looked at again then. */
const MIN_RENEWAL_MILLIS = 1_000;
const MAX_RENEWAL_MILLIS = 86_400_000;

/** Least time between two attempts when the page's signs of waking ask for one at once. */
const MIN_ATTEMPT_GAP_MILLIS = 1_000;

/** What an attempt gets beyond its time-out if the timer came late: the page was asleep, and the welcome may wait behind it. */
const LATE_EXTRA_MILLIS = 3_000;

/**
 * The connection over its whole life: connecting, welcome, heartbeat, loss, backoff, again.
 *
 * States: `connecting` (until welcome) → `live` → `waiting` (backoff) → `connecting` …, and from each of them `closed`, which is the
 * end.
 */
export class Session {
  state = 'waiting';
  counters = { messageCount: 0, malformedCount: 0, reconnectCount: 0, attemptCount: 0 };

  #settings;
  #platform;
  #events;
  #owner;
  #target;
  #link = null;
  #timers = {};
  #stopWaking = () => {};
  #attempts = 0;
  #attemptAt = null;
  // Whether the wait is one that the server told, which waking does not cut short.
  #told = false;
  #epoch = null;
  #everLive = false;
  #looked;
  #credential;
  // Whether the server has refused a token since it last took one.
  #refused = false;
  #expiresTime = 0;
  // What the server's clock is ahead of ours, as of its last welcome.
  #serverAhead = 0;

  /**
   * @param {object} owner `onLive(welcome, {again, historyChanged})`, `onMessage(message)`, `onLost()`, `onLook(late)`, `onEnd(error)`,
   *     `ping()` and `renew(token, failed)`
   */
  constructor(settings, platform, events, owner) {
    this.#settings = settings;
    this.#platform = platform;
    this.#events = events;
    this.#owner = owner;
    this.#target = settings.url;
    this.#credential = new Credential(settings);
    this.#looked = platform.monotonicMillis();
  }

  /** Where the client is connected, or tries to be. */
  get url() {
    return this.#target;
  }

  /** The newest token; undefined for none. */
  get token() {
    return this.#credential.token;
  }

  start() {
    if (this.state !== 'closed') {
      this.#stopWaking = this.#platform.onWake((why) => this.#woken(why));
      this.#tick();
      this.#connect();
    }
  }

  /** Sends a command. @returns {boolean} false without a connection: then it is not sent */
  send(command) {
    // A socket that is closing takes nothing more, and a browser complains; that it has closed is told a moment later.
    if (this.state !== 'live' || this.#link.socket.readyState > OPEN) {
      return false;
    }
    this.#link.socket.send(JSON.stringify(command));
    return true;
  }

  close() {
    if (this.state === 'closed') {
      return;
    }
    const link = this.#link;
    this.#end(closedError());
    if (link !== null) {
      this.#discard(link, NORMAL, true);
    }
  }

  #connect() {
    this.state = 'connecting';
    this.counters.attemptCount++;
    this.#attemptAt = this.#platform.monotonicMillis();
    const link = { socket: null, liveAt: null, slotAt: null, since: new Stopwatch(this.#platform) };
    this.#link = link;
    const { requestTimeoutMillis } = this.#settings;
    this.#schedule('attempt', requestTimeoutMillis, () => this.#lost(link, ABNORMAL, `no token in ${requestTimeoutMillis} ms`));
    this.#credential.ask(
      () => link === this.#link && this.#open(link),
      (error) => this.#lost(link, ABNORMAL, error.message),
    );
  }

  #open(link) {
    try {
      link.socket = this.#platform.openSocket(...this.#credential.socketArguments(this.#target));
    } catch (error) {
      // A browser refuses an address before it tries: an open connection from a secure page, a port it blocks.
      this.#end(error instanceof MarketError ? error
        : new MarketError('bad_field', `${this.#target} cannot be opened: ${error.message}`, { field: 'url' }));
      return;
    }
    link.pulse = new Pulse(this.#platform, this.#settings);
    link.socket.onopen = (event) => this.#events.emit('socketOpen', event);
    link.socket.onmessage = (event) => this.#received(link, event.data);
    link.socket.onerror = (event) => this.#events.emit('socketError', event);
    link.socket.onclose = (event) => {
      this.#events.emit('socketClose', event);
      this.#lost(link, event.code, event.reason ?? '');
    };
    this.#schedule('attempt', this.#settings.connectTimeoutMillis, () => this.#timedOut(link, true));
  }

  #timedOut(link, mayBeLate) {
    const { connectTimeoutMillis } = this.#settings;
    if (mayBeLate && link.since.elapsedMillis() > connectTimeoutMillis + LATE_EXTRA_MILLIS) {
      this.#schedule('attempt', LATE_EXTRA_MILLIS, () => this.#timedOut(link, false));
    } else {
      this.#lost(link, ABNORMAL, `no welcome in ${connectTimeoutMillis} ms`);
    }
  }

  #tick() {
    this.#look(false);
    if (this.state !== 'closed') {
      this.#schedule('tick', TICK_MILLIS, () => this.#tick());
    }
  }

  /** Looks whether the connection lives. Timers, messages and the page's signs of waking all lead here. */
  #look(woken) {
    const now = this.#platform.monotonicMillis();
    const late = now - this.#looked > 3 * TICK_MILLIS;
    this.#looked = now;
    if (this.state === 'live') {
      const verdict = this.#link.pulse.look(woken);
      if (verdict === 'dead') {
        this.#lost(this.#link, ABNORMAL, `nothing heard for ${Math.round(this.#link.pulse.silenceMillis())} ms`);
      } else if (verdict === 'ask') {
        this.#owner.ping();
      }
    }
    this.#owner.onLook(late || woken);
  }

  #woken(why) {
    if (this.state === 'live') {
      this.#look(true);
      if (this.state === 'live') {
        this.#schedule('probe', this.#settings.probeMillis + 10, () => this.#look(false));
      }
      return;
    }
    const sinceAttempt = this.#platform.monotonicMillis() - this.#attemptAt;
    if (this.state === 'connecting' && why === 'online' && sinceAttempt >= MIN_ATTEMPT_GAP_MILLIS) {
      // Begun without a network, it may hang until its time-out.
      const link = this.#link;
      this.#link = null;
      this.#discard(link, ABNORMAL, false);
      if (this.state !== 'closed') { // A listener may have closed the client.
        this.#connect();
      }
    } else if (this.state === 'waiting' && !this.#told) {
      this.#schedule('reconnect', Math.max(0, MIN_ATTEMPT_GAP_MILLIS - sinceAttempt), () => this.#connect());
    }
  }

  #received(link, text) {
    if (link !== this.#link || typeof text !== 'string') {
      return;
    }
    link.pulse.heard();
    this.counters.messageCount++;
    if (text !== 'PONG' && text !== 'PING') {
      let message;
      try {
        message = JSON.parse(text);
      } catch (error) {
        this.counters.malformedCount++;
        if (this.counters.malformedCount === 1) {
          this.#platform.log('market: a message is not JSON', error);
        }
      }
      if (typeof message?.event === 'string') {
        this.#handle(link, message);
      }
    }
    if (link === this.#link) {
      this.#look(false);
    }
  }

  #handle(link, message) {
    if (this.#events.has('message')) {
      this.#events.emit('message', message);
    }
    if (link !== this.#link) {
      return; // A listener has closed the client.
    }
    if (message.event === 'welcome') {
      this.#welcomed(link, message.data);
    } else if (message.event === 'drain') {
      this.#drained(link, message.data);
    } else if (message.event === 'system') {
      this.#events.emit('notice', { message: message.message, serverTime: message.serverTime });
    } else {
      if (message.event === 'auth') {
        this.#authenticated(link, message.data);
      }
      this.#owner.onMessage(message);
    }
  }

  /** The server has taken a token: the next one is asked for when four fifths of its time are over. */
  #authenticated(link, { userId, expiresTime, scopes }) {
    const newer = expiresTime > this.#expiresTime;
    this.#refused = false;
    this.#expiresTime = expiresTime;
    this.#cancel('renewal');
    if (newer && this.#credential.renewable) {
      const leftMillis = expiresTime - (this.#platform.epochMillis() + this.#serverAhead);
      const delayMillis = Math.max(MIN_RENEWAL_MILLIS, Math.min(leftMillis * 0.8, MAX_RENEWAL_MILLIS));
      this.#schedule('renewal', delayMillis, () => this.#renew(link));
    }
    this.#events.emit('authenticated', { userId, expiresTime, scopes });
  }

  #renew(link) {
    const failed = (error) => this.#events.emit('notRenewed', { code: error.code, message: error.message });
    this.#credential.ask(() => {
      if (link === this.#link && this.state === 'live' && this.token !== undefined) {
        this.#owner.renew(this.token, failed);
      }
    }, failed);
  }

  #welcomed(link, welcome) {
    if (this.state !== 'connecting') {
      return;
    }
    this.#cancel('attempt');
    this.state = 'live';
    this.#told = false;
    link.liveAt = this.#platform.monotonicMillis();
    this.#serverAhead = (welcome.serverTime ?? this.#platform.epochMillis()) - this.#platform.epochMillis();
    this.#expiresTime = 0;
    const oldEpoch = this.#epoch;
    this.#epoch = welcome.epoch;
    const again = this.#everLive;
    const historyChanged = oldEpoch !== null && oldEpoch !== welcome.epoch;
    this.#everLive = true;
    this.counters.reconnectCount += again ? 1 : 0;
    // Before the listeners, whose commands are of this connection already.
    this.#owner.onLive(welcome, { again, historyChanged });
    this.#events.emit(again ? 'reconnected' : 'connected', welcome);
    if (historyChanged) {
      this.#events.emit('historyChanged', { oldEpoch, newEpoch: welcome.epoch });
    }
  }

  #drained(link, { reconnectAfterMillis, url }) {
    const slotMillis = Math.min(Math.max(0, reconnectAfterMillis ?? 0), MAX_SLOT_MILLIS);
    link.slotAt = this.#platform.monotonicMillis() + slotMillis;
    link.drainUrl = drainUrl(url, this.#target);
    this.#schedule('attempt', slotMillis, () => this.#leave(link));
    this.#events.emit('draining', { reconnectAfterMillis: slotMillis, url });
  }

  /** A drain's slot has come: go before the server does. */
  #leave(link) {
    if (link === this.#link && this.state === 'live') {
      this.#lost(link, SERVICE_RESTART, 'drained');
    }
  }

  #lost(link, code, reason) {
    if (link !== this.#link || this.state === 'closed') {
      return;
    }
    const { reconnect } = this.#settings;
    const wasLive = link.liveAt !== null;
    this.#link = null;
    this.state = 'waiting'; // Before the listeners hear of it: what they send now is not for the dead socket.
    this.#cancel('attempt');
    this.#cancel('probe');
    this.#cancel('renewal');
    this.#discard(link, code, false, reason);
    if (this.state === 'closed') {
      return; // A listener of `socketClose` has closed the client.
    }
    if (wasLive) {
      this.#owner.onLost();
      if (this.#platform.monotonicMillis() - link.liveAt >= reconnect.stableAfterMillis) {
        this.#attempts = 0;
      }
    }
    const again = (reconnect.mayReconnect(code) || this.#mayShowAnother(code)) && this.#attempts < reconnect.maxAttempts;
    if (wasLive || !again) {
      this.#events.emit('disconnected', { code, reason, willReconnect: again });
    }
    if (this.state !== 'waiting' || this.#link !== null) {
      return; // A listener has closed the client.
    }
    if (again) {
      this.#comeBack(link, code, reason, wasLive);
    } else {
      this.#end(new MarketError('closed', `the connection ended for good: code ${code}, ${reason}`));
    }
  }

  /** A refused token may be an old one: another is asked for, once. */
  #mayShowAnother(code) {
    const first = code === TOKEN_REFUSED && this.#credential.renewable && !this.#refused;
    this.#refused ||= first;
    return first;
  }

  #comeBack(link, code, reason, wasLive) {
    // A server to which a drain sent us and that does not answer is given up for the one we were told first.
    this.#target = wasLive ? link.drainUrl ?? this.#target : this.#settings.url;
    const toldMillis = retryAfterMillis(code, reason);
    this.#told = link.slotAt !== null || toldMillis > 0;
    // The server has spread the slots over all its clients: a wait of ours would only blur that.
    const delayMillis = link.slotAt !== null
      ? Math.max(0, link.slotAt - this.#platform.monotonicMillis())
      : Math.max(toldMillis, this.#settings.reconnect.delayMillis(this.#attempts++, this.#platform.random));
    this.#schedule('reconnect', delayMillis, () => this.#connect());
  }

  /** Leaves a socket behind. One that is dead may tell its end minutes later; nobody is to hear of it then. */
  #discard(link, code, tellsItsEnd, reason = '') {
    const { socket } = link;
    if (socket === null) {
      return; // It waited for its token.
    }
    const ended = socket.readyState === CLOSED;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onerror = null;
    socket.onclose = tellsItsEnd ? (event) => this.#events.emit('socketClose', event) : null;
    if (!ended) {
      socket.close(NORMAL, '');
      if (!tellsItsEnd) {
        this.#events.emit('socketClose', { code, reason, wasClean: false });
      }
    }
  }

  #end(error) {
    this.state = 'closed';
    this.#link = null;
    Object.keys(this.#timers).forEach((name) => this.#cancel(name));
    this.#stopWaking();
    this.#owner.onEnd(error);
  }

  #schedule(name, delayMillis, task) {
    this.#cancel(name);
    this.#timers[name] = this.#platform.setTimer(() => {
      delete this.#timers[name];
      task();
    }, delayMillis);
  }

  #cancel(name) {
    if (this.#timers[name] !== undefined) {
      this.#platform.clearTimer(this.#timers[name]);
      delete this.#timers[name];
    }
  }
}
