package io.agx.market.core.protocol;

import io.agx.market.core.model.Symbol;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a client asks of the server: one text frame. Immutable. */
public sealed interface ClientCommand {
    /** Most elements of one command: rooms, message ids, trades, quotes. */
    int MAX_ELEMENTS = 1_024;

    /** What the client calls it, echoed by every reply; null if it has no name. */
    @Nullable
    RequestId id();

    /** The command's name on the wire. */
    String event();

    /** Joins rooms; answered per room, in order. */
    record Subscribe(@Nullable RequestId id, List<RoomRequest> rooms) implements ClientCommand {
        public Subscribe {
            rooms = List.copyOf(rooms);
        }

        @Override
        public String event() {
            return "subscribe";
        }
    }

    /** Leaves rooms; answered per room, in order. */
    record Unsubscribe(@Nullable RequestId id, List<RoomRequest> rooms) implements ClientCommand {
        public Unsubscribe {
            rooms = List.copyOf(rooms);
        }

        @Override
        public String event() {
            return "unsubscribe";
        }
    }

    /** Asks for the connection's own rooms. */
    record Rooms(@Nullable RequestId id) implements ClientCommand {
        @Override
        public String event() {
            return "rooms";
        }
    }

    /** Asks for one ticker, or for all when {@code symbol} is null. */
    record TickerQuery(@Nullable RequestId id, @Nullable Symbol symbol) implements ClientCommand {
        @Override
        public String event() {
            return "ticker";
        }
    }

    /** Asks for candles. */
    record Klines(@Nullable RequestId id, KlinesQuery query) implements ClientCommand {
        @Override
        public String event() {
            return "klines";
        }
    }

    /** Asks for trades. */
    record Trades(@Nullable RequestId id, TradesQuery query) implements ClientCommand {
        @Override
        public String event() {
            return "trades";
        }
    }

    /** Asks for the definitions of all instruments. */
    record Instruments(@Nullable RequestId id) implements ClientCommand {
        @Override
        public String event() {
            return "instruments";
        }
    }

    /** Says who the client is, or renews it. The token never appears in {@link #toString()}. */
    record Auth(@Nullable RequestId id, String token) implements ClientCommand {
        /** Longest token, in characters. */
        public static final int MAX_TOKEN_LENGTH = 8_192;

        @Override
        public String event() {
            return "auth";
        }

        @Override
        public String toString() {
            return "Auth[id=" + id + ", token=(" + token.length() + " characters)]";
        }
    }

    /** Asks for the user's unread messages; the seed's client polls with it. */
    record GetUnreadMessage(@Nullable RequestId id) implements ClientCommand {
        @Override
        public String event() {
            return "get_unread_message";
        }
    }

    /**
     * Marks messages as read.
     *
     * @param toSeq all up to here, beside the {@code ids}; {@link Long#MAX_VALUE} for all there are, 0 for none
     */
    record ReadMessage(@Nullable RequestId id, List<String> ids, long toSeq) implements ClientCommand {
        public ReadMessage {
            ids = List.copyOf(ids);
        }

        @Override
        public String event() {
            return "read_message";
        }
    }

    /**
     * Offers trades, or quotes.
     *
     * @param what of which kind the elements are
     * @param elementsJson the JSON array as it came, to the character; its elements are judged one by one by ingest
     * @param count how many elements it has, 1 to {@link #MAX_ELEMENTS}
     * @param atomic whether one bad element refuses all
     */
    record Publish(@Nullable RequestId id, Published what, String elementsJson, int count, boolean atomic)
            implements ClientCommand {
        @Override
        public String event() {
            return "publish";
        }

        /** Not its elements, which may be 64 KiB. */
        @Override
        public String toString() {
            return "Publish[id=" + id + ", what=" + what + ", count=" + count + ", atomic=" + atomic + "]";
        }
    }

    /** What a {@code publish} publishes. */
    enum Published {
        TRADES("trades"),
        QUOTES("quotes");

        private final String field;

        Published(String field) {
            this.field = field;
        }

        /** The field of the command's data that has the elements. */
        public String field() {
            return field;
        }
    }

    /**
     * Plays the past from the journal.
     *
     * @param fromTimeMillis inclusive start, epoch milliseconds
     * @param toTimeMillis exclusive end
     * @param speed 1 to 1,000 times real time
     * @param rooms what to replay; names not parsed yet
     */
    record Replay(
            @Nullable RequestId id,
            Symbol symbol,
            long fromTimeMillis,
            long toTimeMillis,
            int speed,
            List<RoomRequest> rooms)
            implements ClientCommand {
        public static final int MAX_SPEED = 1_000;

        public Replay {
            rooms = List.copyOf(rooms);
        }

        @Override
        public String event() {
            return "replay";
        }
    }

    /** Ends the connection's replay before its time. */
    record StopReplay(@Nullable RequestId id) implements ClientCommand {
        @Override
        public String event() {
            return "stop_replay";
        }
    }

    /**
     * Measures the way there and back, and may tell what earlier ones have measured.
     *
     * @param clientTimeMillis given back in the answer
     * @param roundTripMicros what the newest answered ping took there and back, without the server's part; 0 to {@link #MAX_TOLD_MICROS}
     * @param latencyMicros from the {@code serverTime} of a live message since the last ping to its arrival, by the server's clock as the
     *     client reckons it; within the same bounds
     */
    record Ping(
            @Nullable RequestId id,
            @Nullable Long clientTimeMillis,
            @Nullable Long roundTripMicros,
            @Nullable Long latencyMicros)
            implements ClientCommand {
        /** A minute: what takes longer is told as this. */
        public static final long MAX_TOLD_MICROS = 60_000_000;

        /** Tells nothing of earlier ones. */
        public Ping(@Nullable RequestId id, @Nullable Long clientTimeMillis) {
            this(id, clientTimeMillis, null, null);
        }

        @Override
        public String event() {
            return "ping";
        }
    }
}
