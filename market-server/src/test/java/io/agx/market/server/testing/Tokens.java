package io.agx.market.server.testing;

import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.server.identity.Authenticator;
import io.agx.market.server.identity.Identity;
import io.agx.market.server.identity.Scope;
import java.util.Set;

/** Tokens that a {@link RunningMarket} takes. */
public final class Tokens {
    /** Of one who may publish. */
    public static final String PUBLISHER = "publisher";

    /** Of one who may do nothing beyond what all may. */
    public static final String READER = "reader";

    static final Authenticator TAKEN = token -> switch (token) {
        case PUBLISHER -> new Identity("p", Set.of(Scope.PUBLISH), Long.MAX_VALUE);
        case READER -> new Identity("r", Set.of(), Long.MAX_VALUE);
        default -> throw new ProtocolException(ErrorCode.NOT_AUTHENTICATED, "token", "no token of the tests");
    };

    private Tokens() {}
}
