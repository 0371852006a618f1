package io.agx.market.client;

import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.RoomName;

/** What happens to a client's connection. Immutable. */
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

    /** A later connection is ready; rooms are being resubscribed. */
    record Reconnected(ReceivedEvent.Welcome welcome) implements LifecycleEvent {}

    /** Every room was answered after a reconnect. */
    record Resubscribed(int roomCount) implements LifecycleEvent {}

    /**
     * Trades of a room will not come.
     *
     * @param fromSeq first that is missing
     * @param toSeq last that is missing
     * @param rest path that fills the gap, or empty if the server did not tell
     */
    record Gap(RoomName room, long fromSeq, long toSeq, String rest) implements LifecycleEvent {}

    /** The server has another history than before: positions start anew in every room. */
    record HistoryChanged(String oldEpoch, String newEpoch) implements LifecycleEvent {}

    /** A room that the client was in was refused after a reconnect; it is no longer subscribed. */
    record Refused(RoomName room, String code, String message) implements LifecycleEvent {}

    /** A notice of the server's operator. */
    record Notice(String message) implements LifecycleEvent {}
}
