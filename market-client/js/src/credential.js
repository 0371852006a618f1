import { MarketError } from './errors.js';
import { socketUrl } from './url.js';

/** What the server speaks, offered beside a token, for a browser fails a connection whose offers are all passed over. */
const PROTOCOL = 'market.v1+json';

/** What may be in a subprotocol, and all that a signed token is made of. */
const TOKEN = /^[A-Za-z0-9._~+-]{1,8192}$/;

/** Who the client is: the token as it was told, asked for anew whenever one is needed. */
export class Credential {
  /** The newest token; undefined for none. */
  token;
  #source;
  #inQuery;

  constructor({ token, tokenIn }) {
    this.#source = token;
    this.#inQuery = tokenIn === 'query';
  }

  /** Whether another call may give another token. */
  get renewable() {
    return typeof this.#source === 'function';
  }

  /**
   * Gets a token; at once where it can be had at once.
   *
   * @param {() => void} then it is in `token`
   * @param {(error: MarketError) => void} otherwise none was to be had
   */
  ask(then, otherwise) {
    let given;
    try {
      given = this.renewable ? this.#source() : this.#source;
    } catch (error) {
      otherwise(noToken(error));
      return;
    }
    const take = (token) => {
      this.token = token === null || token === '' ? undefined : token;
      then();
    };
    if (typeof given?.then === 'function') {
      given.then(take, (error) => otherwise(noToken(error)));
    } else {
      take(given);
    }
  }

  /** The arguments of a `WebSocket`: its token is among the subprotocols, which nobody writes into a log. */
  socketArguments(url) {
    if (this.token === undefined) {
      return [url];
    }
    if (this.#inQuery) {
      return [socketUrl(url, this.token)];
    }
    if (!TOKEN.test(this.token)) {
      // Checked here, for what the browser says of a bad subprotocol has the token in it.
      throw new MarketError('bad_field', 'token must be 1 to 8192 characters of letters, digits and ._~+-', { field: 'token' });
    }
    return [url, [PROTOCOL, `bearer.${this.token}`]];
  }
}

/** Without the message of the failure, which may have the token. */
function noToken(error) {
  return new MarketError('not_authenticated', `no token was to be had: ${error?.name ?? 'unknown'}`, { temporary: true });
}
