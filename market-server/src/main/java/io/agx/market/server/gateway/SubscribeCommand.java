package io.agx.market.server.gateway;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.Cursor;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.InboxItem;
import io.agx.market.core.protocol.Payload;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.RoomChannel;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.RoomRequest;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.core.protocol.ServerEvent.RoomReply;
import io.agx.market.server.history.LiveOffsets;
import io.agx.market.server.history.MarketHistory;
import io.agx.market.server.history.TradeHistory;
import io.agx.market.server.inbox.Inbox;
import io.agx.market.server.room.Entry;
import io.agx.market.server.room.EntryRequest;
import io.agx.market.server.room.Room;
import io.agx.market.server.room.RoomLoop;
import io.agx.market.server.subscriber.Subscriber;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code subscribe}: joins rooms, each with its snapshot and the {@code seq} from which live messages go on, in one step. A room of the
 * same base that the connection is in, at whatever rate and with whatever fields, is left in the same step; what the connection was sent
 * there is its cursor.
 *
 * <p>What needs the disk (trades missed during a long absence, candles at another UTC offset) is fetched first, on the
 * container's thread. Then all rooms are joined on the flush thread, where nothing can be published in between
 * (docs/INVARIANTS.md, 3).
 */
final class SubscribeCommand {
    private static final Logger LOG = LoggerFactory.getLogger(SubscribeCommand.class);

    /** Missed trades of one room; who missed more is told {@code recovered: false} and asks REST. */
    static final int MAX_RECOVERED_TRADES = 5_000;

    /**
     * Candles, trades and tickers in one reply, over all rooms: 20 rooms with the longest history, about 10 MB. The same room can be asked
     * for a thousand times in one message, so the bound on each does not bound them all.
     */
    static final int MAX_ELEMENTS = 30_000;

    private final RoomLoop loop;
    private final MarketHistory history;
    private final TradeHistory trades;
    private final LiveOffsets offsets;
    private final Inbox inbox;
    private final String epoch;

    SubscribeCommand(
            RoomLoop loop, MarketHistory history, TradeHistory trades, LiveOffsets offsets, Inbox inbox, String epoch) {
        this.loop = loop;
        this.history = history;
        this.trades = trades;
        this.offsets = offsets;
        this.inbox = inbox;
        this.epoch = epoch;
    }

    /** @param access who the peer is: an inbox is its user's own */
    void run(ClientCommand.Subscribe command, Subscriber subscriber, Access access) {
        List<Prepared> prepared = new ArrayList<>(command.rooms().size());
        int fetched = 0;
        for (RoomRequest request : command.rooms()) {
            Prepared each = prepare(request, access, MAX_ELEMENTS - fetched);
            fetched += each.missed.size() + each.messages.size();
            prepared.add(each);
        }
        loop.execute(() -> {
            try {
                if (!subscriber.hasEnded()) {
                    answer(command, prepared, subscriber);
                }
            } catch (RuntimeException | Error e) {
                subscriber.fail(); // It may be in rooms whose snapshot it will never have.
                throw e;
            } finally {
                prepared.forEach(Prepared::done);
            }
        });
    }

    private void answer(ClientCommand.Subscribe command, List<Prepared> prepared, Subscriber subscriber) {
        subscriber.reply(new ServerEvent.Subscribed(command.id(), joinAll(prepared, subscriber)));
        for (Prepared each : prepared) {
            if (each.joinedInboxOf != null) {
                inbox.tellUnread(subscriber, each.joinedInboxOf);
            }
        }
    }

    private List<RoomReply> joinAll(List<Prepared> prepared, Subscriber subscriber) {
        List<RoomReply> replies = new ArrayList<>(prepared.size());
        int left = MAX_ELEMENTS;
        for (Prepared each : prepared) {
            RoomReply reply = join(each, subscriber, left);
            left -= reply instanceof RoomReply.Joined joined ? elements(joined.snapshot()) : 0;
            replies.add(reply);
        }
        return replies;
    }

    private static int elements(@Nullable Payload payload) {
        Payload snapshot = payload == null ? null : payload.whole();
        if (snapshot instanceof Payload.OfKlines klines) {
            return klines.klines().size();
        }
        if (snapshot instanceof Payload.OfTrades trades) {
            return trades.trades().size();
        }
        if (snapshot instanceof Payload.OfMessages messages) {
            return messages.messages().size();
        }
        if (snapshot instanceof Payload.OfTickers tickers) {
            return tickers.tickers().size();
        }
        return snapshot == null ? 0 : 1;
    }

    /** A room asked for, with what had to be fetched for it; or why it is refused. */
    private final class Prepared {
        private final RoomRequest request;
        private final Access access;
        private @Nullable RoomName name;
        private @Nullable ProtocolException refusal;
        private List<Trade> missed = List.of();
        // Of an inbox: whose, and what was fetched of it.
        private @Nullable String userId;
        private List<InboxItem> messages = List.of();
        private @Nullable String joinedInboxOf;
        private boolean offsetHeld;

        Prepared(RoomRequest request, Access access) {
            this.access = access;
            this.request = request;
        }

