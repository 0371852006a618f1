package io.agx.market.server.store;

import io.agx.market.server.config.StoreConfig;
import io.agx.market.server.testing.Postgres;
import java.nio.file.Path;

/** Databases of this JVM's PostgreSQL, as the store is told them. */
final class PostgresLocations {
    private PostgresLocations() {}

    static StoreLocation newDatabase() {
        return of(Postgres.shared().newDatabase());
    }

    static StoreLocation of(StoreConfig config) {
        return new StoreLocation(
                Path.of("none"),
                config.url(),
                config.user(),
                config.password(),
                config.connections(),
                config.retainDays());
    }
}
