package io.agx.market.server.gateway;

import io.agx.market.server.subscriber.SubscriberLimits;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a connection may ask for. Immutable.
 *
 * @param messageBytes longest message taken
 * @param commandsPerSecond commands per second, over time
 * @param commandBurst commands at once
 * @param maxBadCommands commands in a row that are none, before the connection is closed with 4000
 * @param maxRefusedCommands commands in a row beyond the rate, before it is closed with 4008
 * @param subscriber bounds of what waits for it
 */
public record GatewayLimits(
        int messageBytes,
        int commandsPerSecond,
        int commandBurst,
        int maxBadCommands,
        int maxRefusedCommands,
        SubscriberLimits subscriber) {

    /** PROTOCOL.md section 1. */
    public static final GatewayLimits DEFAULTS =
            new GatewayLimits(65_536, 20, 100, 100, 1_000, SubscriberLimits.DEFAULTS);

    /** As {@code welcome} tells them. */
    Map<String, Long> told() {
        Map<String, Long> limits = new LinkedHashMap<>();
        limits.put("messageBytes", (long) messageBytes);
        limits.put("rooms", (long) subscriber.maxRooms());
        limits.put("commandsPerSecond", (long) commandsPerSecond);
        limits.put("commandBurst", (long) commandBurst);
        limits.put("outboundBytes", subscriber.outboundBytes());
        limits.put("publishCredit", (long) PublishCredit.TRADES);
        return limits;
    }
}
