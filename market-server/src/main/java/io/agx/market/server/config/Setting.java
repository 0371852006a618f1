package io.agx.market.server.config;

import java.util.Objects;

/**
 * What a key is set to, and who said so. Immutable.
 *
 * @param key which one
 * @param value what it is
 * @param origin who said so, such as {@code market.conf:12} or {@code option --port}; {@link #DEFAULT} if nobody did
 * @param over what this took the place of, such as {@code environment MARKET_PORT: 9000}; empty for nothing but the default
 */
public record Setting<T>(Key<T> key, T value, String origin, String over) {
    /** Nobody said anything. */
    public static final String DEFAULT = "default";

    static <T> Setting<T> ofDefault(Key<T> key) {
        return new Setting<>(key, key.defaultValue(), DEFAULT, "");
    }

    /** In the place of this one. */
    Setting<T> by(T newValue, String newOrigin) {
        return new Setting<>(key, newValue, newOrigin, isDefault() ? "" : origin + ": " + shown());
    }

    public boolean isDefault() {
        return origin.equals(DEFAULT);
    }

    /** Its value for people, without secrets. */
    public String shown() {
        return key.shown(value);
    }

    boolean hasValueOf(Setting<?> other) {
        return Objects.equals(value, other.value);
    }

    /** Without secrets. */
    @Override
    public String toString() {
        return key + " = " + shown() + " (" + origin + ")";
    }
}
