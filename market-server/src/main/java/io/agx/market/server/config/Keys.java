package io.agx.market.server.config;

import static java.util.concurrent.TimeUnit.DAYS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.agx.market.core.model.Symbol;
import io.agx.market.server.config.ValueType.Choice;
import io.agx.market.server.config.ValueType.Decimal;
import io.agx.market.server.config.ValueType.Flag;
import io.agx.market.server.config.ValueType.Instruments;
import io.agx.market.server.config.ValueType.Levels;
import io.agx.market.server.config.ValueType.Size;
import io.agx.market.server.config.ValueType.Text;
import io.agx.market.server.config.ValueType.TextList;
import io.agx.market.server.config.ValueType.Time;
import io.agx.market.server.config.ValueType.WholeNumber;
import io.agx.market.server.feed.ReplaySpeed;
import io.agx.market.server.gateway.GatewayLimits;
import io.agx.market.server.handshake.AddressLimits;
import io.agx.market.server.handshake.IpRange;
import io.agx.market.server.handshake.OriginPolicy;
import io.agx.market.server.inbox.InboxLimits;
import io.agx.market.server.subscriber.SubscriberLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * All that can be set. The one place that says so: the file's reader, the options, the variables, {@code conf/market.conf} and the table in
 * docs/OPERATIONS.md are made of it. The ranges are those of the records, which tests compare.
 */
public final class Keys {
    private static final MarketConfig MARKET = MarketConfig.defaults(Path.of("data"));
    private static final GatewayLimits GATEWAY = GatewayLimits.DEFAULTS;
    private static final SubscriberLimits SUBSCRIBER = SubscriberLimits.DEFAULTS;
    private static final AddressLimits ADDRESS = AddressLimits.DEFAULTS;
    private static final DeliveryConfig DELIVERY = DeliveryConfig.DEFAULTS;
    private static final IdentityConfig IDENTITY = IdentityConfig.DEFAULTS;
    private static final EdgeConfig EDGE = EdgeConfig.DEFAULTS;
    private static final long HOUR = TimeUnit.HOURS.toMillis(1);
    static final int MAX_TEXT = 1_024;

    static final Key<String> HOST = Key.of("host", text("an address or name"), MARKET.host())
            .option("--host")
            .embeddedOnly()
            .effect("Address to listen on; 0.0.0.0 is all.");

    static final Key<Long> PORT = Key.of("port", port(0, 65_535), (long) MARKET.port())
            .option("--port")
            .embeddedOnly()
            .effect("Port to listen on; 0 is any free one.");

    static final Key<String> DATA = Key.of(
                    "data", text("a folder", 1), MARKET.dataDir().toString())
            .option("--data")
            .effect("Folder of the trade log (log/) and the database (db/).");

    static final Key<String> NODE = Key.of(
                    "node", new Text("a name", 1, MarketConfig.MAX_NODE_LENGTH, any -> {}), MARKET.node())
            .option("--node")
            .effect("This server's name, as clients are told it and as ids of connections begin.");

    static final Key<String> FEED = Key.of(
                    "feed.source", text("simulated, none or replay:FILE", 1, Keys::checkFeed), "simulated")
            .option("--feed")
            .effect(
                    "Where trades come from beside the API: simulated (20 instruments), none (only what is published), or"
                            + " replay:FILE (a CSV file, plain or .gz).");

    static final Key<String> SYMBOL = Key.of("feed.symbol", text("a symbol", 0, Keys::checkSymbol), "")
            .option("--symbol")
            .effect("Instrument of a replay. Without it, it is made of the file's name.");

    static final Key<String> SPEED = Key.of(
                    "feed.speed", text("a factor, 0.001 to 1000000, or max", 1, ReplaySpeed::parse), "1")
            .option("--speed")
            .effect("Speed of a replay: 1 is real time, 1000 a thousand times as fast, max as fast as it goes.");

    static final Key<Double> RATE = Key.of(
                    "feed.rate",
                    new Decimal("trades a second", FeedConfig.MAX_TRADES_PER_SECOND),
                    FeedConfig.DEFAULT_TRADES_PER_SECOND)
            .option("--rate")
            .effect("Trades per second of the simulated feed, over all instruments.");

    static final Key<List<InstrumentConfig>> INSTRUMENTS = Key.of(
                    "instruments", new Instruments(), MARKET.instruments())
            .reloadable()
            .effect(
                    "Instruments that are defined at start, beside those that there are. One that there is may change its"
                            + " tick-size, step-size (each one unit if left out) and status (trading, halted); never its scales and"
                            + " assets. Taking one out of the list changes nothing.");

