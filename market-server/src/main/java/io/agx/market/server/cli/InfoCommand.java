package io.agx.market.server.cli;

import java.io.IOException;
import picocli.CommandLine.Command;

/** {@code market info}. */
@Command(
        name = "info",
        mixinStandardHelpOptions = true,
        description = {
            "Tells what the database is and has: its version and that of its schema, scripts that are still to be run, sizes,"
                    + " instruments, trades and their partitions, and how far it is behind the log.",
            "Reads only, but for what a crash left half-written at the log's end: that is cut off, as by a start. With PostgreSQL the server may"
                    + " run meanwhile; then the log's end is not told."
        })
final class InfoCommand extends DataCommand {
    @Override
    public Integer call() throws IOException {
        return actions().info(dataDir(), store(), out());
    }
}
