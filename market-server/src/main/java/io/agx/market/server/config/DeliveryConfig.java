package io.agx.market.server.config;

import java.util.Locale;

/**
 * How messages go to the sockets. Immutable.
 *
 * @param flushWindowMillis least time between two writes of {@code raw} rooms, 0 to 1,000; an idle server writes at once
 * @param transport which way a connection is written to
 * @param compression whether permessage-deflate is offered to those who ask for it
 * @param sendBufferBytes kernel buffer of a socket, 4 KiB to 16 MiB, or 0 for the system's own. Small, so that congestion shows where
 *     messages can still be conflated and not where they cannot
 * @param drainConnectsPerSecond how many clients a stop sends to the next server per second, 1 to 1,000,000
 * @param drainUrl WebSocket URL of the server that takes over at a stop, at most 1,024 characters; empty if this one comes back
 */
public record DeliveryConfig(
        long flushWindowMillis,
        TransportChoice transport,
        boolean compression,
        int sendBufferBytes,
        int drainConnectsPerSecond,
        String drainUrl) {

    /** Which way a connection is written to. */
    public enum TransportChoice {
        /** The fast one where the container has it. */
        AUTO,
        /** Prebuilt frames straight to Jetty's endpoint: the embedded server only. */
        FAST,
        /** {@code RemoteEndpoint.Async} of the Jakarta API: every container. */
        PORTABLE;

        /** @throws IllegalArgumentException if the word is none of the three */
        public static TransportChoice parse(String word) {
            for (TransportChoice choice : values()) {
                if (choice.name().toLowerCase(Locale.ROOT).equals(word)) {
                    return choice;
                }
            }
            throw new IllegalArgumentException("transport must be auto, fast or portable, was \"" + word + "\"");
        }
    }

    /** 64 KiB hold two seconds of a busy room, and are all that a stalled reader can hide from the outbox. */
    public static final int DEFAULT_SEND_BUFFER_BYTES = 65_536;

    /** Half of what one core accepts, handshake and subscription included: the other half serves those who are there. */
    public static final int DEFAULT_DRAIN_CONNECTS_PER_SECOND = 1_000;

    public static final DeliveryConfig DEFAULTS = new DeliveryConfig(
            10, TransportChoice.AUTO, true, DEFAULT_SEND_BUFFER_BYTES, DEFAULT_DRAIN_CONNECTS_PER_SECOND, "");

    public DeliveryConfig {
        MarketConfig.require("flushWindowMillis", flushWindowMillis, 0, 1_000);
        if (sendBufferBytes != 0) {
            MarketConfig.require("sendBufferBytes", sendBufferBytes, 4_096, 16 << 20);
        }
        MarketConfig.require("drainConnectsPerSecond", drainConnectsPerSecond, 1, 1_000_000);
        MarketConfig.require("drainUrl's length", drainUrl.length(), 0, 1_024);
        if (!drainUrl.isEmpty() && !drainUrl.startsWith("ws://") && !drainUrl.startsWith("wss://")) {
            throw new IllegalArgumentException("drainUrl must begin with ws:// or wss://, was \"" + drainUrl + "\"");
        }
    }

    public DeliveryConfig withFlushWindowMillis(long newFlushWindowMillis) {
        return new DeliveryConfig(
                newFlushWindowMillis, transport, compression, sendBufferBytes, drainConnectsPerSecond, drainUrl);
    }

    public DeliveryConfig withTransport(TransportChoice newTransport) {
        return new DeliveryConfig(
                flushWindowMillis, newTransport, compression, sendBufferBytes, drainConnectsPerSecond, drainUrl);
    }

    /** How clients are sent away at a stop. */
    public DeliveryConfig withDrain(int newConnectsPerSecond, String newUrl) {
        return new DeliveryConfig(
                flushWindowMillis, transport, compression, sendBufferBytes, newConnectsPerSecond, newUrl);
    }
}
