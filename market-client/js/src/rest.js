import { Backoff } from './backoff.js';
import { MarketError, closedError } from './errors.js';
import { wait } from './waiting.js';

/** The server's `/api/v1`. */
export class Rest {
  #platform;
  #baseUrl;
  #token;
  #responseMillis;

  /**
   * @param {() => string} baseUrl where `/api/v1` is now; it moves with the connection
   * @param {() => string | undefined} token
   * @param {number} responseMillis how long one answer may take
   */
  constructor(platform, baseUrl, token, responseMillis) {
    this.#platform = platform;
    this.#baseUrl = baseUrl;
    this.#token = token;
    this.#responseMillis = responseMillis;
  }

  /** Trades from a `seq` on, rising. */
  trades(symbol, fromSeq, limit, signal) {
    return this.#send(`/trades?symbol=${encodeURIComponent(symbol)}&fromSeq=${fromSeq}&limit=${limit}`, {}, signal);
  }

  /**
   * Publishes trades; the answer comes when they are durable. Ids keep a trade from being stored twice, so what may not have arrived is
   * sent again: after 429, 503 and a failed connection, with the wait that the server tells.
   */
  async publish(trades, { atomic, backfill, timeoutMillis, signal }) {
    const query = new URLSearchParams();
    if (atomic) {
      query.set('atomic', 'true');
    }
    if (backfill) {
      query.set('backfill', 'true');
    }
    const path = `/trades${query.size === 0 ? '' : `?${query}`}`;
    const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(trades) };
    const deadline = this.#platform.monotonicMillis() + timeoutMillis;
    const backoff = new Backoff(500, 10_000, this.#platform.random);
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#send(path, init, signal);
      } catch (error) {
        const delayMillis = Math.max(backoff.delayMillis(attempt), error.retryAfterMillis ?? 0);
        if (!mayRepeat(error) || this.#platform.monotonicMillis() + delayMillis > deadline) {
          throw error;
        }
        await wait(this.#platform, delayMillis, signal);
      }
    }
  }

  async #send(path, init, signal) {
    const abort = new AbortController();
    const stop = () => abort.abort();
    const timer = this.#platform.setTimer(stop, this.#responseMillis);
    signal?.addEventListener('abort', stop, { once: true });
    try {
      if (signal?.aborted) {
        throw closedError();
      }
      const token = this.#token();
      const headers = { ...init.headers, ...(token ? { Authorization: `Bearer ${token}` } : {}) };
      const response = await this.#platform.fetch(this.#baseUrl() + path, { ...init, headers, signal: abort.signal });
      if (!response.ok) {
        throw await problemOf(response);
      }
      return await response.json();
    } catch (error) {
      if (error instanceof MarketError) {
        throw error;
      }
      throw signal?.aborted ? closedError()
        : new MarketError('unreachable', `${path.split('?')[0]} cannot be reached: ${error.message}`, { temporary: true });
    } finally {
      this.#platform.clearTimer(timer);
      signal?.removeEventListener('abort', stop);
    }
  }
}

function mayRepeat(error) {
  return error.code === 'unreachable' || error.status === 429 || error.status === 503;
}

/** The error that a refused request tells: RFC 9457, or a status of something between us and the server. */
async function problemOf(response) {
  const problem = await response.json().catch(() => ({}));
  return new MarketError(problem.code ?? `http_${response.status}`, problem.detail ?? `HTTP status ${response.status}`, {
    temporary: problem.temporary ?? (response.status === 429 || response.status >= 500),
    field: problem.field,
    status: response.status,
    retryAfterMillis: retryAfterMillis(response.headers.get('Retry-After')),
  });
}

/** `Retry-After` is a number of seconds, or a date. */
function retryAfterMillis(header) {
  if (header === null || header.trim() === '') {
    return undefined;
  }
  const seconds = Number(header);
  const millis = Number.isNaN(seconds) ? Date.parse(header) - Date.now() : seconds * 1000;
  return Number.isNaN(millis) ? undefined : Math.max(0, millis);
}
