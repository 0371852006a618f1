package io.agx.market.server.cli;

import io.agx.market.server.feed.LogUnavailableException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code market}: the command that has the others. */
@Command(
        name = "market",
        description = {
            "A real-time market-data gateway: trades in, exact tickers and klines out,",
            "journaled, cached, and pushed over WebSocket.",
            ""
        },
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ServeCommand.class,
            ConfigCommand.class,
            WatchCommand.class,
            LoadCommand.class,
            ImportCommand.class,
            ExportCommand.class,
            VerifyCommand.class,
            LogCommand.class,
            MigrateCommand.class,
            InfoCommand.class,
            TokenCommand.class,
            VersionCommand.class,
            CommandLine.HelpCommand.class
        },
        footerHeading = "%nStart here:%n",
        footer = {
            "  market serve                          simulated market on http://localhost:8080",
            "  market watch 'ticker:*'               what it sends, in a terminal",
            "  market import trades.csv.gz --symbol BTC-USD",
            "  market serve --feed replay:trades.csv.gz --symbol BTC-USD --speed 1000",
            "  market optimize                       makes the next starts faster",
            "",
            "Exit codes: 0 done, 1 verify, import, log or load found a difference or a loss, 2 wrong command line,",
            "            3 a file, folder, port, server or room cannot be used, 4 the trade log takes nothing,",
            "            130 stopped by Ctrl-C"
        })
public final class MarketCommand implements Runnable {
    private final Actions actions;
    private final Function<String, @Nullable String> environment;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before run().
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this help.")
    @SuppressWarnings("UnusedVariable") // picocli reads it.
    private boolean help;

    private MarketCommand(Actions actions, Function<String, @Nullable String> environment) {
        this.actions = actions;
        this.environment = environment;
    }

    /**
     * Runs a command line and returns the exit code. Messages for people go to the given writers.
     *
     * @param environment environment variables by name, for the options that are not given
     */
    public static int run(
            Actions actions,
            Function<String, @Nullable String> environment,
            PrintWriter out,
            PrintWriter err,
            String... args) {
        CommandLine line = new CommandLine(new MarketCommand(actions, environment));
        for (String name : List.of("serve", "config")) {
            ConfigOptions.addTo(
                    Objects.requireNonNull(line.getSubcommands().get(name)).getCommandSpec());
        }
        return line.setOut(out)
                .setErr(err)
                .setDefaultValueProvider(new EnvironmentDefaults(environment))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((e, failed, result) -> explain(e, failed))
                .execute(args);
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    Actions actions() {
        return actions;
    }

    Function<String, @Nullable String> environment() {
        return environment;
    }

    private static int explain(Exception e, CommandLine line) {
        if (e instanceof LogUnavailableException) {
            line.getErr().println("market: " + e.getMessage());
            return ExitCode.LOG_UNAVAILABLE;
        }
        if (e instanceof IOException || e instanceof IllegalStateException) {
            line.getErr().println("market: " + describe(e));
            return ExitCode.UNUSABLE;
        }
        if (e instanceof IllegalArgumentException) {
            String.valueOf(e.getMessage()).lines().forEach(each -> line.getErr().println("market: " + each));
            line.getErr().println("Try 'market " + line.getCommandName() + " --help'.");
            return ExitCode.USAGE;
        }
        line.getErr().println("market: a fault of the program's own:");
        e.printStackTrace(line.getErr());
        return ExitCode.UNUSABLE;
    }

    private static String describe(Exception e) {
        if (e instanceof NoSuchFileException) {
            return "there is no file " + e.getMessage();
        }
        return String.valueOf(e.getMessage());
    }
}
