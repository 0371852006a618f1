package io.agx.market.server.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What every key is set to. Immutable. */
public final class Settings {
    private final Map<Key<?>, Setting<?>> byKey;

    private Settings(Map<Key<?>, Setting<?>> byKey) {
        this.byKey = byKey;
    }

    /** Nothing is set. */
    static Settings defaults() {
        Map<Key<?>, Setting<?>> byKey = new LinkedHashMap<>();
        Keys.ALL.forEach(key -> byKey.put(key, Setting.ofDefault(key)));
        return new Settings(byKey);
    }

    <T> Settings with(Setting<T> setting) {
        Map<Key<?>, Setting<?>> copy = new LinkedHashMap<>(byKey);
        copy.put(setting.key(), setting);
        return new Settings(copy);
    }

    /** Of all keys, in the order of {@link Keys#ALL}. */
    public List<Setting<?>> all() {
        return List.copyOf(byKey.values());
    }

    @SuppressWarnings("unchecked") // Put under its own key.
    public <T> Setting<T> setting(Key<T> key) {
        return (Setting<T>) Objects.requireNonNull(byKey.get(key));
    }

    <T> T get(Key<T> key) {
        return setting(key).value();
    }

    /** An int: the ranges of all keys that are read so are within it. */
    int integer(Key<Long> key) {
        return Math.toIntExact(get(key));
    }

    /** These, with what a running server takes of others. */
    Settings reloaded(Settings fresh) {
        Map<Key<?>, Setting<?>> copy = new LinkedHashMap<>(byKey);
        fresh.byKey.forEach((key, setting) -> {
            if (key.isReloadable()) {
                copy.put(key, setting);
            }
        });
        return new Settings(copy);
    }

    /** What is different in others; its order is that of {@link Keys#ALL}. */
    List<ConfigChange> changes(Settings others) {
        List<ConfigChange> changes = new ArrayList<>();
        for (Setting<?> before : byKey.values()) {
            Setting<?> after = others.setting(before.key());
            if (!before.hasValueOf(after)) {
                changes.add(new ConfigChange(
                        before.key().name(),
                        before.shown(),
                        after.shown(),
                        before.key().isReloadable()));
            }
        }
        return changes;
    }
}
