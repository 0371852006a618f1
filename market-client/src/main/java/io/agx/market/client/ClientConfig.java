package io.agx.market.client;

import java.net.URI;
import java.time.Duration;

/**
 * How a client connects. Immutable.
 *
 * @param uri the WebSocket, such as {@code ws://localhost:8080/ws}; may carry {@code ?token=}
 * @param heartbeat how often the client proves that it lives
 * @param deadline after how long without a frame a connection is given up. Two and a half heartbeats, so that a silent death is
 *     found and healed within 30 s
 * @param connectTimeout until the server's welcome
 * @param requestTimeout until the answer to a query, reconnects included
 * @param minBackoff upper end of the first delay before a reconnect
 * @param maxBackoff upper end of the longest delay
 * @param stableAfter how long a connection must hold for the count of attempts to start anew
 * @param maxAttempts failed attempts in a row after which the client gives up
 * @param lifecycle told what happens to the connection
 */
public record ClientConfig(
        URI uri,
        Duration heartbeat,
        Duration deadline,
        Duration connectTimeout,
        Duration requestTimeout,
        Duration minBackoff,
        Duration maxBackoff,
        Duration stableAfter,
        int maxAttempts,
        LifecycleListener lifecycle) {

    /** {@link #maxAttempts()} of a client that never gives up. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

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
        requirePositive("minBackoff", minBackoff);
        requirePositive("stableAfter", stableAfter);
        if (maxBackoff.compareTo(minBackoff) < 0) {
            throw new IllegalArgumentException(
                    "maxBackoff must be at least minBackoff " + minBackoff + ", was " + maxBackoff);
        }
        if (deadline.compareTo(heartbeat) <= 0) {
            throw new IllegalArgumentException(
                    "deadline must be longer than heartbeat " + heartbeat + ", was " + deadline);
        }
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("maxAttempts must be 1 or higher, was " + maxAttempts);
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
        private Duration heartbeat = Duration.ofSeconds(10);
        private Duration deadline = Duration.ofSeconds(25);
        private Duration connectTimeout = Duration.ofSeconds(4);
        private Duration requestTimeout = Duration.ofSeconds(30);
        private Duration minBackoff = Duration.ofMillis(500);
        private Duration maxBackoff = Duration.ofSeconds(30);
        private Duration stableAfter = Duration.ofSeconds(30);
        private int maxAttempts = UNLIMITED;
        private LifecycleListener lifecycle = event -> {};

        private Builder(URI uri) {
            this.uri = uri;
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

        public Builder backoff(Duration min, Duration max) {
            minBackoff = min;
            maxBackoff = max;
            return this;
        }

        public Builder stableAfter(Duration value) {
            stableAfter = value;
            return this;
        }

        public Builder maxAttempts(int value) {
            maxAttempts = value;
            return this;
        }

        public Builder lifecycle(LifecycleListener value) {
            lifecycle = value;
            return this;
        }

        public ClientConfig build() {
            return new ClientConfig(
                    uri,
                    heartbeat,
                    deadline,
                    connectTimeout,
                    requestTimeout,
                    minBackoff,
                    maxBackoff,
                    stableAfter,
                    maxAttempts,
                    lifecycle);
        }
    }
}
