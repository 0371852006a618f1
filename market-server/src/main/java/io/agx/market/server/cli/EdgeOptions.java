package io.agx.market.server.cli;

import io.agx.market.server.config.EdgeConfig;
import io.agx.market.server.config.MarketConfig;
import io.agx.market.server.config.PortsConfig;
import io.agx.market.server.gateway.GatewayLimits;
import io.agx.market.server.handshake.AddressLimits;
import io.agx.market.server.handshake.IpRange;
import io.agx.market.server.subscriber.SubscriberLimits;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@code market serve} that say what stands between its ports and itself. */
@SuppressWarnings("NullAway.Init") // Set by picocli, all have defaults.
final class EdgeOptions {
    /** Only from the environment: a list of processes shows command lines. */
    private static final String TLS_PASSWORD = "MARKET_TLS_PASSWORD";

    @Option(
            names = "--origins",
            paramLabel = "LIST",
            defaultValue = "",
            description =
                    "Origins of other servers' pages that may read and connect, such as https://example.com, separated"
                            + " by commas; * for all, without token or cookie. Default: none but its own. Env: MARKET_ORIGINS.")
    private String origins;

    @Option(
            names = "--trusted-proxies",
            paramLabel = "LIST",
            defaultValue = "",
            description =
                    "Addresses or ranges of proxies whose Forwarded and X-Forwarded-* headers are believed, such as"
                            + " 10.0.0.0/8, separated by commas. Default: none. Env: MARKET_TRUSTED_PROXIES.")
    private String trustedProxies;

    @Option(
            names = "--connections-per-address",
            paramLabel = "N",
            defaultValue = "64",
            description = "WebSockets of one address at once, IPv6 by /64; 0 for any number. Default: ${DEFAULT-VALUE}."
                    + " Env: MARKET_CONNECTIONS_PER_ADDRESS.")
    private int connectionsPerAddress;

    @Option(
            names = "--handshakes-per-second",
            paramLabel = "N",
            defaultValue = "20",
            description =
                    "Handshakes of one address per second, over time; 0 for any number. Default: ${DEFAULT-VALUE}."
                            + " Env: MARKET_HANDSHAKES_PER_SECOND.")
    private int handshakesPerSecond;

    @Option(
            names = "--handshake-burst",
            paramLabel = "N",
            defaultValue = "100",
            description = "Handshakes of one address at once. Default: ${DEFAULT-VALUE}. Env: MARKET_HANDSHAKE_BURST.")
    private int handshakeBurst;

    @Option(
            names = "--unlimited-addresses",
            paramLabel = "LIST",
            defaultValue = IpRange.LOOPBACK,
            description = "Addresses or ranges to which neither applies. Default: ${DEFAULT-VALUE}."
                    + " Env: MARKET_UNLIMITED_ADDRESSES.")
    private String unlimitedAddresses;

    @Option(
            names = "--connections-per-user",
            paramLabel = "N",
            defaultValue = "64",
            description = "Connections of one user at once; one more is closed with 4009. Default: ${DEFAULT-VALUE}."
                    + " Env: MARKET_CONNECTIONS_PER_USER.")
    private int connectionsPerUser;

    @Option(
            names = "--rooms-per-connection",
            paramLabel = "N",
            defaultValue = "1024",
            description = "Rooms of one connection. Default: ${DEFAULT-VALUE}. Env: MARKET_ROOMS_PER_CONNECTION.")
    private int roomsPerConnection;

    @Option(
            names = "--commands-per-second",
            paramLabel = "N",
            defaultValue = "20",
            description = "Commands of one connection per second, over time. Default: ${DEFAULT-VALUE}."
                    + " Env: MARKET_COMMANDS_PER_SECOND.")
    private int commandsPerSecond;

    @Option(
            names = "--command-burst",
            paramLabel = "N",
            defaultValue = "100",
            description = "Commands of one connection at once. Default: ${DEFAULT-VALUE}. Env: MARKET_COMMAND_BURST.")
    private int commandBurst;

    @Option(
            names = "--message-bytes",
            paramLabel = "N",
            defaultValue = "65536",
            description = "Longest message taken from a client, 256 to 1048576. Default: ${DEFAULT-VALUE}."
                    + " Env: MARKET_MESSAGE_BYTES.")
    private int messageBytes;

