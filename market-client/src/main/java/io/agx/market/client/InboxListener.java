package io.agx.market.client;

import io.agx.market.core.protocol.ReceivedEvent;

/** Takes the messages of the user's inbox. Called on a listener thread, one call at a time, in order. */
@FunctionalInterface
public interface InboxListener {
    /** A message: each once, by rising {@code seq}, over all reconnects. */
    void onMessage(ReceivedEvent.Notification message);

    /** Messages were read, here or on another connection of the user; also told when the inbox is joined, then with nothing but the count. */
    default void onReadStatus(ReceivedEvent.ReadStatus status) {}

    /**
     * More was missed than the server sends at once, or some of it is no longer kept: {@code fromSeq} to {@code toSeq} are not told.
     *
     * @param rest the path that may have them still, such as {@code /api/v1/users/me/messages?since=7}
     */
    default void onGap(long fromSeq, long toSeq, String rest) {}
}
