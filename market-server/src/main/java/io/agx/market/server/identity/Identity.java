package io.agx.market.server.identity;

import io.agx.market.core.model.UserIds;
import java.util.Set;

/**
 * Who a valid token says its bearer is. Immutable.
 *
 * @param userId 1 to 128 characters, the token's {@code sub}
 * @param expiresTimeMillis epoch milliseconds, exclusive: from then on it is nobody's
 */
public record Identity(String userId, Set<Scope> scopes, long expiresTimeMillis) {
    public Identity {
        if (!UserIds.isValid(userId)) {
            throw new IllegalArgumentException(
                    "userId must have 1 to " + UserIds.MAX_LENGTH + " characters of text, had " + userId.length());
        }
        scopes = Set.copyOf(scopes);
    }

    public boolean may(Scope scope) {
        return scopes.contains(scope);
    }
}
