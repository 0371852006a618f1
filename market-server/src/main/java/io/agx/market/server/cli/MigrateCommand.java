package io.agx.market.server.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code market migrate}. */
@Command(
        name = "migrate",
        mixinStandardHelpOptions = true,
        description = {
            "Brings the database's schema up to date. The server does so at every start by itself, so this is for those who want"
                    + " to see it done before.",
            "No server may have the database open. A schema that is newer than this program is refused, exit code 3."
        })
@SuppressWarnings("NullAway.Init") // Fields are set by picocli before call().
final class MigrateCommand implements Callable<Integer> {
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
                .migrate(data.dir(), data.store(), spec.commandLine().getOut());
    }
}
