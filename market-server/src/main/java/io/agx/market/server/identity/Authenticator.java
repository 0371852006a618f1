package io.agx.market.server.identity;

import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;

/** Tells who the bearer of a token is. Thread-safe; may wait for a key set that is fetched, never on the flush thread. */
public interface Authenticator {
    /** For servers without keys: no token is good. */
    Authenticator NOBODY = token -> {
        throw new ProtocolException(ErrorCode.NOT_AUTHENTICATED, "token", "this server takes no tokens");
    };

    /**
     * @param token as it came, not checked in any way
     * @throws ProtocolException if it is not good now; its message never repeats it
     */
    Identity authenticate(String token);
}
