package io.agx.market.server.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code market import}. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = "Adds the trades of a CSV file to the log. The server of that data folder must not run.",
        footer = {
            "",
            "Forms:   timestamp,price,amount           (seconds, milliseconds or microseconds)",
            "         id,time,price,qty,side           (any order, named by a header line)",
            "A file can be imported again: trades that are there already are counted as duplicates.",
            "An unknown symbol is created, with as many decimals as the file uses."
        })
@SuppressWarnings("NullAway.Init") // Fields are set by picocli before call().
final class ImportCommand implements Callable<Integer> {
    @ParentCommand
    private MarketCommand parent;

    @Spec
    private CommandSpec spec;

    @Mixin
    private DataOption data;

    @Mixin
    @SuppressWarnings("UnusedVariable") // Read through the data folder's.
    private DatabaseOptions database;

    @Parameters(paramLabel = "FILE", description = "CSV file, plain or .gz.")
    private Path file;

    @Option(names = "--symbol", paramLabel = "S", required = true, description = "The instrument, such as BTC-USD.")
    private String symbol;

    @Option(
            names = "--skip-bad-lines",
            description = "Count lines that are no trades, instead of stopping at the first.")
    private boolean skipBadLines;

    @Override
    public Integer call() throws IOException {
        return parent.actions()
                .importFile(
                        data.dir(),
                        data.store(),
                        file,
                        symbol,
                        skipBadLines,
                        spec.commandLine().getOut());
    }
}
