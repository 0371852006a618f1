package io.agx.market.server.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code market log}. */
@Command(
        name = "log",
        mixinStandardHelpOptions = true,
        description = {
            "Prints the trade log, one line per entry, and checks it. It reads only, and may run beside the server.",
            "Exit code 1 if it is damaged."
        })
@SuppressWarnings("NullAway.Init") // Fields are set by picocli before call().
final class LogCommand implements Callable<Integer> {
    @ParentCommand
    private MarketCommand parent;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "A segment, or the folder of all (DATA/log).")
    private Path file;

    @Option(names = "--check", description = "Only the summary.")
    private boolean checkOnly;

    @Override
    public Integer call() throws IOException {
        return parent.actions().printLog(file, checkOnly, spec.commandLine().getOut());
    }
}
