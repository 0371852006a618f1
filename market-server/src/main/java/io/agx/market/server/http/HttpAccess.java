package io.agx.market.server.http;

import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.server.identity.Authenticator;
import io.agx.market.server.identity.Identity;
import io.agx.market.server.identity.Scope;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Who sends a request, by its header {@code Authorization: Bearer}. Thread-safe. */
final class HttpAccess {
    private static final String SCHEME = "bearer ";

    private final Authenticator authenticator;

    HttpAccess(Authenticator authenticator) {
        this.authenticator = authenticator;
    }

    /** @throws ProtocolException if there is no good token */
    Identity require(HttpServletRequest request) {
        @Nullable String header = request.getHeader("Authorization");
        if (header == null || !header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            throw new ProtocolException(
                    ErrorCode.NOT_AUTHENTICATED,
                    "Authorization",
                    "this needs the header Authorization: Bearer <token>");
        }
        return authenticator.authenticate(header.substring(SCHEME.length()).strip());
    }

    /** @throws ProtocolException if there is no good token, or it does not have the scope */
    Identity require(HttpServletRequest request, Scope scope) {
        Identity identity = require(request);
        if (!identity.may(scope)) {
            throw new ProtocolException(
                    ErrorCode.FORBIDDEN, "Authorization", "this needs a token with scope " + scope.code());
        }
        return identity;
    }
}
