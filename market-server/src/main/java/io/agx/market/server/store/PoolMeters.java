package io.agx.market.server.store;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.metrics.micrometer.MicrometerMetricsTrackerFactory;
import io.micrometer.core.instrument.MeterRegistry;

/** What a pool of connections tells: active, idle, waiting, time-outs, and how long getting and using one took. */
final class PoolMeters {
    private PoolMeters() {}

    /** They are told under the pool's name, and go when it is closed. Once for a pool. */
    static void bind(HikariDataSource pool, MeterRegistry registry) {
        pool.setMetricsTrackerFactory(new MicrometerMetricsTrackerFactory(registry));
    }
}
