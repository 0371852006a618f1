package io.agx.market.server.identity;

import java.util.Set;

/**
 * Who a valid token says its bearer is. Immutable.
 *
 * @param userId 1 to 128 characters, the token's {@code sub}
 * @param expiresTimeMillis epoch milliseconds, exclusive: from then on it is nobody's
 */
public record Identity(String userId, Set<Scope> scopes, long expiresTimeMillis) {
    public static final int MAX_USER_ID_LENGTH = 128;

    public Identity {
        if (userId.isEmpty() || userId.length() > MAX_USER_ID_LENGTH) {
            throw new IllegalArgumentException(
                    "userId must have 1 to " + MAX_USER_ID_LENGTH + " characters, had " + userId.length());
        }
        scopes = Set.copyOf(scopes);
    }

    public boolean may(Scope scope) {
        return scopes.contains(scope);
    }
}
