package io.agx.market.server.inbox;

/** How many messages are unread, once what was read is durable. Immutable. */
public record ReadResult(long unreadCount) {}
