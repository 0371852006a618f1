package io.agx.market.server.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --data}, shared by every command that opens a data folder. */
final class DataOption {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "data",
            description =
                    "Folder of the trade log (log/) and the database (db/). Default: ${DEFAULT-VALUE}. Env: MARKET_DATA.")
    @SuppressWarnings("NullAway.Init") // Set by picocli, it has a default.
    private Path dir;

    Path dir() {
        return dir;
    }
}
