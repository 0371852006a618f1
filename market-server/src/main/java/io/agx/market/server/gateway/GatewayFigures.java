package io.agx.market.server.gateway;

import io.agx.market.server.measure.Distribution;
import io.agx.market.server.measure.WordCounts;
import java.util.List;

/** What peers asked, and what they told of their connections. Thread-safe. */
public final class GatewayFigures {
    /** The events of all commands. */
    static final List<String> COMMANDS = List.of(
            "subscribe",
            "unsubscribe",
            "rooms",
            "ticker",
            "klines",
            "trades",
            "instruments",
            "ping",
            "get_unread_message",
            "auth",
            "read_message",
            "publish",
            "replay",
            "stop_replay");

    private final WordCounts commands = new WordCounts(COMMANDS);
    // Up to the longest that a client may tell.
    private final Distribution roundTrips = Distribution.ofDurations(7, 26);
    private final Distribution latencies = Distribution.ofDurations(10, 26);

    void command(String event) {
        commands.add(event);
    }

    void roundTrip(long nanos) {
        roundTrips.record(nanos);
    }

    void latency(long nanos) {
        latencies.record(nanos);
    }

    /** Commands that were understood, by their event. */
    public WordCounts commands() {
        return commands;
    }

    /** As clients measured it: from a ping to its answer, without the server's part. Whoever is connected can tell what it likes. */
    public Distribution roundTrips() {
        return roundTrips;
    }

    /** As clients measured it: from a message's being made to its arrival. Whoever is connected can tell what it likes. */
    public Distribution latencies() {
        return latencies;
    }
}
