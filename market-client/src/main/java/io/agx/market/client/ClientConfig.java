package io.agx.market.client;

import java.net.URI;
import java.time.Duration;

/**
 * How a client connects. Immutable.
 *
 * @param uri the WebSocket, such as {@code ws://localhost:8080/ws}
 * @param token says who the client is; sent in a header, never in the URL
 * @param heartbeat how often the client proves that it lives
 * @param deadline after how long without a frame a connection is given up. Two and a half heartbeats, so that a silent death is
 *     found and healed within 30 s
 * @param connectTimeout until the server's welcome
 * @param requestTimeout until the answer to a query, reconnects included
 * @param reconnect when the client comes back after a loss
 * @param gapFillLimit longest hole in a trade or kline room that is filled from history before live goes on, in trades or candles; a longer one
 *     is told as a gap. 0 fills none
 * @param lifecycle told what happens to the connection
 */
public record ClientConfig(
        URI uri,
        TokenSupplier token,
        Duration heartbeat,
        Duration deadline,
        Duration connectTimeout,
        Duration requestTimeout,
        ReconnectPolicy reconnect,
        long gapFillLimit,
        LifecycleListener lifecycle) {

    /** Default of {@link #gapFillLimit()}: 67 questions to the server. */
    public static final long DEFAULT_GAP_FILL_LIMIT = 100_000;

    /** @throws IllegalArgumentException if a value is out of its range; the message names it */
    public ClientConfig {
        if (!"ws".equals(uri.getScheme()) && !"wss".equals(uri.getScheme())) {
            throw new IllegalArgumentException("uri must start with ws: or wss:, was " + uri.getScheme());
        }
        if (uri.getHost() == null || uri.getFragment() != null) {
            throw new IllegalArgumentException("uri must have a host and no fragment");
        }
        requirePositive("heartbeat", heartbeat);
        requirePositive("deadline", deadline);
        requirePositive("connectTimeout", connectTimeout);
        requirePositive("requestTimeout", requestTimeout);
        if (deadline.compareTo(heartbeat) <= 0) {
            throw new IllegalArgumentException(
                    "deadline must be longer than heartbeat " + heartbeat + ", was " + deadline);
        }
        if (gapFillLimit < 0) {
            throw new IllegalArgumentException("gapFillLimit must be 0 or higher, was " + gapFillLimit);
        }
    }

    public static Builder builder(URI uri) {
        return new Builder(uri);
    }

    /** A configuration with every default. */
    public static ClientConfig of(String uri) {
        return builder(URI.create(uri)).build();
    }

    /** Where the same server's REST is: {@code ws://host/ws} gives {@code http://host/api/v1}. */
    public URI restBase() {
        return restBase(uri);
    }

    static URI restBase(URI uri) {
        String path = uri.getPath() == null ? "" : uri.getPath();
        String context = path.endsWith("/ws") ? path.substring(0, path.length() - "/ws".length()) : "";
        return URI.create(
                ("wss".equals(uri.getScheme()) ? "https://" : "http://") + uri.getAuthority() + context + "/api/v1");
    }

    /** Without the query, which may hold a token. */
    @Override
    public String toString() {
        return "ClientConfig[" + uri.getScheme() + "://" + uri.getAuthority() + uri.getPath() + "]";
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " must be longer than 0, was " + value);
        }
    }

    /** Collects what differs from the defaults. Not thread-safe. */
    public static final class Builder {
        private final URI uri;
        private TokenSupplier token = TokenSupplier.NONE;
        private Duration heartbeat = Duration.ofSeconds(10);
        private Duration deadline = Duration.ofSeconds(25);
        private Duration connectTimeout = Duration.ofSeconds(4);
        private Duration requestTimeout = Duration.ofSeconds(30);
        private ReconnectPolicy reconnect = ReconnectPolicy.standard();
        private long gapFillLimit = DEFAULT_GAP_FILL_LIMIT;
        private LifecycleListener lifecycle = event -> {};

        private Builder(URI uri) {
            this.uri = uri;
        }

        /** The same token at each connection: the client ends when it has expired. */
        public Builder token(String value) {
            token = value.isEmpty() ? TokenSupplier.NONE : new FixedToken(value);
            return this;
        }

        /** Asked for a token whenever one is needed: at each connection, and before the last one expires. */
        public Builder tokenSupplier(TokenSupplier value) {
            token = value;
            return this;
        }

        public Builder heartbeat(Duration value) {
            heartbeat = value;
            return this;
        }

        public Builder deadline(Duration value) {
            deadline = value;
            return this;
        }

        public Builder connectTimeout(Duration value) {
            connectTimeout = value;
            return this;
        }

        public Builder requestTimeout(Duration value) {
            requestTimeout = value;
            return this;
        }

        public Builder reconnect(ReconnectPolicy value) {
            reconnect = value;
            return this;
        }

        public Builder gapFillLimit(long value) {
            gapFillLimit = value;
            return this;
        }

        public Builder lifecycle(LifecycleListener value) {
            lifecycle = value;
            return this;
        }

        public ClientConfig build() {
            return new ClientConfig(
                    uri,
                    token,
                    heartbeat,
                    deadline,
                    connectTimeout,
                    requestTimeout,
                    reconnect,
                    gapFillLimit,
                    lifecycle);
        }
    }
}
