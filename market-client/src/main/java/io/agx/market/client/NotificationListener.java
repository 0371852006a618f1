package io.agx.market.client;

import io.agx.market.core.protocol.ReceivedEvent;

/** Takes the user's private messages: the room {@code inbox}. Called on a listener thread, one call at a time. */
@FunctionalInterface
public interface NotificationListener {
    void onNotification(ReceivedEvent.Notification notification);
}
