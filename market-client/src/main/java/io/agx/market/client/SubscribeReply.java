package io.agx.market.client;

import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.RoomName;

/**
 * The client is in a room.
 *
 * @param seq live messages go on after it
 * @param snapshot the state at that point; the listener gets it too, before anything live
 */
public record SubscribeReply(RoomName room, long seq, ReceivedEvent.Snapshot snapshot) {}
