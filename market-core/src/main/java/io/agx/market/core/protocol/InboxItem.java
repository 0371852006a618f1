package io.agx.market.core.protocol;

import io.agx.market.core.inbox.UserMessage;

/**
 * A message of an inbox and whether it is read. Immutable.
 *
 * @param readTimeMillis when it was read; 0 if it is not, or the time is not known yet
 */
public record InboxItem(UserMessage message, boolean read, long readTimeMillis) {}