    static final Key<Long> MAX_AHEAD = Key.of(
                    "ingest.max-ahead",
                    new Time(0, MarketConfig.MAX_AHEAD_MILLIS, MILLISECONDS),
                    MARKET.maxAheadMillis())
            .reloadable()
            .effect("How far a trade's time may be ahead of the server's clock.");

    static final Key<Long> LOG_RETAIN = Key.of(
                    "journal.retain-bytes", new Size(0, Long.MAX_VALUE, false), MARKET.logRetainBytes())
            .option("--log-retain-bytes")
            .reloadable()
            .effect(
                    "How much of the trade log to keep once the database has it. 0 keeps all of it, and only a whole log can"
                            + " rebuild a damaged embedded database.");

    static final Key<Long> SHARDS = Key.of("engine.shards", number("threads", 1, 64), (long) MARKET.engineShards())
            .effect("Threads that compute tickers and candles, each with its share of the instruments.");

    static final Key<Long> FLUSH_WINDOW = Key.of(
                    "delivery.flush-window", new Time(0, 1_000, MILLISECONDS), DELIVERY.flushWindowMillis())
            .option("--flush-window")
            .reloadable()
            .effect("Least time between two writes of what goes out at each change; an idle server writes at once.");

    static final Key<String> TRANSPORT = Key.of(
                    "delivery.transport",
                    new Choice(List.of("auto", "fast", "portable")),
                    DELIVERY.transport().name().toLowerCase(Locale.ROOT))
            .option("--transport")
            .embeddedOnly()
            .effect(
                    "How connections are written to: fast (straight to Jetty's endpoint), portable (the Jakarta API), or auto.");

    static final Key<Boolean> COMPRESSION = Key.of("delivery.compression", new Flag(), DELIVERY.compression())
            .option("--compression")
            .embeddedOnly()
            .effect("Whether clients that offer permessage-deflate get it.");

    static final Key<Long> SEND_BUFFER = Key.of(
                    "delivery.send-buffer", new Size(4_096, 16 << 20, true), (long) DELIVERY.sendBufferBytes())
            .option("--send-buffer")
            .embeddedOnly()
            .effect("Kernel send buffer of a connection. 0 leaves it to the system, which hides slow readers.");

    static final Key<Long> DRAIN_RATE = Key.of("delivery.drain-rate", number("clients a second", 1, 1_000_000), (long)
                    DELIVERY.drainConnectsPerSecond())
            .option("--drain-rate")
            .reloadable()
            .effect("Clients per second that a stop sends back, each told its own moment.");

    static final Key<String> DRAIN_URL = Key.of(
                    "delivery.drain-url",
                    text("a ws:// or wss:// URL", 0, beginsWith("ws://", "wss://")),
                    DELIVERY.drainUrl())
            .option("--drain-url")
            .reloadable()
            .effect("The server that takes over at a stop, told to the clients. Without it this one comes back.");

    static final Key<Long> MESSAGE_BYTES = Key.of(
                    "connection.message-bytes", new Size(256, 1 << 20, false), (long) GATEWAY.messageBytes())
            .option("--message-bytes")
            .reloadable()
            .effect("Longest message taken from a client. Connections that there are keep theirs.");

    static final Key<Long> COMMANDS = Key.of(
                    "connection.commands-per-second", number("commands a second", 1, 1_000_000), (long)
                            GATEWAY.commandsPerSecond())
            .option("--commands-per-second")
            .reloadable()
            .effect("Commands of one connection, over time.");

    static final Key<Long> COMMAND_BURST = Key.of(
                    "connection.command-burst", number("commands", 1, 1_000_000), (long) GATEWAY.commandBurst())
            .option("--command-burst")
            .reloadable()
            .effect("Commands of one connection at once.");

    static final Key<Long> BAD_COMMANDS = Key.of(
                    "connection.bad-commands", number("messages", 1, 1_000_000), (long) GATEWAY.maxBadCommands())
            .reloadable()
            .effect("Messages in a row that are no commands, before a connection is closed with 4000.");

    static final Key<Long> REFUSED_COMMANDS = Key.of(
                    "connection.refused-commands", number("commands", 1, 1_000_000), (long)
                            GATEWAY.maxRefusedCommands())
            .reloadable()
            .effect("Commands beyond the rate without a pause, before a connection is closed with 4008.");

