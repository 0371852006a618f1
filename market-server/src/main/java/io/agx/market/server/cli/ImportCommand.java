package io.agx.market.server.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code market import}. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = {
            "Adds the trades of a CSV file to the log (with --symbol), or puts an export into an empty database (without).",
            "The server of that data folder must not run."
        },
        footer = {
            "",
            "CSV:     timestamp,price,amount           (seconds, milliseconds or microseconds)",
            "         id,time,price,qty,side           (any order, named by a header line)",
            "A file can be imported again: trades that are there already are counted as duplicates.",
            "An unknown symbol is created, with as many decimals as the file uses.",
            "",
            "Export:  what market export wrote. The database must be empty. If the data folder has the log that the",
            "         export is of, the server goes on from there; if it has none, a new log begins, and with it a new",
            "         epoch. What was imported is compared with what was exported, by counts, sums and checksums that",
            "         both databases compute; exit code 1 if they differ. An import that was cut is begun again by",
            "         running it again; until then no server starts on that database.",
            "",
            "Examples:",
            "  market import trades.csv.gz --symbol BTC-USD",
            "  market import backup.market --data data --db-url jdbc:postgresql://localhost/market --db-user market",
            "  market export - --data data | market import - --data data --db-url jdbc:postgresql://localhost/market"
        })
@SuppressWarnings("NullAway.Init") // Fields are set by picocli before call().
final class ImportCommand extends DataCommand {
    @Parameters(paramLabel = "FILE", description = "CSV file, plain or .gz; or an export, - for standard input.")
    private Path file;

    @Option(names = "--symbol", paramLabel = "S", description = "Of a CSV file: the instrument, such as BTC-USD.")
    private @Nullable String symbol;

    @Option(
            names = "--skip-bad-lines",
            description = "Of a CSV file: count lines that are no trades, instead of stopping at the first.")
    private boolean skipBadLines;

    @Override
    public Integer call() throws IOException {
        if (symbol == null) {
            if (skipBadLines) {
                throw new IllegalArgumentException("--skip-bad-lines is for a CSV file, with --symbol");
            }
            return actions().importExport(dataDir(), store(), file, out());
        }
        return actions().importFile(dataDir(), store(), file, symbol, skipBadLines, out());
    }
}
