package io.agx.market.server.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code market verify}. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Recomputes all klines and tickers from the trade log and compares them, digit for digit, with the database.",
            "The server of that data folder must not run. Exit code 1, and the first differences, if they differ."
        })
@SuppressWarnings("NullAway.Init") // Fields are set by picocli before call().
final class VerifyCommand implements Callable<Integer> {
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
                .verify(data.dir(), data.store(), spec.commandLine().getOut());
    }
}