    static final Key<Long> ROOMS = Key.of("connection.rooms", number("rooms", 1, 100_000), (long) SUBSCRIBER.maxRooms())
            .option("--rooms-per-connection")
            .reloadable()
            .effect("Rooms of one connection. One that is in more of them stays there.");

    static final Key<Long> OUTBOUND_BYTES = Key.of(
                    "connection.outbound-bytes", new Size(4_096, 1 << 30, false), SUBSCRIBER.outboundBytes())
            .option("--outbound-bytes")
            .reloadable()
            .effect(
                    "Bytes that may wait for one connection: then messages of log rooms become a gap, and too many replies end it"
                            + " with 4003.");

    static final Key<Long> HEARTBEAT = Key.of(
                    "connection.heartbeat", new Time(100, HOUR, MILLISECONDS), SUBSCRIBER.heartbeatMillis())
            .reloadable()
            .effect("Between two heartbeat events. Clients are told it when they connect.");

    static final Key<Long> PING = Key.of("connection.ping", new Time(100, HOUR, MILLISECONDS), SUBSCRIBER.pingMillis())
            .reloadable()
            .effect("Between two ping frames.");

    static final Key<Long> SILENCE = Key.of(
                    "connection.silence", new Time(500, 24 * HOUR, MILLISECONDS), SUBSCRIBER.silenceMillis())
            .reloadable()
            .effect("How long nothing may be heard from a client, pongs included, before it is closed with 4002.");

    static final Key<Long> SLOW_AFTER = Key.of(
                    "connection.slow-after", new Time(100, HOUR, MILLISECONDS), SUBSCRIBER.slowMillis())
            .reloadable()
            .effect(
                    "How long one write may take, while what waits is conflated, before the connection is closed with 4003.");

    static final Key<List<String>> ORIGINS = Key.of(
                    "edge.origins",
                    new TextList("origins such as https://example.com, or *", Keys::checkOrigin),
                    EDGE.origins())
            .option("--origins")
            .reloadable()
            .effect("Origins of other servers' pages that may read and connect; * for all, without token or cookie.");

    static final Key<List<String>> PROXIES = Key.of("edge.trusted-proxies", addresses(), List.<String>of())
            .option("--trusted-proxies")
            .reloadable()
            .effect("Proxies whose Forwarded and X-Forwarded-* headers are believed.");

    static final Key<Long> PER_ADDRESS = Key.of(
                    "edge.connections-per-address", number("connections", 0, 1_000_000), (long) ADDRESS.connections())
            .option("--connections-per-address")
            .reloadable()
            .effect("WebSockets of one address at once, IPv6 by /64; 0 for any number. Those that there are stay.");

    static final Key<Long> HANDSHAKES = Key.of(
                    "edge.handshakes-per-second", number("handshakes a second", 0, 100_000), (long)
                            ADDRESS.handshakesPerSecond())
            .option("--handshakes-per-second")
            .reloadable()
            .effect("Handshakes of one address, over time; 0 for any number.");

    static final Key<Long> HANDSHAKE_BURST = Key.of(
                    "edge.handshake-burst", number("handshakes", 1, 100_000), (long) ADDRESS.handshakeBurst())
            .option("--handshake-burst")
            .reloadable()
            .effect("Handshakes of one address at once.");

    static final Key<List<String>> UNLIMITED = Key.of(
                    "edge.unlimited-addresses", addresses(), EdgeConfig.list(IpRange.LOOPBACK))
            .option("--unlimited-addresses")
            .reloadable()
            .effect("To whom neither connections-per-address nor the handshakes' limits apply.");

    static final Key<Long> PER_USER = Key.of("edge.connections-per-user", number("connections", 1, 1_000_000), (long)
                    GATEWAY.connectionsPerUser())
            .option("--connections-per-user")
            .reloadable()
            .effect("Connections of one user at once; one more is closed with 4009. Those that there are stay.");

    static final Key<Long> HEADER_TIMEOUT = Key.of(
                    "edge.header-timeout",
                    new Time(100, 600_000, MILLISECONDS),
                    EDGE.deadlines().headerMillis())
            .option("--header-timeout")
            .embeddedOnly()
            .effect("For a TLS handshake and a request's head, in total.");

    static final Key<Long> BODY_TIMEOUT = Key.of(
                    "edge.body-timeout",
                    new Time(100, HOUR, MILLISECONDS),
                    EDGE.deadlines().bodyMillis())
            .option("--body-timeout")
            .embeddedOnly()
            .effect("For a request's body, and again to read the response, in total.");