    @Option(
            names = "--outbound-bytes",
            paramLabel = "N",
            defaultValue = "1048576",
            description =
                    "Bytes that may wait for one connection. Default: ${DEFAULT-VALUE}. Env: MARKET_OUTBOUND_BYTES.")
    private long outboundBytes;

    @Option(
            names = "--header-timeout",
            paramLabel = "MS",
            defaultValue = "18000",
            description = "Milliseconds for a TLS handshake and a request's head, in total. Default: ${DEFAULT-VALUE}."
                    + " Env: MARKET_HEADER_TIMEOUT.")
    private long headerMillis;

    @Option(
            names = "--body-timeout",
            paramLabel = "MS",
            defaultValue = "55000",
            description = "Milliseconds for a request's body, and again to read the response, in total."
                    + " Default: ${DEFAULT-VALUE}. Env: MARKET_BODY_TIMEOUT.")
    private long bodyMillis;

    @Option(
            names = "--message-timeout",
            paramLabel = "MS",
            defaultValue = "18000",
            description = "Milliseconds for a WebSocket message, in total. Default: ${DEFAULT-VALUE}."
                    + " Env: MARKET_MESSAGE_TIMEOUT.")
    private long messageMillis;

    @Option(
            names = "--hsts-seconds",
            paramLabel = "N",
            defaultValue = "0",
            description = "Tells browsers to use only TLS for so long; 0 tells nothing. Default: ${DEFAULT-VALUE}."
                    + " Env: MARKET_HSTS_SECONDS.")
    private long hstsSeconds;

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            defaultValue = "",
            description =
                    "Serves https and wss with this certificate chain in PEM, or a PKCS #12 file whose password is in"
                            + " the environment variable MARKET_TLS_PASSWORD. Read again when it changes. Default: no TLS."
                            + " Env: MARKET_TLS_CERT.")
    private String tlsCertificate;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            defaultValue = "",
            description = "Private key of a certificate in PEM, not encrypted. Env: MARKET_TLS_KEY.")
    private String tlsKey;

    @Option(
            names = "--admin-port",
            paramLabel = "N",
            defaultValue = "-1",
            description = "Port for health and metrics, which are then not on the first; 0 for any free one."
                    + " Default: none. Env: MARKET_ADMIN_PORT.")
    private int adminPort;

    @Option(
            names = "--admin-host",
            paramLabel = "H",
            defaultValue = "127.0.0.1",
            description = "Address of the second port. Default: ${DEFAULT-VALUE}. Env: MARKET_ADMIN_HOST.")
    private String adminHost;

    MarketConfig applyTo(MarketConfig config, Function<String, @Nullable String> environment) {
        AddressLimits addresses = new AddressLimits(
                connectionsPerAddress,
                handshakesPerSecond,
                handshakeBurst,
                IpRange.parseAll("unlimited-addresses", unlimitedAddresses));
        EdgeConfig edge = new EdgeConfig(
                EdgeConfig.list(origins),
                IpRange.parseAll("trusted-proxies", trustedProxies),
                addresses,
                new EdgeConfig.Deadlines(headerMillis, bodyMillis, messageMillis),
                hstsSeconds);
        String password = environment.apply(TLS_PASSWORD);
        PortsConfig ports = new PortsConfig(
                PortsConfig.tls(tlsCertificate, tlsKey, password == null ? "" : password), adminHost, adminPort);
        return config.withEdge(edge).withPorts(ports).withGateway(gateway(config.gateway()));
    }

    private GatewayLimits gateway(GatewayLimits defaults) {
        SubscriberLimits subscriber = defaults.subscriber();
        return new GatewayLimits(
                messageBytes,
                commandsPerSecond,
                commandBurst,
                defaults.maxBadCommands(),
                defaults.maxRefusedCommands(),
                connectionsPerUser,
                new SubscriberLimits(
                        roomsPerConnection,
                        outboundBytes,
                        subscriber.heartbeatMillis(),
                        subscriber.pingMillis(),
                        subscriber.silenceMillis(),
                        subscriber.slowMillis()));
    }
}
