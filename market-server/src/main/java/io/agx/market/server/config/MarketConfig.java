package io.agx.market.server.config;

import io.agx.market.core.state.StateLimits;
import io.agx.market.server.gateway.GatewayLimits;
import io.agx.market.server.inbox.InboxLimits;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * Everything that can be set. Immutable; the {@code with} methods give a changed copy.
 *
 * @param host address to listen on
 * @param port to listen on; 0 for any free one
 * @param dataDir folder of the trade log and the database
 * @param node this server's name in {@code welcome}, 1 to 64 characters
 * @param feed where trades come from besides the API
 * @param state bounds of an instrument's live state
 * @param gateway bounds of a connection
 * @param delivery how messages go to the sockets
 * @param identity whose tokens are taken, and what is to be had without one
 * @param inbox bounds of the inboxes
 * @param edge what stands between the port and the server
 * @param ports what the ports speak, and the second one
 * @param store which database the store is in
 * @param engineShards engine threads, 1 to 64
 * @param maxAheadMillis how far a trade's time may be ahead of the clock, at most a day
 * @param logRetainBytes how much of the log to keep once the store has it; 0 keeps all
 * @param instruments defined at start, and changed to be as here, beside those that there are
 * @param log what the process logs
 */
public record MarketConfig(
        String host,
        int port,
        Path dataDir,
        String node,
        FeedConfig feed,
        StateLimits state,
        GatewayLimits gateway,
        DeliveryConfig delivery,
        IdentityConfig identity,
        InboxLimits inbox,
        EdgeConfig edge,
        PortsConfig ports,
        StoreConfig store,
        int engineShards,
        long maxAheadMillis,
        long logRetainBytes,
        List<InstrumentConfig> instruments,
        LogConfig log) {

    public static final int DEFAULT_PORT = 8080;

    /** A source's clock may be this much ahead: well above NTP's error, well below a minute's candle. */
    public static final long DEFAULT_MAX_AHEAD_MILLIS = 10_000;

    static final int MAX_NODE_LENGTH = 64;

    static final long MAX_AHEAD_MILLIS = 86_400_000;

    /** Not to be set: its bounds are those of requests and of the snapshots' memory. */
    static final StateLimits DEFAULT_STATE = StateLimits.DEFAULT;

    public MarketConfig {
        require("node's length", node.length(), 1, MAX_NODE_LENGTH);
        require("port", port, 0, 65_535);
        require("engineShards", engineShards, 1, 64);
        require("maxAheadMillis", maxAheadMillis, 0, MAX_AHEAD_MILLIS);
        require("logRetainBytes", logRetainBytes, 0, Long.MAX_VALUE);
        instruments = List.copyOf(instruments);
    }

    /** Port 8080 on all addresses, the simulated feed, flush window 10 ms, one engine thread, the whole log kept. */
    public static MarketConfig defaults(Path dataDir) {
        return new MarketConfig(
                "0.0.0.0",
                DEFAULT_PORT,
                dataDir,
                "market-1",
                FeedConfig.SIMULATED,
                DEFAULT_STATE,
                GatewayLimits.DEFAULTS,
                DeliveryConfig.DEFAULTS,
                IdentityConfig.DEFAULTS,
                InboxLimits.DEFAULTS,
                EdgeConfig.DEFAULTS,
                PortsConfig.DEFAULTS,
                StoreConfig.EMBEDDED,
                1,
                DEFAULT_MAX_AHEAD_MILLIS,
                0,
                List.of(),
                LogConfig.DEFAULTS);
    }

    public MarketConfig withAddress(String newHost, int newPort) {
        return with(copy -> {
            copy.host = newHost;
            copy.port = newPort;
        });
    }

    public MarketConfig withFeed(FeedConfig newFeed) {
        return with(copy -> copy.feed = newFeed);
    }

    public MarketConfig withGateway(GatewayLimits newGateway) {
        return with(copy -> copy.gateway = newGateway);
    }

    public MarketConfig withState(StateLimits newState) {
        return with(copy -> copy.state = newState);
    }

    public MarketConfig withDelivery(DeliveryConfig newDelivery) {
        return with(copy -> copy.delivery = newDelivery);
    }

    public MarketConfig withIdentity(IdentityConfig newIdentity) {
        return with(copy -> copy.identity = newIdentity);
    }

    public MarketConfig withInbox(InboxLimits newInbox) {
        return with(copy -> copy.inbox = newInbox);
    }

    public MarketConfig withEdge(EdgeConfig newEdge) {
        return with(copy -> copy.edge = newEdge);
    }

    public MarketConfig withPorts(PortsConfig newPorts) {
        return with(copy -> copy.ports = newPorts);
    }

    public MarketConfig withStore(StoreConfig newStore) {
        return with(copy -> copy.store = newStore);
    }

    public MarketConfig withLogRetainBytes(long newLogRetainBytes) {
        return with(copy -> copy.logRetainBytes = newLogRetainBytes);
    }

    public MarketConfig withInstruments(List<InstrumentConfig> newInstruments) {
        return with(copy -> copy.instruments = newInstruments);
    }

    private MarketConfig with(Consumer<Copy> change) {
        Copy copy = new Copy(this);
        change.accept(copy);
        return copy.made();
    }

    static void require(String field, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(field + " must be " + least + " to " + most + ", was " + value);
        }
    }

    /** What a {@code with} method may change, before it is a configuration again. */
    private static final class Copy {
        private final MarketConfig from;
        private String host;
        private int port;
        private FeedConfig feed;
        private StateLimits state;
        private GatewayLimits gateway;
        private DeliveryConfig delivery;
        private IdentityConfig identity;
        private InboxLimits inbox;
        private EdgeConfig edge;
        private PortsConfig ports;
        private StoreConfig store;
        private long logRetainBytes;
        private List<InstrumentConfig> instruments;

        Copy(MarketConfig from) {
            this.from = from;
            host = from.host;
            port = from.port;
            feed = from.feed;
            state = from.state;
            gateway = from.gateway;
            delivery = from.delivery;
            identity = from.identity;
            inbox = from.inbox;
            edge = from.edge;
            ports = from.ports;
            store = from.store;
            logRetainBytes = from.logRetainBytes;
            instruments = from.instruments;
        }

        MarketConfig made() {
            return new MarketConfig(
                    host,
                    port,
                    from.dataDir,
                    from.node,
                    feed,
                    state,
                    gateway,
                    delivery,
                    identity,
                    inbox,
                    edge,
                    ports,
                    store,
                    from.engineShards,
                    from.maxAheadMillis,
                    logRetainBytes,
                    instruments,
                    from.log);
        }
    }
}
