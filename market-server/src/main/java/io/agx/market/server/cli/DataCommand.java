package io.agx.market.server.cli;

import io.agx.market.server.config.StoreConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** A command on the database of a data folder: what all of them are given. */
@SuppressWarnings("NullAway.Init") // Fields are set by picocli before call().
abstract class DataCommand implements Callable<Integer> {
    @ParentCommand
    private MarketCommand parent;

    @Spec
    private CommandSpec spec;

    @Mixin
    private DataOption data;

    @Mixin
    @SuppressWarnings("UnusedVariable") // Read through the data folder's.
    private DatabaseOptions database;

    /** @return an {@link ExitCode} */
    @Override
    public abstract Integer call() throws IOException;

    final Actions actions() {
        return parent.actions();
    }

    /** @throws IllegalArgumentException if the configuration is not good */
    final Path dataDir() {
        return data.dir();
    }

    /** @throws IllegalArgumentException if the configuration is not good */
    final StoreConfig store() {
        return data.store();
    }

    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    final PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
