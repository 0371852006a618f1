package io.agx.market.server.cli;

import java.io.IOException;
import picocli.CommandLine.Command;

/** {@code market migrate}. */
@Command(
        name = "migrate",
        mixinStandardHelpOptions = true,
        description = {
            "Brings the database's schema up to date. The server does so at every start by itself, so this is for those who want"
                    + " to see it done before.",
            "No server may have the database open. A schema that is newer than this program is refused, exit code 3."
        })
final class MigrateCommand extends DataCommand {
    @Override
    public Integer call() throws IOException {
        return actions().migrate(dataDir(), store(), out());
    }
}
