package io.agx.market.server.config;

/**
 * A key whose value is another than the server runs with. Immutable; without secrets.
 *
 * @param key its name
 * @param before what the server ran with
 * @param after what is said now
 * @param reloadable whether the server took it; else it needs a restart
 */
public record ConfigChange(String key, String before, String after, boolean reloadable) {}
