package io.agx.market.server.testing;

import io.agx.market.server.identity.PresentedToken;
import io.agx.market.server.identity.Scope;
import io.agx.market.server.identity.SecretFile;
import io.agx.market.server.identity.TokenIssuer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Tokens that a {@link RunningMarket} without a key takes: its development secret is the one of these tests. */
public final class Tokens {
    private static final String SECRET = "the-secret-of-servers-that-tests-start";

    /** Of one who may publish. */
    public static final String PUBLISHER = token("p", Set.of(Scope.PUBLISH));

    /** Of one who may do nothing beyond what all may. */
    public static final String READER = token("r", Set.of());

    private Tokens() {}

    /** As a handshake brings it. */
    public static Optional<PresentedToken> presented(String token) {
        return Optional.of(new PresentedToken(token, false));
    }

    /** Of a user with these scopes. */
    public static String token(String userId, Set<Scope> scopes) {
        try {
            return new TokenIssuer(SECRET.getBytes(StandardCharsets.US_ASCII), "", "")
                    .issue(
                            userId,
                            scopes,
                            System.currentTimeMillis(),
                            Duration.ofDays(1).toMillis());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts the secret into a data folder that has none yet. */
    public static void prepare(Path dataDir) throws IOException {
        Path file = dataDir.resolve(SecretFile.NAME);
        if (!Files.exists(file)) {
            Files.createDirectories(dataDir);
            Files.writeString(file, SECRET);
        }
    }
}
