package io.agx.market.server.config;

import java.util.List;
import java.util.Map;

/**
 * What the process logs. Immutable.
 *
 * @param level of all loggers that have none of their own
 * @param levels by the names of loggers
 * @param format {@code text} or {@code json}
 */
public record LogConfig(String level, Map<String, String> levels, String format) {
    /** From the most to the least. */
    public static final List<String> LEVELS = List.of("trace", "debug", "info", "warn", "error", "off");

    /** What happens to the server, as text. */
    public static final LogConfig DEFAULTS = new LogConfig("info", Map.of(), "text");

    public LogConfig {
        levels = Map.copyOf(levels);
    }
}
