package io.agx.market.server.identity;

import java.util.Locale;
import java.util.Optional;

/** What a token may allow beyond reading public rooms and the user's own inbox. */
public enum Scope {
    /** Publishes trades and quotes. */
    PUBLISH,
    /** Sends messages to users and to all. */
    NOTIFY,
    /** Defines instruments, sees and drains connections. */
    ADMIN;

    private final String code = name().toLowerCase(Locale.ROOT);

    /** The word in a token's {@code scope}. */
    public String code() {
        return code;
    }

    /** The scope of a word, or nothing if there is none. */
    public static Optional<Scope> ofCode(String code) {
        for (Scope scope : values()) {
            if (scope.code.equals(code)) {
                return Optional.of(scope);
            }
        }
        return Optional.empty();
    }
}
