package io.agx.market.server.cli.load;

import io.agx.market.core.model.Symbol;
import io.agx.market.core.protocol.RoomChannel;
import io.agx.market.core.protocol.RoomName;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What to do. Immutable.
 *
 * @param uri the server's WebSocket
 * @param token who all of them are; empty for nobody
 * @param connections 1 to 100,000
 * @param rooms of every connection
 * @param seconds how long it counts, 1 to 86,400
 * @param warmSeconds how long it waits before, 0 to 86,400
 * @param connectsPerSecond above 0, at most 10,000
 * @param pid the server's process, or null if its CPU is not asked for
 * @param publishesPerSecond trades published by the load itself, 0 for none, at most 100,000
 * @param symbols where they are published; without any, those of the trade rooms
 */
public record LoadOptions(
        URI uri,
        String token,
        int connections,
        List<RoomName> rooms,
        int seconds,
        int warmSeconds,
        double connectsPerSecond,
        @Nullable Long pid,
        double publishesPerSecond,
        List<Symbol> symbols) {

    private static final int MAX_CONNECTIONS = 100_000;
    private static final int MAX_SECONDS = 86_400;

    /** @throws IllegalArgumentException if a value is out of its range; the message names its option */
    public LoadOptions {
        rooms = List.copyOf(rooms);
        if (symbols.isEmpty() && publishesPerSecond > 0) {
            symbols = rooms.stream()
                    .filter(room -> room.channel() == RoomChannel.TRADE)
                    .map(RoomName::symbol)
                    .filter(Objects::nonNull)
                    .toList();
        }
        symbols = List.copyOf(symbols);
        requireRange("--connections", connections, 1, MAX_CONNECTIONS);
        requireRange("--seconds", seconds, 1, MAX_SECONDS);
        requireRange("--warm", warmSeconds, 0, MAX_SECONDS);
        if (!(connectsPerSecond > 0 && connectsPerSecond <= 10_000)) {
            throw new IllegalArgumentException(
                    "--rate-connect must be above 0 and at most 10000, was " + connectsPerSecond);
        }
        if (!(publishesPerSecond >= 0 && publishesPerSecond <= 100_000)) {
            throw new IllegalArgumentException("--publish-rate must be 0 to 100000, was " + publishesPerSecond);
        }
        if (publishesPerSecond > 0 && symbols.isEmpty()) {
            throw new IllegalArgumentException("--publish-rate needs --symbols, for there is no trade room in --rooms");
        }
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "LoadOptions[" + server() + ", rooms=" + rooms + "]";
    }

    /** For people: without the query, which may hold a token. */
    String server() {
        return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort()) + uri.getPath();
    }

    private static void requireRange(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " must be " + least + " to " + most + ", was " + value);
        }
    }
}
