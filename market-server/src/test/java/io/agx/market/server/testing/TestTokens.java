package io.agx.market.server.testing;

import io.agx.market.server.identity.Scope;
import java.util.Set;

/** Tokens of users, and of a service that sends to them, for servers that {@link Tokens} prepared. */
public final class TestTokens {
    private TestTokens() {}

    public static String of(String userId) {
        return Tokens.token(userId, Set.of());
    }

    public static String notifier() {
        return Tokens.token("exchange", Set.of(Scope.NOTIFY));
    }
}
