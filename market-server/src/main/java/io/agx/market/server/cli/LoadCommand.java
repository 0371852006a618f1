package io.agx.market.server.cli;

import io.agx.market.core.model.Symbol;
import io.agx.market.server.cli.load.Load;
import io.agx.market.server.cli.load.LoadOptions;
import io.agx.market.server.cli.load.LoadReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code market load}. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        description = {
            "Opens many connections, counts what they get, and reports rates, losses, latencies and CPU.",
            "Exit code 1 if a trade was lost or a connection could not be opened."
        },
        footer = {
            "",
            "Examples:",
            "  market load --connections 1000 --rooms 'trade:BTC-USDT,ticker:*'",
            "  market load --connections 5000 --rooms trade:BTC-USDT --seconds 60 --pid $(pgrep -f 'market-server.* serve')",
            "  market load --connections 200 --rooms trade:GOLD-USD --publish-rate 500 --json",
            "",
            "Latency is from a trade's time to its receipt, in milliseconds: it means",
            "something if trades have the time at which they are published. On another",
            "machine the server's clock is measured by pings and taken into account.",
            "--publish-rate publishes trades of the program's own: they stay in the",
            "server's log for ever."
        })
@SuppressWarnings("NullAway.Init") // Fields are set by picocli before call().
final class LoadCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ServerOption server;

    @Option(names = "--connections", paramLabel = "N", required = true, description = "How many, 1 to 100,000.")
    private int connections;

    @Option(
            names = "--rooms",
            paramLabel = "R",
            required = true,
            split = ",",
            description = "What each connection is in, with commas: trade:BTC-USDT,ticker:*@1s.")
    private List<String> rooms;

    @Option(names = "--seconds", paramLabel = "S", description = "How long it counts. Default: 10.")
    private int seconds = 10;

    @Option(names = "--warm", paramLabel = "S", description = "How long it waits before it counts. Default: 3.")
    private int warmSeconds = 3;

    @Option(
            names = "--rate-connect",
            paramLabel = "C",
            description = "Connections opened per second, while at most 64 wait for their answer. Default: 200.")
    private double connectsPerSecond = 200;

    @Option(
            names = "--pid",
            paramLabel = "PID",
            description = "Process of the server, on this machine: reports its CPU and memory.")
    private @Nullable Long pid;

    @Option(
            names = "--publish-rate",
            paramLabel = "X",
            description = "Publishes X trades per second, over REST. Default: none.")
    private double publishesPerSecond;

    @Option(
            names = "--symbols",
            paramLabel = "S",
            split = ",",
            description = "Instruments to publish to. Default: those of the trade rooms.")
    private List<String> symbols = List.of();

    @Option(names = "--json", description = "The report as one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        LoadOptions options = new LoadOptions(
                server.uri(),
                server.token(),
                connections,
                RoomNames.ofMarket(rooms),
                seconds,
                warmSeconds,
                connectsPerSecond,
                pid,
                publishesPerSecond,
                symbols.stream().map(Symbol::new).toList());
        PrintWriter err = spec.commandLine().getErr();
        LoadReport report = new Load(options, message -> err.println("market: " + message)).run();
        out.print(json ? report.json() : report.text());
        out.flush();
        return report.isClean() ? ExitCode.OK : ExitCode.DIFFERENT;
    }
}
