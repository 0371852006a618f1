package io.agx.market.server.cli;

import picocli.CommandLine.Option;

/**
 * Which database a data folder's store is in: shared by the commands that open one and are not {@code serve}. The values are read by {@link
 * ConfigOptions}, with the file and the environment under them.
 */
@SuppressWarnings({"NullAway.Init", "UnusedVariable"}) // Read as they were given.
final class DatabaseOptions {
    @Option(
            names = "--db-url",
            paramLabel = "URL",
            description =
                    "JDBC URL of a PostgreSQL database, such as jdbc:postgresql://localhost:5432/market. Default: the embedded"
                            + " database in the data folder. Env: MARKET_DB_URL.")
    private String url;

    @Option(names = "--db-user", paramLabel = "USER", description = "User of that database. Env: MARKET_DB_USER.")
    private String user;

    @Option(
            names = "--db-password-file",
            paramLabel = "FILE",
            description = "File with that user's password. Env: MARKET_DB_PASSWORD_FILE, or the password itself in"
                    + " MARKET_DB_PASSWORD.")
    private String passwordFile;

    @Option(
            names = "--db-connections",
            paramLabel = "N",
            description =
                    "Connections to that database at once, 2 to 100: one writes, the others answer questions about"
                            + " history. Default: 6. Env: MARKET_DB_CONNECTIONS.")
    private String connections;

    @Option(
            names = "--db-retain-days",
            paramLabel = "N",
            description =
                    "How long trades are kept in that database, in days of their own time, 0 to 36500; 0 keeps all. Candles"
                            + " are kept. Default: 0. Env: MARKET_DB_RETAIN_DAYS.")
    private String retainDays;
}
