package io.agx.market.server.gateway;

import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.server.identity.Identity;
import io.agx.market.server.identity.Scope;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Who the peer of one connection is, as of its last good token. Thread-safe. */
final class Access {
    private final LongSupplier clockMillis;
    private volatile @Nullable Identity identity;

    /** @param clockMillis the wall clock, which tokens are in */
    Access(LongSupplier clockMillis) {
        this.clockMillis = clockMillis;
    }

    void grant(Identity newIdentity) {
        identity = newIdentity;
    }

    /** Who it is, if its token has not expired. */
    Optional<Identity> identity() {
        Identity known = identity;
        return known == null || known.expiresTimeMillis() <= clockMillis.getAsLong()
                ? Optional.empty()
                : Optional.of(known);
    }

    /** @throws ProtocolException {@link ErrorCode#NOT_AUTHENTICATED} */
    Identity require() {
        return identity()
                .orElseThrow(() -> new ProtocolException(
                        ErrorCode.NOT_AUTHENTICATED, "token", "this command needs a valid token; send auth first"));
    }

    /** @throws ProtocolException {@link ErrorCode#NOT_AUTHENTICATED}, or {@link ErrorCode#FORBIDDEN} */
    Identity require(Scope scope) {
        Identity known = require();
        if (!known.may(scope)) {
            throw new ProtocolException(
                    ErrorCode.FORBIDDEN, "token", "this command needs a token with scope " + scope.code());
        }
        return known;
    }
}
