package io.agx.market.server.cli;

import io.agx.market.server.config.MarketConfig;
import io.agx.market.server.config.StoreConfig;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code --data} and {@code --config}, shared by every command that opens a data folder: where the server of that configuration has it. The values are
 * read by {@link ConfigOptions}, with the file and the environment under them.
 */
final class DataOption {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec command;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Folder of the trade log (log/) and the embedded database (db/). Default: data. Env: MARKET_DATA.")
    @SuppressWarnings({"NullAway.Init", "UnusedVariable"}) // Read as it was given.
    private String dir;

    @Option(
            names = ConfigOptions.FILE,
            paramLabel = "FILE",
            description = "The server's configuration file, for where its data are. Default: none. Env: MARKET_CONFIG.")
    @SuppressWarnings({"NullAway.Init", "UnusedVariable"}) // Read as it was given.
    private String file;

    /** @throws IllegalArgumentException if the configuration is not good */
    Path dir() {
        return config().dataDir();
    }

    /**
     * Which database it is in: as {@link DatabaseOptions} say, if the command has them.
     *
     * @throws IllegalArgumentException if the configuration is not good
     */
    StoreConfig store() {
        return config().store();
    }

    /** What the server of that configuration runs with, as far as this command has its options. */
    private MarketConfig config() {
        MarketCommand market = (MarketCommand) command.root().userObject();
        return ConfigOptions.sources(command.commandLine().getParseResult(), ConfigOptions.FOLDER, market.environment())
                .load()
                .config();
    }
}
