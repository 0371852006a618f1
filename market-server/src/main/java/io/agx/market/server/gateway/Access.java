package io.agx.market.server.gateway;

import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.server.identity.Identity;
import io.agx.market.server.identity.Scope;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who the peer of one connection is, as of its last good token. Thread-safe. Written by the thread that reads the connection, read by
 * anyone. A connection that was a user's once is never another's.
 */
final class Access {
    private final LongSupplier clockMillis;
    private final Supplier<AccessRules> rules;
    private volatile @Nullable Identity identity;

    /**
     * @param clockMillis the wall clock, which tokens are in
     * @param rules have the leeway: how long after its time a token is still good
     */
    Access(LongSupplier clockMillis, Supplier<AccessRules> rules) {
        this.clockMillis = clockMillis;
        this.rules = rules;
    }

    /**
     * Takes who a good token says the peer is, in place of what was known.
     *
     * @throws ProtocolException {@link ErrorCode#FORBIDDEN} if the connection is or was another user's: what waits for it to be written is
     *     that user's. Nothing has changed then
     */
    void grant(Identity newIdentity) {
        Identity known = identity;
        if (known != null && !known.userId().equals(newIdentity.userId())) {
            throw new ProtocolException(
                    ErrorCode.FORBIDDEN, "token", "this connection is another user's; open one for this user");
        }
        identity = newIdentity;
    }

    /** Whether a good token was ever shown. */
    boolean wasGranted() {
        return identity != null;
    }

    /** Who it is, if its token has not expired. */
    Optional<Identity> identity() {
        Identity known = identity;
        return known == null
                        || known.expiresTimeMillis()
                                <= clockMillis.getAsLong() - rules.get().leewayMillis()
                ? Optional.empty()
                : Optional.of(known);
    }

    /** @throws ProtocolException {@link ErrorCode#NOT_AUTHENTICATED}, or {@link ErrorCode#TOKEN_EXPIRED} */
    Identity require() {
        return identity()
                .orElseThrow(() -> wasGranted()
                        ? new ProtocolException(
                                ErrorCode.TOKEN_EXPIRED, "token", "this needs a token that has not expired; send auth")
                        : new ProtocolException(
                                ErrorCode.NOT_AUTHENTICATED, "token", "this needs a valid token; send auth first"));
    }

    /** @throws ProtocolException as {@link #require()}, or {@link ErrorCode#FORBIDDEN} */
    Identity require(Scope scope) {
        Identity known = require();
        if (!known.may(scope)) {
            throw new ProtocolException(
                    ErrorCode.FORBIDDEN, "token", "this command needs a token with scope " + scope.code());
        }
        return known;
    }
}