    static final Key<Long> MESSAGE_TIMEOUT = Key.of(
                    "edge.message-timeout",
                    new Time(100, HOUR, MILLISECONDS),
                    EDGE.deadlines().messageMillis())
            .option("--message-timeout")
            .embeddedOnly()
            .effect("For a WebSocket message, in total.");

    static final Key<Long> HSTS = Key.of(
                    "edge.hsts",
                    new Time(0, SECONDS.toMillis(EdgeConfig.MAX_HSTS_SECONDS), SECONDS),
                    SECONDS.toMillis(EDGE.hstsSeconds()))
            .option("--hsts-seconds")
            .effect("Tells browsers to use only TLS for so long; 0 tells nothing. Whole seconds.");

    static final Key<String> ADMIN_HOST = Key.of(
                    "admin.host", text("an address or name"), PortsConfig.DEFAULTS.adminHost())
            .option("--admin-host")
            .embeddedOnly()
            .effect(
                    "Address of the second port. With a certificate it is encrypted too, but not at an address of loopback.");

    static final Key<Long> ADMIN_PORT = Key.of(
                    "admin.port", port(PortsConfig.NO_ADMIN_PORT, 65_535), (long) PortsConfig.DEFAULTS.adminPort())
            .option("--admin-port")
            .embeddedOnly()
            .effect("Port for health and metrics, which are then not on the first; 0 is any free one, -1 none.");

    static final Key<String> TLS_CERTIFICATE = Key.of("tls.certificate", text("a file"), "")
            .option("--tls-cert")
            .embeddedOnly()
            .effect(
                    "Serves https and wss with this certificate chain in PEM, or a PKCS #12 file. Its content is read again when"
                            + " it changes.");

    static final Key<String> TLS_KEY = Key.of("tls.key", text("a file"), "")
            .option("--tls-key")
            .embeddedOnly()
            .effect("Private key of a certificate in PEM, not encrypted.");

    static final Key<String> TLS_PASSWORD = Key.of("tls.password", text("a password"), "")
            .variable("MARKET_TLS_PASSWORD")
            .secret()
            .embeddedOnly()
            .effect("Of the PKCS #12 file.");

    static final Key<String> TOKEN_SECRET = Key.of("token.secret", text("at least 32 bytes"), IDENTITY.secret())
            .variable("MARKET_TOKEN_SECRET")
            .secret()
            .reloadable()
            .effect(
                    "Secret that tokens are signed with. Without it, secret-file and keys, one is drawn at the first start and"
                            + " kept in the data folder; then programs of this machine may write without a token.");

    static final Key<String> TOKEN_SECRET_FILE = Key.of("token.secret-file", text("a file"), "")
            .option("--secret-file", "--token-secret-file")
            .reloadable()
            .effect("Such a secret in a file. A reload reads it again.");

    static final Key<String> TOKEN_KEYS = Key.of("token.keys", text("a file or an https URL"), IDENTITY.keys())
            .option("--token-keys")
            .reloadable()
            .effect(
                    "Instead of a secret, public keys: a file (PEM, JSON Web Key or a set of them), read again when it changes,"
                            + " or the URL of a set.");

    static final Key<String> TOKEN_ISSUER = Key.of("token.issuer", text("an iss"), IDENTITY.issuer())
            .option("--token-issuer")
            .reloadable()
            .effect("Whose tokens are taken. Without it anyone's with a good key.");

    static final Key<String> TOKEN_AUDIENCE = Key.of("token.audience", text("an aud"), IDENTITY.audience())
            .option("--token-audience")
            .reloadable()
            .effect("What a token must be for. Without it market, or it does not say.");

    static final Key<Long> TOKEN_LEEWAY = Key.of(
                    "token.leeway", new Time(0, IdentityConfig.MAX_MILLIS, SECONDS), IDENTITY.leewayMillis())
            .option("--token-leeway")
            .reloadable()
            .effect("How far clocks may differ.");

    static final Key<Long> TOKEN_LIFETIME = Key.of(
                    "token.max-lifetime", new Time(1_000, DAYS.toMillis(36_500), DAYS), IDENTITY.maxLifetimeMillis())
            .option("--token-max-days")
            .reloadable()
            .effect("How long a token may be good for.");

    static final Key<Long> TOKEN_GRACE = Key.of(
                    "token.grace", new Time(0, IdentityConfig.MAX_MILLIS, SECONDS), IDENTITY.graceMillis())
            .option("--token-grace")
            .reloadable()
            .effect("How long a connection stays when its token has expired, or to send one that it needs.");

