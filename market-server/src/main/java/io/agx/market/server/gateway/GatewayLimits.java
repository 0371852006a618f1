package io.agx.market.server.gateway;

import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.json.CommandDecoder;
import io.agx.market.server.subscriber.SubscriberLimits;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a connection may ask for. Immutable.
 *
 * @param messageBytes longest message taken
 * @param commandsPerSecond commands per second, over time
 * @param commandBurst commands at once
 * @param maxBadCommands commands in a row that are none, 1 to 1,000,000, before the connection is closed with 4000
 * @param maxRefusedCommands commands beyond the rate without a pause, 1 to 1,000,000, before it is closed with 4008
 * @param connectionsPerUser connections of one user at once, 1 to 1,000,000; one more is ended with 4009
 * @param subscriber bounds of what waits for it
 */
public record GatewayLimits(
        int messageBytes,
        int commandsPerSecond,
        int commandBurst,
        int maxBadCommands,
        int maxRefusedCommands,
        int connectionsPerUser,
        SubscriberLimits subscriber) {

    /** As many connections of a user as tabs and devices of one person may be, well below those of an address with many. */
    public static final int DEFAULT_CONNECTIONS_PER_USER = 64;

    /** PROTOCOL.md section 3. */
    public static final GatewayLimits DEFAULTS =
            new GatewayLimits(65_536, 20, 100, 100, 1_000, DEFAULT_CONNECTIONS_PER_USER, SubscriberLimits.DEFAULTS);

    public GatewayLimits {
        require("message-bytes", messageBytes, 256, 1 << 20);
        require("commands-per-second", commandsPerSecond, 1, 1_000_000);
        require("command-burst", commandBurst, 1, 1_000_000);
        require("bad-commands", maxBadCommands, 1, 1_000_000);
        require("refused-commands", maxRefusedCommands, 1, 1_000_000);
        require("connections-per-user", connectionsPerUser, 1, 1_000_000);
    }

    private static void require(String field, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(field + " must be " + least + " to " + most + ", was " + value);
        }
    }

    /** With {@link #DEFAULT_CONNECTIONS_PER_USER}. */
    public GatewayLimits(
            int messageBytes,
            int commandsPerSecond,
            int commandBurst,
            int maxBadCommands,
            int maxRefusedCommands,
            SubscriberLimits subscriber) {
        this(
                messageBytes,
                commandsPerSecond,
                commandBurst,
                maxBadCommands,
                maxRefusedCommands,
                DEFAULT_CONNECTIONS_PER_USER,
                subscriber);
    }

    public GatewayLimits withConnectionsPerUser(int newConnections) {
        return new GatewayLimits(
                messageBytes,
                commandsPerSecond,
                commandBurst,
                maxBadCommands,
                maxRefusedCommands,
                newConnections,
                subscriber);
    }

    /** As {@code welcome} tells them; what is the server's edge's is added there. */
    Map<String, Long> told() {
        Map<String, Long> limits = new LinkedHashMap<>();
        limits.put("messageBytes", (long) messageBytes);
        limits.put("rooms", (long) subscriber.maxRooms());
        limits.put("commandsPerSecond", (long) commandsPerSecond);
        limits.put("commandBurst", (long) commandBurst);
        limits.put("outboundBytes", subscriber.outboundBytes());
        limits.put("publishCredit", (long) PublishCredit.TRADES);
        limits.put("roomsPerCommand", (long) ClientCommand.MAX_ELEMENTS);
        limits.put("jsonDepth", (long) CommandDecoder.MAX_DEPTH);
        limits.put("numberCharacters", (long) CommandDecoder.MAX_NUMBER_LENGTH);
        limits.put("silenceMillis", subscriber.silenceMillis());
        limits.put("connectionsPerUser", (long) connectionsPerUser);
        return limits;
    }
}
