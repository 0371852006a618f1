package io.agx.market.core.protocol;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client receives: one text frame, decimals as {@code BigDecimal}. Immutable. Times are epoch milliseconds UTC.
 *
 * <p>The other end of {@link ServerEvent}, kept apart because a client does not know an instrument's scales beforehand and must
 * live with fields and events of newer servers.
 */
public sealed interface ReceivedEvent {
    /** An event that answers a command. */
    sealed interface Answer extends ReceivedEvent {
        /** The id of the command, or null if it had none. */
        @Nullable
        RequestId id();
    }

    record Welcome(
            String connectionId,
            String protocol,
            long serverTimeMillis,
            String epoch,
            String node,
            Map<String, Long> limits,
            long heartbeatMillis)
            implements ReceivedEvent {}

    /** History in a reply to {@code subscribe}; the lists that do not belong to the room are empty. */
    record Snapshot(
            List<TickerData> tickers, List<KlineData> klines, List<TradeData> trades, List<Notification> messages) {
        public static final Snapshot EMPTY = new Snapshot(List.of(), List.of(), List.of(), List.of());
    }

    /**
     * The answer for one room.
     *
     * @param seq where live messages go on; 0 if refused
     * @param code the error's wire name if refused, else empty
     * @param message the error's text if refused, else empty
     */
    record RoomResult(
            String room, boolean ok, long seq, boolean recovered, Snapshot snapshot, String code, String message) {}

    record Subscribed(@Nullable RequestId id, List<RoomResult> rooms) implements Answer {}

    record Unsubscribed(@Nullable RequestId id, List<RoomResult> rooms) implements Answer {}

    record RoomPosition(String room, long seq, long timeMillis) {}

    record Rooms(@Nullable RequestId id, List<RoomPosition> rooms) implements Answer {}

    /** A room's live message. */
    sealed interface RoomUpdate extends ReceivedEvent {
        String room();

        /** When the server made it, epoch milliseconds by its clock; 0 if it does not tell. */
        long serverTimeMillis();
    }

    /** Live tickers: one, or in a room of several instruments those that changed. {@code skipped} counts merged messages. */
    record TickerUpdate(String room, long seq, List<TickerData> tickers, int skipped, long serverTimeMillis)
            implements RoomUpdate {}

    record KlineUpdate(String room, long seq, KlineData kline, int skipped, long serverTimeMillis)
            implements RoomUpdate {}

    record TradeUpdate(String room, long seq, List<TradeData> trades, long serverTimeMillis) implements RoomUpdate {}

    /** First answer to {@code replay}: {@code seq}, {@code recovered} and {@code snapshot} of the rooms are unset. */
    record Replaying(@Nullable RequestId id, List<RoomResult> rooms) implements Answer {}

    /**
     * A message of a replay, told from a live one by its id.
     *
     * @param update a {@link TickerUpdate}, {@link KlineUpdate} or {@link TradeUpdate}
     */
    record Played(RequestId id, ReceivedEvent update) implements ReceivedEvent {}

    /** The end of a replay; {@code toTimeMillis} is earlier than asked if it was stopped. */
    record Replayed(
            @Nullable RequestId id, String symbol, long fromTimeMillis, long toTimeMillis, long trades, long lastSeq)
            implements Answer {}

    record ReplayStopped(@Nullable RequestId id) implements Answer {}

    /** Tickers that were asked for: one, or all. */
    record Tickers(@Nullable RequestId id, List<TickerData> tickers) implements Answer {}

    record Klines(@Nullable RequestId id, List<KlineData> klines) implements Answer {}

    record Trades(@Nullable RequestId id, List<TradeData> trades) implements Answer {}

    record Instruments(@Nullable RequestId id, List<InstrumentData> instruments) implements Answer {}

    record Gap(String room, long fromSeq, long toSeq, String rest) implements ReceivedEvent {}

    record Heartbeat(long serverTimeMillis, List<RoomPosition> rooms) implements ReceivedEvent {}

    record Pong(@Nullable RequestId id, long clientTimeMillis, long receiveTimeMillis, long sendTimeMillis)
            implements Answer {}

    /** A command failed. {@code code} is a wire name, known to {@link ErrorCode} or newer than it. */
    record Failed(
            @Nullable RequestId id, String code, String message, boolean temporary, String field, long retryAfterMillis)
            implements Answer {}

    /**
     * A private message of the user.
     *
     * @param seq of the user's inbox
     * @param dataJson what belongs to it, as JSON text; {@code null} if nothing
     * @param senderName who sent it, or empty
     * @param read whether it was read when it was sent to us
     * @param unreadCount how many of the user's messages are unread, with this one; -1 where it is not told
     */
    record Notification(
            long seq,
            String id,
            String type,
            String title,
            String content,
            long createdTimeMillis,
            String dataJson,
            String senderName,
            boolean read,
            long unreadCount)
            implements ReceivedEvent {}

    /** Whose connection it is; {@code expiresTimeMillis} is when the token expires. */
    record Authenticated(@Nullable RequestId id, String userId, long expiresTimeMillis, List<String> scopes)
            implements Answer {
        public Authenticated {
            scopes = List.copyOf(scopes);
        }
    }

    /**
     * Messages were read, on whichever connection of the user.
     *
     * @param ids those read one by one
     * @param toSeq all up to here were read; 0 if none in that way
     * @param unreadCount how many are unread now
     */
    record ReadStatus(@Nullable RequestId id, List<String> ids, long toSeq, long unreadCount) implements Answer {}

    record Notice(long serverTimeMillis, String message) implements ReceivedEvent {}

    record Drain(long reconnectAfterMillis, @Nullable String url) implements ReceivedEvent {}

    /** {@code seq} is 0 unless accepted; {@code code} and {@code message} are empty unless rejected. */
    record PublishResult(boolean ok, long seq, boolean duplicate, String code, String message) {}

    /** {@code credit}: how many trades more the connection may have in flight; 0 if the server tells none. */
    record Published(@Nullable RequestId id, long credit, List<PublishResult> results) implements Answer {}

    /** An event that this version does not know. To be ignored. */
    record Unknown(@Nullable RequestId id, String event) implements Answer {}
}
