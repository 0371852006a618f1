package io.agx.market.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code market version}. */
@Command(
        name = "version",
        mixinStandardHelpOptions = true,
        description = "Prints the version, and the JDK that runs it.")
@SuppressWarnings("NullAway.Init") // Fields are set by picocli before call().
final class VersionCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        String version = VersionCommand.class.getPackage().getImplementationVersion();
        spec.commandLine()
                .getOut()
                .println("market " + (version == null ? "(not packaged)" : version) + ", JDK "
                        + System.getProperty("java.version") + " " + System.getProperty("java.vendor"));
        return ExitCode.OK;
    }
}
