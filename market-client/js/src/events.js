/**
 * Handlers of named events. A handler that throws, or returns a promise that fails, is told as `listenerError` and hurts nobody else.
 */
export class Events {
  #handlers = new Map();
  #log;

  /** @param {(message: string, error: unknown) => void} log where errors go that nobody handles */
  constructor(log) {
    this.#log = log;
  }

  /** @returns {() => void} takes the handler away again */
  on(event, handler) {
    if (typeof handler !== 'function') {
      throw new TypeError(`the handler of ${event} must be a function, was ${typeof handler}`);
    }
    const handlers = this.#handlers.get(event) ?? new Set();
    this.#handlers.set(event, handlers);
    handlers.add(handler);
    return () => handlers.delete(handler);
  }

  off(event, handler) {
    this.#handlers.get(event)?.delete(handler);
  }

  has(event) {
    return (this.#handlers.get(event)?.size ?? 0) > 0;
  }

  emit(event, detail) {
    for (const handler of [...(this.#handlers.get(event) ?? [])]) {
      this.call(event, handler, detail);
    }
  }

  /** Calls a listener of the application. */
  call(source, listener, ...args) {
    try {
      const result = listener(...args);
      if (typeof result?.then === 'function') {
        result.then(undefined, (error) => this.#failed(source, error));
      }
    } catch (error) {
      this.#failed(source, error);
    }
  }

  #failed(source, error) {
    if (source === 'listenerError' || !this.has('listenerError')) {
      this.#log(`market: a listener of ${source} failed`, error);
    } else {
      this.emit('listenerError', { source, error });
    }
  }
}
