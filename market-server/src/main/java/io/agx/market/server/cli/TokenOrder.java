package io.agx.market.server.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A token that is wanted. {@link #toString()} does not have the secret.
 *
 * @param scopes words, which are checked where they are known
 * @param ttlMillis until it expires
 * @param dataDir whose development secret signs it, where no other is told
 * @param secret signs it, if it is not empty
 * @param secretFile signs it, if it is told
 * @param issuer its {@code iss}; empty for none
 * @param audience its {@code aud}; empty for none
 */
public record TokenOrder(
        String userId,
        List<String> scopes,
        long ttlMillis,
        Path dataDir,
        String secret,
        Optional<Path> secretFile,
        String issuer,
        String audience) {
    public TokenOrder {
        scopes = List.copyOf(scopes);
    }

    @Override
    public String toString() {
        return "TokenOrder[userId=" + userId + ", scopes=" + scopes + "]";
    }
}
