package io.agx.market.server.identity;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The keys of a moment. Immutable. */
final class KeySet {
    /** An issuer has a few; more would make a token without {@code kid} dear to refuse. */
    static final int MAX_KEYS = 64;

    /** Keys tried for one token: as many as an issuer may have in use at once. */
    private static final int MAX_TRIED = 8;

    private final List<VerificationKey> keys;

    KeySet(List<VerificationKey> keys) {
        this.keys = List.copyOf(keys);
    }

    int size() {
        return keys.size();
    }

    boolean hasKeyFor(TokenAlgorithm algorithm) {
        return keys.stream().anyMatch(key -> key.isFor(algorithm));
    }

    /** Whether a token that names this key may be of one of these. A key without a name may be meant by any name. */
    boolean mayKnow(@Nullable String id) {
        return id == null || keys.stream().anyMatch(key -> key.id() == null || id.equals(key.id()));
    }

    /** The keys that a token's header may mean, those that have its name before those that have none. */
    List<VerificationKey> candidates(TokenAlgorithm algorithm, @Nullable String id) {
        List<VerificationKey> named = new ArrayList<>();
        List<VerificationKey> nameless = new ArrayList<>();
        for (VerificationKey key : keys) {
            if (key.isFor(algorithm)) {
                if (id == null || key.id() == null) {
                    nameless.add(key);
                } else if (id.equals(key.id())) {
                    named.add(key);
                }
            }
        }
        List<VerificationKey> all = named.isEmpty() ? nameless : named;
        return all.subList(0, Math.min(MAX_TRIED, all.size()));
    }

    /** Without anything of the keys. */
    @Override
    public String toString() {
        return keys.toString();
    }
}
