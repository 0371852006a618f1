package io.agx.market.server.cli;

import io.agx.market.server.cli.watch.View;
import io.agx.market.server.cli.watch.Views;
import io.agx.market.server.cli.watch.Watch;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code market watch}. */
@Command(
        name = "watch",
        mixinStandardHelpOptions = true,
        description = {
            "Shows rooms live: tickers and candles as tables, trades as a tape, and what happens to the connection.",
            "When the output is no terminal: one line per update on stdout, and what happens on stderr."
        },
        footer = {
            "",
            "Examples:",
            "  market watch 'ticker:*'",
            "  market watch ticker:BTC-USDT kline:BTC-USDT:1m trade:BTC-USDT",
            "  market watch 'ticker:BTC-*' --rate 1s --url wss://market.example.org/ws",
            "  market watch trade:BTC-USDT | grep side=buy",
            "  market watch trade:BTC-USDT --json --count 100 > trades.ndjson",
            "",
            "It comes back by itself after every loss of the connection. Ctrl-C stops it,",
            "with exit code 130; the end of --count and a pipe that nobody reads any more,",
            "with 0. No colours with NO_COLOR set."
        })
@SuppressWarnings("NullAway.Init") // Fields are set by picocli before call().
final class WatchCommand implements Callable<Integer> {
    @ParentCommand
    private MarketCommand parent;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ServerOption server;

    @Parameters(
            paramLabel = "ROOM",
            arity = "1..*",
            description =
                    "ticker:<symbol>, ticker:* or a pattern, kline:<symbol>:<interval>, trade:<symbol>; with @<rate>."
                            + " Or inbox: the messages of the token's user from now on.")
    private List<String> rooms;

    @Option(
            names = "--rate",
            paramLabel = "RATE",
            description = "Of every room that says none: raw, 100ms, 250ms, 500ms, 1s, 2s, 5s or 10s."
                    + " Default: 250ms for tickers and candles, raw for trades.")
    private @Nullable String rate;

    @Option(
            names = "--json",
            description = "One JSON object per line: the wire's fields and the room; decimals are exact strings.")
    private boolean json;

    @Option(names = "--count", paramLabel = "N", description = "Ends after N updates. Default: never.")
    private @Nullable Long count;

    @Override
    public Integer call() throws IOException {
        if (count != null && count < 1) {
            throw new IllegalArgumentException("--count must be 1 or higher, was " + count);
        }
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        View view = json ? Views.json(out, err) : Views.of(out, err, parent.environment());
        Watch watch = new Watch(
                server.uri(),
                server.token(),
                RoomNames.parse(rooms, rate),
                count == null ? Long.MAX_VALUE : count,
                view);
        watch.run();
        return ExitCode.OK;
    }
}
