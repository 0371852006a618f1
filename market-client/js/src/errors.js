/** Why something failed. `code` is of PROTOCOL.md section 10, or one of ours: `closed`, `dropped`, `timeout`, `unreachable` … */
export class MarketError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {{temporary?: boolean, field?: string, retryAfterMillis?: number, status?: number}} [more]
   */
  constructor(code, message, more = {}) {
    super(message);
    this.name = 'MarketError';
    this.code = code;
    this.temporary = more.temporary ?? false;
    this.field = more.field;
    this.retryAfterMillis = more.retryAfterMillis;
    this.status = more.status;
  }
}

/** @returns {MarketError} what every call to a closed client ends with */
export function closedError() {
  return new MarketError('closed', 'the client was closed');
}
