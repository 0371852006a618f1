package io.agx.market.server.container;

import io.agx.market.server.conformance.Endpoint;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * A server that listens on loopback, and how to end it.
 *
 * @param port where it listens
 * @param contextPath where it is, empty or {@code /market}
 * @param origins where its classes come from
 * @param stop ends it; called once
 */
record RunningMarket(int port, String contextPath, ClassOrigins origins, Callable<?> stop) {
    /** Where a class that the server can load comes from. */
    @FunctionalInterface
    interface ClassOrigins {
        /** The URL of its jar or folder, or {@code absent}. */
        String of(String className);
    }

    /** For servers that share the tests' class path. */
    static final ClassOrigins SHARED = className -> "shared";

    URI http(String path) {
        return URI.create("http://127.0.0.1:" + port + contextPath + path);
    }

    URI webSocket(String query) {
        return URI.create("ws://127.0.0.1:" + port + contextPath + "/ws" + query);
    }

    void close() throws Exception {
        stop.call();
    }

    /** What the tests set: few enough trades for a shared machine, enough to wait for none. */
    static Map<String, String> parameters(Path dataDir) {
        return Map.of("market.data", dataDir.toString(), "market.feed", "simulated", "market.rate", "400");
    }

    /** The same without a feed: nothing comes that was not asked for. */
    static Map<String, String> quietParameters(Path dataDir) {
        return Map.of("market.data", dataDir.toString(), "market.feed", "none");
    }

    /** As the conformance cases know it. */
    Endpoint endpoint() {
        return new Endpoint(port, contextPath, this::close);
    }
}
