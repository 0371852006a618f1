package io.agx.market.server.store;

import java.nio.file.Path;

/**
 * Where a store is. Immutable.
 *
 * @param folder of the embedded database
 * @param url JDBC URL of a PostgreSQL database, which is used instead; or empty
 * @param user of that database; empty for the driver's default
 * @param password of that user; empty where the database asks for none
 * @param connections to that database at a time, at least 2: one writes
 * @param retainDays how long trades are kept in that database; 0 keeps all
 */
public record StoreLocation(Path folder, String url, String user, String password, int connections, int retainDays) {
    public static StoreLocation embedded(Path folder) {
        return new StoreLocation(folder, "", "", "", 2, 0);
    }

    public boolean isEmbedded() {
        return url.isEmpty();
    }

    /** For messages: without the password. */
    @Override
    public String toString() {
        return isEmbedded() ? "database in " + folder : "database " + url;
    }
}
