package io.agx.market.server.cli;

import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code market export}. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = {
            "Writes all that a database has (instruments, trades, candles, tickers, inboxes) to a file for market import.",
            "The server of that data folder must not run. First the database takes from the log what it does not have yet."
        },
        footer = {
            "",
            "The file is compressed text; market-server/doc/EXPORT.md is its format. It ends with counts and a checksum:",
            "one that was cut is refused.",
            "",
            "Examples:",
            "  market export backup.market --data data",
            "  market export - --data data | ssh other market import - --data data",
            "  market export left.market --database-only --db-url jdbc:postgresql://localhost/market --db-user market"
        })
@SuppressWarnings("NullAway.Init") // Fields are set by picocli before call().
final class ExportCommand extends DataCommand {
    private static final Path STANDARD_OUTPUT = Path.of("-");

    @Parameters(paramLabel = "FILE", description = "Does not exist yet; or - for standard output.")
    private Path file;

    @Option(
            names = "--database-only",
            description =
                    "Leave the log alone and write what the database has: when the log is lost, or ends before what the"
                            + " database has.")
    private boolean databaseOnly;

    @Override
    public Integer call() throws IOException {
        return actions().export(dataDir(), store(), file, databaseOnly, file.equals(STANDARD_OUTPUT) ? err() : out());
    }
}