        void done() {
            if (offsetHeld) {
                offsets.release(Objects.requireNonNull(name));
            }
        }
    }

    /** Never throws, so that what was prepared before is always undone. */
    private Prepared prepare(RoomRequest request, Access access, int left) {
        Prepared prepared = new Prepared(request, access);
        try {
            RoomName name = request.room();
            prepared.name = name;
            if (name.utcOffsetMinutes() != 0) {
                offsets.prepare(name);
                prepared.offsetHeld = true;
            }
            Cursor since = request.since();
            if (name.channel() == RoomChannel.INBOX) {
                prepareInbox(prepared, access.require().userId());
            }
            if (name.channel() == RoomChannel.TRADE
                    && since != null
                    && since.epoch().equals(epoch)) {
                prepared.missed = missed(
                        Objects.requireNonNull(name.symbol()), since.seq(), Math.min(left, MAX_RECOVERED_TRADES));
            }
        } catch (ProtocolException e) {
            prepared.refusal = e;
        } catch (RuntimeException e) {
            LOG.error("room could not be prepared: room={}", request.name(), e);
            prepared.refusal = failed();
        }
        return prepared;
    }

    private void prepareInbox(Prepared prepared, String userId) {
        RoomRequest request = prepared.request;
        Cursor since = request.since();
        prepared.userId = userId;
        if (since != null && since.epoch().equals(epoch)) {
            prepared.messages = inbox.missed(userId, since.seq());
        } else if (request.snapshotFor(RoomChannel.INBOX) > 0) {
            prepared.messages = inbox.newest(userId, request.snapshotFor(RoomChannel.INBOX));
        }
    }

    private List<Trade> missed(Symbol symbol, long sinceSeq, int limit) {
        InstrumentSnapshot snapshot = history.snapshot(symbol);
        if (snapshot.seq() - sinceSeq > limit) {
            return List.of();
        }
        List<Trade> missed;
        try {
            missed = trades.bySeq(snapshot, sinceSeq + 1, snapshot.seq(), limit);
        } catch (ProtocolException e) {
            if (trades.isFarBehind()) {
                return List.of(); // That may last: who comes back has live trades meanwhile, and fills the hole later.
            }
            throw e;
        }
        // Some may have been dropped for their age: then it is not recovered.
        return missed.size() == snapshot.seq() - sinceSeq ? missed : List.of();
    }

    /** Called on the flush thread. */
    private RoomReply join(Prepared prepared, Subscriber subscriber, int left) {
        RoomRequest request = prepared.request;
        try {
            RoomName name = prepared.name;
            if (prepared.refusal != null) {
                throw prepared.refusal;
            }
            if (name == null) {
                throw new ProtocolException(ErrorCode.UNKNOWN_ROOM, "room", "there is no such room");
            }
            int wanted = request.snapshotFor(name.channel());
            if (wanted > 1 && wanted > left) {
                throw new ProtocolException(
                        ErrorCode.TOO_LARGE,
                        "snapshot",
                        "a reply holds " + MAX_ELEMENTS + " elements; ask again for this room");
            }
            if (prepared.userId != null) {
                prepared.access.require(); // The token may have expired since.
                return joinInbox(prepared, prepared.userId, subscriber, wanted, left);
            }
            Room room = loop.registry().open(name);
            try {
                // The tickers of a pattern cannot be asked for in parts, however many there are: the first are always
                // given.
                int limit = name.pattern() != null && left == MAX_ELEMENTS ? Integer.MAX_VALUE : Math.max(0, left);
                Entry entry = subscriber.join(room, name, entryRequest(prepared, wanted, limit));
                Payload payload = entry.payload();
                return new RoomReply.Joined(
                        name.toString(),
                        entry.seq(),
                        entry.recovered(),
                        payload == null ? null : name.fields().of(payload));
            } finally {
                loop.registry().closeIfEmpty(room); // If it was not joined.
            }
        } catch (ProtocolException e) {
            return new RoomReply.Refused(request.name(), e.code(), e.problem().message());
        } catch (RuntimeException e) {
            LOG.error("room could not be joined: room={}", request.name(), e);
            return new RoomReply.Refused(
                    request.name(), failed().code(), failed().problem().message());
        }
    }

    private RoomReply joinInbox(Prepared prepared, String userId, Subscriber subscriber, int wanted, int left) {
        Entry entry = inbox.join(subscriber, userId, entryRequest(prepared, wanted, left));
        prepared.joinedInboxOf = userId;
        return new RoomReply.Joined(RoomName.inbox().toString(), entry.seq(), entry.recovered(), entry.payload());
    }

    private EntryRequest entryRequest(Prepared prepared, int wanted, int limit) {
        Cursor since = prepared.request.since();
        @Nullable Long sinceSeq = since != null && since.epoch().equals(epoch) ? (Long) since.seq() : null;
        return new EntryRequest(since != null, sinceSeq, wanted, prepared.missed, prepared.messages, limit);
    }

    private static ProtocolException failed() {
        return new ProtocolException(ErrorCode.INTERNAL, "room", "the server failed; the fault is its own");
    }
}
