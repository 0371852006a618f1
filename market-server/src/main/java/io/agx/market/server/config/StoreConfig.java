package io.agx.market.server.config;

import java.util.regex.Pattern;

/**
 * Which database the store is in. Immutable.
 *
 * @param url JDBC URL of a PostgreSQL database, {@code jdbc:postgresql://host:5432/market}; empty for the embedded one in the data folder
 * @param user of the database; empty with the embedded one
 * @param password of that user; empty where the database asks for none
 * @param connections most connections to the database at a time, 2 to 100
 * @param retainDays how long trades are kept in PostgreSQL, in days of their own time, 1 to 36,500; 0 keeps all of them. Candles are kept
 */
public record StoreConfig(String url, String user, String password, int connections, int retainDays) {
    /** One writes; four questions about history at a time keep two cores and a disk busy; one is for whoever maintains. */
    public static final int DEFAULT_CONNECTIONS = 6;

    private static final String POSTGRESQL = "jdbc:postgresql:";
    private static final Pattern PASSWORD_IN_URL = Pattern.compile("//[^/?]*@|[?&]password=", Pattern.CASE_INSENSITIVE);
    /** The embedded database, which keeps all. After the constants that its making needs. */
    public static final StoreConfig EMBEDDED = new StoreConfig("", "", "", DEFAULT_CONNECTIONS, 0);

    public StoreConfig {
        if (PASSWORD_IN_URL.matcher(url).find()) {
            throw new IllegalArgumentException("db-url must have no user and no password in it, for a list of processes"
                    + " shows it: use db-user, and db-password-file or MARKET_DB_PASSWORD");
        }
        if (!url.isEmpty() && !url.startsWith(POSTGRESQL)) {
            throw new IllegalArgumentException("db-url must begin with " + POSTGRESQL + ", was \"" + url + "\"");
        }
        if (url.isEmpty() && retainDays != 0) {
            throw new IllegalArgumentException("db-retain-days needs db-url: only PostgreSQL drops old trades");
        }
        MarketConfig.require("db-connections", connections, 2, 100);
        MarketConfig.require("db-retain-days", retainDays, 0, 36_500);
    }

    public StoreConfig withRetainDays(int newRetainDays) {
        return new StoreConfig(url, user, password, connections, newRetainDays);
    }

    public boolean isEmbedded() {
        return url.isEmpty();
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "StoreConfig[url=" + url + ", user=" + user + ", connections=" + connections + ", retainDays="
                + retainDays + "]";
    }
}
