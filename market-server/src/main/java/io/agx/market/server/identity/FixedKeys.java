package io.agx.market.server.identity;

import java.io.IOException;
import java.util.List;

/** A secret, which stays the same until the next start. Immutable. */
public final class FixedKeys implements KeySource {
    private final KeySet keys;
    private final String description;

    private FixedKeys(KeySet keys, String description) {
        this.keys = keys;
        this.description = description;
    }

    /**
     * @param description where it is from, for people
     * @throws IOException if it is too weak
     */
    public static FixedKeys ofSecret(byte[] secret, String description) throws IOException {
        return new FixedKeys(new KeySet(List.of(VerificationKey.ofSecret(null, secret))), description);
    }

    static FixedKeys of(KeySet keys, String description) {
        return new FixedKeys(keys, description);
    }

    @Override
    public KeySet current() {
        return keys;
    }

    @Override
    public String description() {
        return description;
    }
}