    static final Key<Boolean> REQUIRE_TOKEN = Key.of("token.required", new Flag(), IDENTITY.requireToken())
            .option("--require-token")
            .reloadable()
            .effect(
                    "Whether reading needs a token too. Connections that there are keep the rooms that they are in, and may do"
                            + " nothing more without one.");

    static final Key<Long> INBOX_RETAIN = Key.of(
                    "inbox.retain",
                    new Time(0, DAYS.toMillis(InboxLimits.MAX_KEPT_DAYS), DAYS),
                    InboxLimits.DEFAULTS.keptMillis())
            .option("--inbox-days")
            .reloadable()
            .effect("How long messages to users are kept; 0 keeps them until there are too many.");

    static final Key<Long> INBOX_MESSAGES = Key.of(
                    "inbox.messages", number("messages", 1, InboxLimits.MAX_KEPT_MESSAGES), (long)
                            InboxLimits.DEFAULTS.keptMessages())
            .option("--inbox-messages")
            .reloadable()
            .effect("How many of the newest messages are kept of each user. More are deleted when the next one comes.");

    static final Key<Long> INBOX_USERS = Key.of(
                    "inbox.users", number("users", 1, InboxLimits.MAX_USERS), (long) InboxLimits.DEFAULTS.maxUsers())
            .reloadable()
            .effect(
                    "Users that may have an inbox, of about 200 bytes of memory each; a message to one more is refused.");

    static final Key<String> STORE_URL = Key.of(
                    "store.url",
                    text("a jdbc:postgresql: URL", 0, beginsWith("jdbc:postgresql:")),
                    StoreConfig.EMBEDDED.url())
            .option("--db-url")
            .effect(
                    "The PostgreSQL database, jdbc:postgresql://host:5432/market. Without it the embedded one in the data"
                            + " folder.");

    static final Key<String> STORE_USER = Key.of("store.user", text("a name"), StoreConfig.EMBEDDED.user())
            .option("--db-user")
            .effect("User of the PostgreSQL database.");

    static final Key<String> STORE_PASSWORD_FILE = Key.of("store.password-file", text("a file"), "")
            .option("--db-password-file")
            .effect("File with that user's password.");

    static final Key<String> STORE_PASSWORD = Key.of(
                    "store.password", text("a password"), StoreConfig.EMBEDDED.password())
            .variable("MARKET_DB_PASSWORD")
            .secret()
            .effect("That user's password itself; not with password-file.");

    static final Key<Long> STORE_CONNECTIONS = Key.of(
                    "store.connections", number("connections", 2, 100), (long) StoreConfig.EMBEDDED.connections())
            .option("--db-connections")
            .effect("Most connections to the database at a time.");

    static final Key<Long> STORE_RETAIN = Key.of(
                    "store.retain-days", number("days", 0, 36_500), (long) StoreConfig.EMBEDDED.retainDays())
            .option("--db-retain-days")
            .effect(
                    "How long trades are kept in PostgreSQL, by their own time; 0 keeps all of them. Candles are kept.");

    static final Key<String> LOG_LEVEL = Key.of("log.level", new Choice(LogConfig.LEVELS), LogConfig.DEFAULTS.level())
            .reloadable()
            .effect("What the server logs, to standard error.");

    static final Key<Map<String, String>> LOG_LEVELS = Key.of("log.levels", new Levels(), LogConfig.DEFAULTS.levels())
            .reloadable()
            .effect(
                    "The same for some loggers and those below them: { \"io.agx.market.server.store\" = debug }; in a variable"
                            + " io.agx.market.server.store=debug, with commas.");

    static final Key<String> LOG_FORMAT = Key.of(
                    "log.format", new Choice(List.of("text", "json")), LogConfig.DEFAULTS.format())
            .effect("Lines for people, or one JSON object a line.");

