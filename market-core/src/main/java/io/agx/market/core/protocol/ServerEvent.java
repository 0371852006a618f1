package io.agx.market.core.protocol;

import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the server tells a client: one text frame. Immutable. Times are epoch milliseconds UTC. */
public sealed interface ServerEvent {
    /** The protocol that this codec speaks, also the WebSocket subprotocol. */
    String PROTOCOL = "market.v1+json";

    /**
     * The first event of every connection.
     *
     * @param limits each limit by its name, in the order in which it is told
     * @param transport how the server writes, such as {@code portable}
     */
    record Welcome(
            String connectionId,
            String protocol,
            long serverTimeMillis,
            String epoch,
            String node,
            Map<String, Long> limits,
            long heartbeatMillis,
            String transport)
            implements ServerEvent {}

    /** The answer for one room of a {@code subscribe}, {@code unsubscribe} or {@code rooms}. */
    sealed interface RoomReply {
        /** The room as it is called from now on: canonical if it is known, else as the client wrote it. */
        String room();

        /**
         * The client is in the room.
         *
         * @param seq all up to here is in the snapshot (or before the cursor); live messages go on after it
         * @param recovered whether the client, with the snapshot, has missed nothing since its cursor; false without cursor
         * @param snapshot the state, or null if none was asked for
         */
        record Joined(
                String room,
                long seq,
                boolean recovered,
                @Nullable Payload snapshot) implements RoomReply {}

        /** The client is no longer in the room; {@code seq} is the last that was published to it. */
        record Left(String room, long seq) implements RoomReply {}

        /** The room is replayed. */
        record Replaying(String room) implements RoomReply {}

        /** The room was refused. */
        record Refused(String room, ErrorCode code, String message) implements RoomReply {}
    }

    /** Reply to {@code subscribe}: one element per room asked, in order. */
    record Subscribed(@Nullable RequestId id, List<RoomReply> rooms) implements ServerEvent {}

    /** Reply to {@code unsubscribe}: one element per room asked, in order. */
    record Unsubscribed(@Nullable RequestId id, List<RoomReply> rooms) implements ServerEvent {}

    /** A room and how far it has come: all trades up to {@code seq} were sent; complete up to {@code timeMillis}. */
    record RoomPosition(String room, long seq, long timeMillis) {}

    /** Reply to {@code rooms}. */
    record RoomsReply(@Nullable RequestId id, List<RoomPosition> rooms) implements ServerEvent {}

    /**
     * A live message. The event's name is the channel of its data: {@code ticker}, {@code kline} or {@code trade}.
     *
     * @param seq of the last trade that the data includes; 0 in a ticker room of several instruments, where each element has its own
     * @param serverTimeMillis when it was published; 0 to leave it out
     */
    record Push(String room, long seq, long serverTimeMillis, Payload data) implements ServerEvent {
        /** The same with some of the fields only. */
        public Push select(FieldSelection fields) {
            return fields.isAll() ? this : new Push(room, seq, serverTimeMillis, fields.of(data));
        }

        public static Push ofTicker(String room, long serverTimeMillis, Instrument instrument, Ticker ticker) {
            return new Push(room, ticker.seq(), serverTimeMillis, new Payload.OfTicker(instrument, ticker));
        }

        public static Push ofTickers(String room, long serverTimeMillis, List<Payload.OfTicker> tickers) {
            return new Push(room, 0, serverTimeMillis, new Payload.OfTickers(tickers));
        }

        public static Push ofKline(String room, long serverTimeMillis, Instrument instrument, Kline kline) {
            return new Push(room, kline.seq(), serverTimeMillis, new Payload.OfKline(instrument, kline));
        }

        /**
         * A flush of trades.
         *
         * @param trades at least one, by rising {@code seq}
         */
        public static Push ofTrades(String room, long serverTimeMillis, Instrument instrument, List<Trade> trades) {
            return new Push(
                    room,
                    trades.get(trades.size() - 1).seq(),
                    serverTimeMillis,
                    new Payload.OfTrades(instrument, trades));
        }
    }

    /** First reply to {@code replay}: one element per room asked, in order. If all are refused, nothing follows. */
    record Replaying(@Nullable RequestId id, List<RoomReply> rooms) implements ServerEvent {}

    /**
     * A message of a replay: what the room sent or would have sent in the past.
     *
     * @param id the replay's, which tells it from a live message; null if it has none
     */
    record Played(@Nullable RequestId id, Push push) implements ServerEvent {}

