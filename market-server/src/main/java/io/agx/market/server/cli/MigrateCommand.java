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
        description = "Brings the database's schema up to date. The server does so at every start by itself.")
@SuppressWarnings("NullAway.Init") // Fields are set by picocli before call().
final class MigrateCommand implements Callable<Integer> {
    @ParentCommand
    private MarketCommand parent;

    @Spec
    private CommandSpec spec;

    @Mixin
    private DataOption data;

    @Override
    public Integer call() throws IOException {
        return parent.actions().migrate(data.dir(), spec.commandLine().getOut());
    }
}