    /** In the order of the documents. */
    public static final List<Key<?>> ALL = List.of(
            HOST,
            PORT,
            DATA,
            NODE,
            FEED,
            SYMBOL,
            SPEED,
            RATE,
            INSTRUMENTS,
            MAX_AHEAD,
            LOG_RETAIN,
            SHARDS,
            FLUSH_WINDOW,
            TRANSPORT,
            COMPRESSION,
            SEND_BUFFER,
            DRAIN_RATE,
            DRAIN_URL,
            MESSAGE_BYTES,
            COMMANDS,
            COMMAND_BURST,
            BAD_COMMANDS,
            REFUSED_COMMANDS,
            ROOMS,
            OUTBOUND_BYTES,
            HEARTBEAT,
            PING,
            SILENCE,
            SLOW_AFTER,
            ORIGINS,
            PROXIES,
            PER_ADDRESS,
            HANDSHAKES,
            HANDSHAKE_BURST,
            UNLIMITED,
            PER_USER,
            HEADER_TIMEOUT,
            BODY_TIMEOUT,
            MESSAGE_TIMEOUT,
            HSTS,
            ADMIN_HOST,
            ADMIN_PORT,
            TLS_CERTIFICATE,
            TLS_KEY,
            TLS_PASSWORD,
            TOKEN_SECRET,
            TOKEN_SECRET_FILE,
            TOKEN_KEYS,
            TOKEN_ISSUER,
            TOKEN_AUDIENCE,
            TOKEN_LEEWAY,
            TOKEN_LIFETIME,
            TOKEN_GRACE,
            REQUIRE_TOKEN,
            INBOX_RETAIN,
            INBOX_MESSAGES,
            INBOX_USERS,
            STORE_URL,
            STORE_USER,
            STORE_PASSWORD_FILE,
            STORE_PASSWORD,
            STORE_CONNECTIONS,
            STORE_RETAIN,
            LOG_LEVEL,
            LOG_LEVELS,
            LOG_FORMAT);

    private static final Map<String, Key<?>> BY_NAME = byName();

    private Keys() {}

    /** The key of a name. */
    static Optional<Key<?>> find(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /** Whether keys begin with this name and a dot. */
    static boolean isSection(String name) {
        return BY_NAME.keySet().stream().anyMatch(each -> each.startsWith(name + "."));
    }

    /** The key that somebody may have meant who wrote a name that there is not. */
    static Optional<String> similar(String name) {
        String wanted = plain(name);
        String best = "";
        int least = Integer.MAX_VALUE;
        for (Key<?> key : ALL) {
            for (String known : spellings(key)) {
                int distance = distance(wanted, plain(known));
                if (distance < least) {
                    least = distance;
                    best = key.name();
                }
            }
        }
        return least <= Math.max(wanted.length() < 4 ? 1 : 2, wanted.length() / 4)
                ? Optional.of(best)
                : Optional.empty();
    }

    /** As it is, without its section, and as its option. */
    private static List<String> spellings(Key<?> key) {
        List<String> spellings = new ArrayList<>();
        spellings.add(key.name());
        spellings.add(key.name().substring(key.name().lastIndexOf('.') + 1));
        key.options().forEach(option -> spellings.add(option.substring(2)));
        return spellings;
    }

    private static String plain(String name) {
        return name.replaceAll("[._-]", "").toLowerCase(Locale.ROOT);
    }

    /** Levenshtein's: insertions, deletions and replacements. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int above = row[j];
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[to.length()];
    }

    private static Map<String, Key<?>> byName() {
        Map<String, Key<?>> keys = new TreeMap<>();
        for (Key<?> key : ALL) {
            keys.put(key.name(), key);
        }
        return Map.copyOf(keys);
    }

    private static Text text(String form) {
        return text(form, 0);
    }

    private static Text text(String form, int least) {
        return text(form, least, any -> {});
    }

    private static Text text(String form, int least, Consumer<String> check) {
        return new Text(form, least, MAX_TEXT, check);
    }

    private static TextList addresses() {
        return new TextList("addresses or ranges such as 10.0.0.0/8", each -> IpRange.parseAll("", each));
    }

    private static void checkFeed(String feed) {
        FeedConfig.parse(feed, "", "1", FeedConfig.DEFAULT_TRADES_PER_SECOND);
    }

    private static void checkSymbol(String symbol) {
        if (!symbol.isEmpty() && !Symbol.isValid(symbol)) {
            throw new IllegalArgumentException();
        }
    }

    private static void checkOrigin(String origin) {
        OriginPolicy.check(origin);
    }

    private static Consumer<String> beginsWith(String... prefixes) {
        return text -> {
            if (!text.isEmpty() && Arrays.stream(prefixes).noneMatch(text::startsWith)) {
                throw new IllegalArgumentException();
            }
        };
    }

    private static WholeNumber port(long least, long most) {
        return new WholeNumber("a port", least, most);
    }

    private static WholeNumber number(String form, long least, long most) {
        return new WholeNumber("a number of " + form, least, most);
    }
}
