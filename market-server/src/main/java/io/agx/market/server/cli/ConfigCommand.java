package io.agx.market.server.cli;

import io.agx.market.server.config.ConfigReference;
import io.agx.market.server.config.ConfigSources;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code market config}. Beside its own it has the options of {@link ConfigOptions}. */
@Command(
        name = "config",
        mixinStandardHelpOptions = true,
        description = {
            "Prints what serve would run with, given the same options and environment, and who said so. Secrets are not shown.",
            ""
        })
@SuppressWarnings("NullAway.Init") // Fields are set by picocli before call().
final class ConfigCommand implements Callable<Integer> {
    @ParentCommand
    private MarketCommand parent;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--check",
            paramLabel = "FILE",
            description =
                    "Only looks whether this file is good, by itself: without options and environment. Exit code 2 if not.")
    private @Nullable String checked;

    @Option(
            names = "--reference",
            description = "Prints a file with all keys, their defaults and what they do, instead.")
    private boolean reference;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (reference) {
            out.print(ConfigReference.text());
        } else if (checked != null) {
            ConfigSources.ofCommandLine(checked, name -> null, Map.of()).load();
            out.println(checked + " is good");
        } else {
            out.print(ConfigReference.effective(
                    ConfigOptions.sources(spec.commandLine().getParseResult(), parent.environment())
                            .load()
                            .settings()));
        }
        out.flush();
        return ExitCode.OK;
    }
}
