package io.agx.market.server.cli;

import io.agx.market.server.config.DeliveryConfig;
import io.agx.market.server.config.FeedConfig;
import io.agx.market.server.config.MarketConfig;
import io.agx.market.server.feed.ReplaySpeed;
import io.agx.market.server.inbox.InboxLimits;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code market serve}. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = "Starts the server and serves until Ctrl-C.",
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

    @Mixin
    private DataOption data;

    @Mixin
    private TokenOptions tokens;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "8080",
            description = "Port to listen on, 0 for any free one. Default: ${DEFAULT-VALUE}. Env: MARKET_PORT.")
    private int port;

    @Option(
            names = "--host",
            paramLabel = "H",
            defaultValue = "0.0.0.0",
            description = "Address to listen on. Default: ${DEFAULT-VALUE}, all. Env: MARKET_HOST.")
    private String host;

    @Option(
            names = "--feed",
            paramLabel = "FEED",
            defaultValue = "simulated",
            description = {
                "Where trades come from: simulated (20 instruments), none (only what is published over the API), or"
                        + " replay:FILE (a CSV file, plain or .gz). Default: ${DEFAULT-VALUE}. Env: MARKET_FEED."
            })
    private String feed;

    @Option(
            names = "--symbol",
            paramLabel = "S",
            defaultValue = "",
            description = "Instrument of a replay. Default: made of the file's name. Env: MARKET_SYMBOL.")
    private String symbol;

    @Option(
            names = "--speed",
            paramLabel = "X",
            defaultValue = "1",
            description = "Speed of a replay: 1 is real time, 1000 a thousand times as fast, or max."
                    + " Default: ${DEFAULT-VALUE}. Env: MARKET_SPEED.")
    private String speed;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "40",
            description = "Trades per second of the simulated feed, over all instruments."
                    + " Default: ${DEFAULT-VALUE}. Env: MARKET_RATE.")
    private String rate;

    @Option(
            names = "--flush-window",
            paramLabel = "MS",
            defaultValue = "10",
            description =
                    "Least milliseconds between two writes of what goes out at each change, 0 to 1000; an idle server"
                            + " writes at once. Default: ${DEFAULT-VALUE}. Env: MARKET_FLUSH_WINDOW.")
    private long flushWindowMillis;

    @Option(
            names = "--transport",
            paramLabel = "T",
            defaultValue = "auto",
            description =
                    "How connections are written to: fast (straight to Jetty's endpoint), portable (the Jakarta API),"
                            + " or auto. Default: ${DEFAULT-VALUE}. Env: MARKET_TRANSPORT.")
    private String transport;

    @Option(
            names = "--compression",
            paramLabel = "BOOL",
            arity = "1",
            defaultValue = "true",
            description = "Whether clients that offer permessage-deflate get it. Default: ${DEFAULT-VALUE}."
                    + " Env: MARKET_COMPRESSION.")
    private boolean compression;

    @Option(
            names = "--send-buffer",
            paramLabel = "N",
            defaultValue = "65536",
            description =
                    "Kernel send buffer of a connection in bytes, 4096 to 16777216; 0 leaves it to the system, which hides"
                            + " slow readers. Default: ${DEFAULT-VALUE}. Env: MARKET_SEND_BUFFER.")
    private int sendBufferBytes;

    @Option(
            names = "--drain-rate",
            paramLabel = "N",
            defaultValue = "1000",
            description =
                    "Clients per second that a stop sends back, each told its own moment. Default: ${DEFAULT-VALUE}."
                            + " Env: MARKET_DRAIN_RATE.")
    private int drainConnectsPerSecond;

    @Option(
            names = "--drain-url",
            paramLabel = "URL",
            defaultValue = "",
            description =
                    "WebSocket URL of the server that takes over at a stop, told to the clients. Default: none, this one"
                            + " comes back. Env: MARKET_DRAIN_URL.")
    private String drainUrl;

    @Option(
            names = "--inbox-days",
            paramLabel = "N",
            defaultValue = "90",
            description = "How long messages to users are kept, 0 to 36500; 0 keeps them until there are too many."
                    + " Default: ${DEFAULT-VALUE}. Env: MARKET_INBOX_DAYS.")
    private int inboxDays;

    @Option(
            names = "--inbox-messages",
            paramLabel = "N",
            defaultValue = "10000",
            description = "How many of the newest messages are kept of each user, 1 to 30000."
                    + " Default: ${DEFAULT-VALUE}. Env: MARKET_INBOX_MESSAGES.")
    private int inboxMessages;

    @Option(
            names = "--log-retain-bytes",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "How much of the trade log to keep once the database has it; 0 keeps all of it, and only a whole log"
                            + " can rebuild a damaged embedded database."
                            + " Default: ${DEFAULT-VALUE}. Env: MARKET_LOG_RETAIN_BYTES.")
    private long logRetainBytes;

    @Mixin
    private EdgeOptions edge;

    @Override
    public Integer call() throws IOException {
        ReplaySpeed.parse(speed);
        MarketConfig config = MarketConfig.defaults(data.dir())
                .withAddress(host, port)
                .withFeed(FeedConfig.parse(feed, symbol, speed, rate))
                .withDelivery(new DeliveryConfig(
                        flushWindowMillis,
                        DeliveryConfig.TransportChoice.parse(transport),
                        compression,
                        sendBufferBytes,
                        drainConnectsPerSecond,
                        drainUrl))
                .withIdentity(tokens.config(parent.environment()))
                .withInbox(InboxLimits.DEFAULTS.withKept(inboxMessages, inboxDays))
                .withLogRetainBytes(logRetainBytes);
        config = edge.applyTo(config, parent.environment());
        return parent.actions().serve(config, spec.commandLine().getOut());
    }
}
