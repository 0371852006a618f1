import { Backoff } from './backoff.js';
import { closedError } from './errors.js';

/** Attempts in a row to read history: with the waits between them about half a minute. */
const MAX_ATTEMPTS = 10;

/** Resolves after a while; rejects when the signal is aborted, and leaves no timer behind. */
export function wait(platform, delayMillis, signal) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(closedError());
      return;
    }
    const stop = () => {
      platform.clearTimer(timer);
      reject(closedError());
    };
    const timer = platform.setTimer(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, delayMillis);
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/**
 * What a read of history gives. It is tried again while its failures are temporary; the last one is thrown, and so is the signal's abort.
 *
 * @template T
 * @param {() => Promise<T>} read
 * @param {AbortSignal} signal
 * @returns {Promise<T>}
 */
export async function patiently(platform, read, signal) {
  const backoff = new Backoff(500, 5_000, platform.random);
  for (let attempt = 0; ; attempt++) {
    try {
      const result = await read();
      signal.throwIfAborted();
      return result;
    } catch (error) {
      signal.throwIfAborted();
      if (!error.temporary || attempt + 1 >= MAX_ATTEMPTS) {
        throw error;
      }
      await wait(platform, Math.max(backoff.delayMillis(attempt), error.retryAfterMillis ?? 0), signal);
    }
  }
}
