// PROTOCOL.md section 9: after these a client does not come back by itself. Any other code, known or not, means yes.
const FINAL = new Set([1000, 1002, 1003, 1007, 1008, 1009, 4000, 4001]);

export const NORMAL = 1000;
/** An end without a Close frame. */
export const ABNORMAL = 1006;
export const SERVICE_RESTART = 1012;
export const TOKEN_REFUSED = 4001;
const RATE_LIMIT = 4008;

export function mayReconnect(code) {
  return !FINAL.has(code);
}

/**
 * The wait that a close with 4008 tells in its reason: `retry after 5 s`, `retry after 250 ms`; a bare number is seconds.
 *
 * @returns {number} 0 if it tells none
 */
export function retryAfterMillis(code, reason) {
  const told = code === RATE_LIMIT ? /(\d{1,7})\s*(ms)?/.exec(reason ?? '') : null;
  if (told === null) {
    return 0;
  }
  return Math.min(Number(told[1]) * (told[2] === undefined ? 1000 : 1), 3_600_000);
}