    /**
     * The end of a replay.
     *
     * @param fromTimeMillis inclusive start
     * @param toTimeMillis exclusive end, earlier than asked if it was stopped
     * @param trades how many were played, whether a room showed them or not
     * @param lastSeq of the last of them; 0 if there was none
     */
    record Replayed(
            @Nullable RequestId id, Symbol symbol, long fromTimeMillis, long toTimeMillis, long trades, long lastSeq)
            implements ServerEvent {}

    /** Reply to {@code stop_replay}, after the {@code replayed} of what was stopped. */
    record ReplayStopped(@Nullable RequestId id) implements ServerEvent {}

    /** The answer to a query: the event's name is {@code ticker}, {@code tickers}, {@code klines}, {@code trades} or {@code
     * instruments}, by the data. It has no room; that tells it from a live message. */
    record Reply(@Nullable RequestId id, Payload data) implements ServerEvent {}

    /** A log room lost the messages {@code fromSeq} to {@code toSeq} for this connection; {@code rest} fills the gap. */
    record Gap(String room, long fromSeq, long toSeq, String rest) implements ServerEvent {}

    /** Proof of life with a watermark per room. */
    record Heartbeat(long serverTimeMillis, List<RoomPosition> rooms) implements ServerEvent {}

    /** Reply to {@code ping}. */
    record Pong(@Nullable RequestId id, @Nullable Long clientTimeMillis, long receiveTimeMillis, long sendTimeMillis)
            implements ServerEvent {}

    /** A command failed. {@code retryAfterMillis} is 0 where no time is told. */
    record ErrorEvent(@Nullable RequestId id, Problem problem, long retryAfterMillis) implements ServerEvent {
        public static ErrorEvent of(ProtocolException e) {
            return new ErrorEvent(e.id(), e.problem(), 0);
        }

        public static ErrorEvent of(@Nullable RequestId id, ErrorCode code, String message) {
            return new ErrorEvent(id, new Problem(code, null, message), 0);
        }
    }

    /**
     * Whose connection it is from now on: the reply to {@code auth}, and the second event of a connection that came with a token.
     *
     * @param expiresTimeMillis when the token expires
     * @param scopes what it allows, in words
     */
    record Authenticated(@Nullable RequestId id, String userId, long expiresTimeMillis, List<String> scopes)
            implements ServerEvent {}

    /** A notice of the operator to everyone, in room {@code system}. */
    record SystemNotice(long serverTimeMillis, String message) implements ServerEvent {}

    /**
     * The server will stop.
     *
     * @param reconnectAfterMillis this connection's own slot
     * @param url where another node takes over, or null
     */
    record Drain(long reconnectAfterMillis, @Nullable String url) implements ServerEvent {}

    /** What became of one published trade or quote. */
    sealed interface PublishResult {
        /** {@code seq} is 0 of a quote, which has none. */
        record Accepted(long seq) implements PublishResult {}

        record Duplicate() implements PublishResult {}

        /** {@code code} is a stable name of ingest's rule. */
        record Rejected(String code, String message) implements PublishResult {}
    }

    /**
     * Reply to {@code publish}: one element per trade or quote, in order, once all trades that were accepted are durable.
     *
     * @param credit how many trades the connection may publish now without waiting for another answer
     */
    record Published(@Nullable RequestId id, long credit, List<PublishResult> results) implements ServerEvent {}

    /**
     * A message of the user's inbox, live.
     *
     * @param unreadCount how many are unread, with this one
     */
    record Notification(long serverTimeMillis, UserMessage message, long unreadCount) implements ServerEvent {}

    /**
     * {@code ev_read_status}: what was read, on whichever connection of the user, and how many are unread now.
     *
     * @param ids those that were read one by one
     * @param toSeq all up to here were read; 0 if none were read in that way
     */
    record ReadStatus(@Nullable RequestId id, List<String> ids, long toSeq, long unreadCount) implements ServerEvent {
        public ReadStatus {
            ids = List.copyOf(ids);
        }
    }

    /** One message of a user's inbox, in the seed's shape. */
    record InboxMessage(
            String id,
            String title,
            String content,
            long createTimeMillis,
            String senderNickname,
            @Nullable String senderAvatar) {}

    /** {@code ev_new_message}: the user's unread messages, as the seed's client expects them. */
    record NewMessages(@Nullable RequestId id, List<InboxMessage> messages) implements ServerEvent {}
}
