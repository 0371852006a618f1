import { closedError } from './errors.js';

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
