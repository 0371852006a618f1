package io.agx.market.server.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.ContextInitializer;
import ch.qos.logback.core.joran.spi.JoranException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The levels and the format of the process's log. What nobody asks for stays as {@code logback.xml} has it. Thread-safe; where another library
 * than Logback is behind SLF4J, as a container may have it, nothing is changed, and that is told once.
 */
public final class ProcessLog {
    /** What {@code logback.xml} asks for. */
    private static final String FORMAT_PROPERTY = "MARKET_LOG_FORMAT";

    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(ProcessLog.class);

    private final @Nullable LoggerContext context;
    // Guarded by this: what the loggers had that were changed.
    private final Map<String, Optional<Level>> originals = new HashMap<>();
    private String rootLevel;

    /** @param rootLevel what counts as nobody's wish for all loggers */
    public ProcessLog(String rootLevel) {
        this.rootLevel = rootLevel;
        context = LoggerFactory.getILoggerFactory() instanceof LoggerContext found ? found : null;
        if (context == null) {
            LOG.warn("levels and format of the log are not changed: it is not Logback's");
        }
    }

    /**
     * Sets levels, and those of loggers that are no longer named back to what they were.
     *
     * @param newRootLevel of all loggers that have none of their own
     * @param levels by the names of loggers
     */
    public synchronized void setLevels(String newRootLevel, Map<String, String> levels) {
        if (context == null) {
            return;
        }
        if (!newRootLevel.equals(rootLevel)) {
            rootLevel = newRootLevel;
            context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.toLevel(newRootLevel));
        }
        originals.entrySet().removeIf(each -> {
            boolean gone = !levels.containsKey(each.getKey());
            if (gone) {
                context.getLogger(each.getKey()).setLevel(each.getValue().orElse(null));
            }
            return gone;
        });
        levels.forEach((name, level) -> {
            Logger logger = context.getLogger(name);
            originals.putIfAbsent(name, Optional.ofNullable(logger.getLevel()));
            logger.setLevel(Level.toLevel(level));
        });
    }

    /**
     * Has {@code logback.xml} read again with this format, if it was read with another. For the start: levels are as in the file after it.
     *
     * @param format {@code text} or {@code json}
     */
    public synchronized void useFormat(String format) {
        String before =
                System.getProperty(FORMAT_PROPERTY, Objects.requireNonNullElse(System.getenv(FORMAT_PROPERTY), "text"));
        if (context == null || format.equals(before)) {
            return;
        }
        System.setProperty(FORMAT_PROPERTY, format);
        context.reset();
        try {
            new ContextInitializer(context).autoConfig();
        } catch (JoranException e) {
            throw new IllegalStateException("the log cannot be set up anew: " + e.getMessage(), e);
        }
    }
}
