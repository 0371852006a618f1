package io.agx.market.server.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class ProcessLogTest {
    private static final Logger ROOT = LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    private final Logger own = LoggerFactory.getLogger("io.agx.market.server.logging.test.own");
    private final Logger below = LoggerFactory.getLogger("io.agx.market.server.logging.test.own.below");
    private final ProcessLog log = new ProcessLog("info");

    @AfterEach
    void asItWas() {
        log.setLevels("info", Map.of());
    }

    @Test
    void aLevelHoldsForALoggerAndThoseBelowUntilItIsNoLongerNamed() {
        assertThat(own.isDebugEnabled()).isFalse();

        log.setLevels("info", Map.of(own.getName(), "debug"));
        assertThat(own.isDebugEnabled()).isTrue();
        assertThat(below.isDebugEnabled()).isTrue();
        assertThat(ROOT.isDebugEnabled()).isFalse();
        log.setLevels("info", Map.of(own.getName(), "error", below.getName(), "trace"));
        assertThat(own.isWarnEnabled()).isFalse();
        assertThat(below.isTraceEnabled()).isTrue();

        log.setLevels("info", Map.of());
        assertThat(own.isDebugEnabled()).isFalse();
        assertThat(own.isInfoEnabled()).isTrue();
        assertThat(below.isDebugEnabled()).isFalse();
    }

    @Test
    void theLevelOfAllGoesAndComesBack() {
        log.setLevels("warn", Map.of());
        assertThat(own.isInfoEnabled()).isFalse();
        log.setLevels("info", Map.of());
        assertThat(own.isInfoEnabled()).isTrue();
    }
}
