package io.agx.market.client;

import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.RoomName;
import java.util.List;

/** What happens to a client's connection and its rooms. Immutable. */
public sealed interface LifecycleEvent {
    /** The first connection is ready. */
    record Connected(ReceivedEvent.Welcome welcome) implements LifecycleEvent {}

    /**
     * A connection ended that had been ready.
     *
     * @param code the close code; 1006 if there was none
     * @param willReconnect whether the client tries again by itself; otherwise it is closed
     */
    record Disconnected(int code, String reason, boolean willReconnect) implements LifecycleEvent {}

    /**
     * An attempt to connect failed.
     *
     * @param reason for people: {@code HTTP 503}, or what the system said
     * @param willRetry whether the client tries again by itself; otherwise it is closed
     */
    record Unreachable(String reason, boolean willRetry) implements LifecycleEvent {}

    /** A later connection is ready; rooms are being resubscribed. */
    record Reconnected(ReceivedEvent.Welcome welcome) implements LifecycleEvent {}

    /** Every room was answered after a reconnect. */
    record Resubscribed(int roomCount) implements LifecycleEvent {}

    /**
     * The server is going to stop, and has told this client when to come back. It goes and comes by itself.
     *
     * @param reconnectAfterMillis its slot, from now on
     * @param url where it comes back, or empty for the same server
     */
    record Draining(long reconnectAfterMillis, String url) implements LifecycleEvent {}

    /**
     * Trades of a room will not come: they are not in the server's history, or more than {@link ClientConfig#gapFillLimit()}.
     *
     * @param fromSeq first that is missing
     * @param toSeq last that is missing
     * @param rest path that fills the gap, or empty if the server did not tell
     */
    record Gap(RoomName room, long fromSeq, long toSeq, String rest) implements LifecycleEvent {}

    /**
     * Candles of a kline room closed while there was no connection, and their closes will not come: the server's history cannot be read, or they
     * are more than {@link ClientConfig#gapFillLimit()}.
     *
     * @param fromTimeMillis open time of the first whose close may be missing, epoch milliseconds; 0 if no candle was told before
     * @param toTimeMillis open time of the newest candle, with which the room goes on
     * @param rest path that has the candles
     */
    record KlineGap(RoomName room, long fromTimeMillis, long toTimeMillis, String rest) implements LifecycleEvent {}

    /** Trades that did not come live were read from the server's history; the listener has them in their order. */
    record Filled(RoomName room, long fromSeq, long toSeq) implements LifecycleEvent {}

    /**
     * The connection lives, but a room's data has stopped: the server's heartbeat says so, or did not come.
     *
     * @param sinceTimeMillis the room was complete up to this time of its market's clock, epoch milliseconds; 0 if it never was
     */
    record Stale(RoomName room, long sinceTimeMillis) implements LifecycleEvent {}

    /** A stale room's data comes again. */
    record Fresh(RoomName room) implements LifecycleEvent {}

    /** A listener is slower than its room: newer values replaced some that it had not taken yet. Told once a second at most. */
    record Conflated(RoomName room, long count) implements LifecycleEvent {}

    /** The server has another history than before: positions start anew in every room. */
    record HistoryChanged(String oldEpoch, String newEpoch) implements LifecycleEvent {}

    /** A room that the client was in was refused after a reconnect, or with its new rate; it is no longer subscribed. */
    record Refused(RoomName room, String code, String message) implements LifecycleEvent {}

    /**
     * The server has taken a token, and knows whose connection it is.
     *
     * @param expiresTimeMillis when the token expires, epoch milliseconds; the client asks for another one before
     * @param scopes what it allows, in words
     */
    record Authenticated(String userId, long expiresTimeMillis, List<String> scopes) implements LifecycleEvent {
        public Authenticated {
            scopes = List.copyOf(scopes);
        }
    }

    /** No token could be had to renew the last one, or the server refused it. The connection stays until the last one has expired. */
    record NotRenewed(String code, String message) implements LifecycleEvent {}

    /** A notice of the server's operator: the room {@code system}. */
    record Notice(String message) implements LifecycleEvent {}
}
