package io.agx.market.server.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code market info}. */
@Command(
        name = "info",
        mixinStandardHelpOptions = true,
        description = {
            "Tells what the database is and has: its version and that of its schema, scripts that are still to be run, sizes,"
                    + " instruments, trades and their partitions, and how far it is behind the log.",
            "Reads only. With PostgreSQL the server may run meanwhile; then the log's end is not told."
        })
@SuppressWarnings("NullAway.Init") // Fields are set by picocli before call().
final class InfoCommand implements Callable<Integer> {
    @ParentCommand
    private MarketCommand parent;

    @Spec
    private CommandSpec spec;

    @Mixin
    private DataOption data;

    @Mixin
    @SuppressWarnings("UnusedVariable") // Read through the data folder's.
    private DatabaseOptions database;

    @Override
    public Integer call() throws IOException {
        return parent.actions()
                .info(data.dir(), data.store(), spec.commandLine().getOut());
    }
}
