package io.agx.market.server.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code market serve}. Its options are those of {@link ConfigOptions}. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = {
            "Starts the server and serves until Ctrl-C.",
            "",
            "Everything can also be set in a file (--config) and in the environment; options win over both. With a file, SIGHUP has it"
                    + " read again: what changed of limits, log levels, instruments, keys and conflation holds from then on, without"
                    + " dropping a connection.",
            ""
        },
        footer = {
            "",
            "While it runs:",
            "  http://localhost:8080/                 live prices",
            "  http://localhost:8080/api/v1/tickers   the same as JSON",
            "  ws://localhost:8080/ws?rooms=ticker:*  and pushed"
        })
@SuppressWarnings("NullAway.Init") // Fields are set by picocli before call().
final class ServeCommand implements Callable<Integer> {
    @ParentCommand
    private MarketCommand parent;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        return parent.actions()
                .serve(
                        ConfigOptions.sources(spec.commandLine().getParseResult(), parent.environment())
                                .load(),
                        spec.commandLine().getOut());
    }
}
