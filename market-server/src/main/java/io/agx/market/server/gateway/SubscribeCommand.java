package io.agx.market.server.gateway;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.Cursor;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.Payload;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.Rate;
import io.agx.market.core.protocol.RoomChannel;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.RoomRequest;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.core.protocol.ServerEvent.RoomReply;
import io.agx.market.server.history.LiveOffsets;
import io.agx.market.server.history.MarketHistory;
import io.agx.market.server.history.TradeHistory;
import io.agx.market.server.room.Room;
import io.agx.market.server.room.RoomLoop;
import io.agx.market.server.room.RoomRecovery;
import io.agx.market.server.subscriber.Subscriber;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code subscribe}: joins rooms, each with its snapshot and the {@code seq} from which live messages go on, in one step.
 *
 * <p>What needs the disk (trades missed during a long absence, candles at another UTC offset) is fetched first, on the
 * container's thread. Then all rooms are joined on the flush thread, where nothing can be published in between
 * (docs/INVARIANTS.md, 3).
 */
final class SubscribeCommand {
    /** Missed trades that one reply holds; who missed more is told {@code recovered: false} and asks REST. */
    static final int MAX_RECOVERED_TRADES = 5_000;

    private final RoomLoop loop;
    private final MarketHistory history;
    private final TradeHistory trades;
    private final LiveOffsets offsets;
    private final String epoch;

    SubscribeCommand(RoomLoop loop, MarketHistory history, TradeHistory trades, LiveOffsets offsets, String epoch) {
        this.loop = loop;
        this.history = history;
        this.trades = trades;
        this.offsets = offsets;
        this.epoch = epoch;
    }

    void run(ClientCommand.Subscribe command, Subscriber subscriber) {
        List<Prepared> prepared = new ArrayList<>(command.rooms().size());
        for (RoomRequest request : command.rooms()) {
            prepared.add(prepare(request));
        }
        loop.execute(() -> {
            List<RoomReply> replies = new ArrayList<>(prepared.size());
            for (Prepared each : prepared) {
                replies.add(join(each, subscriber));
                each.done();
            }
            subscriber.reply(new ServerEvent.Subscribed(command.id(), replies));
        });
    }

    /** A room asked for, with what had to be fetched for it; or why it is refused. */
    private final class Prepared {
        private final RoomRequest request;
        private @Nullable RoomName name;
        private @Nullable ProtocolException refusal;
        private List<Trade> missed = List.of();
        private boolean offsetHeld;

        Prepared(RoomRequest request) {
            this.request = request;
        }

        void done() {
            if (offsetHeld) {
                offsets.release(Objects.requireNonNull(name));
            }
        }
    }

    private Prepared prepare(RoomRequest request) {
        Prepared prepared = new Prepared(request);
        try {
            RoomName name = request.room();
            prepared.name = name;
            if (name.utcOffsetMinutes() != 0) {
                offsets.prepare(name);
                prepared.offsetHeld = true;
            }
            Cursor since = request.since();
            if (name.channel() == RoomChannel.TRADE
                    && since != null
                    && since.epoch().equals(epoch)) {
                prepared.missed = missed(Objects.requireNonNull(name.symbol()), since.seq());
            }
        } catch (ProtocolException e) {
            prepared.refusal = e;
        }
        return prepared;
    }

    private List<Trade> missed(Symbol symbol, long sinceSeq) {
        InstrumentSnapshot snapshot = history.snapshot(symbol);
        if (snapshot.seq() - sinceSeq > MAX_RECOVERED_TRADES) {
            return List.of();
        }
        return trades.bySeq(snapshot, sinceSeq + 1, snapshot.seq(), MAX_RECOVERED_TRADES);
    }

    /** Called on the flush thread. */
    private RoomReply join(Prepared prepared, Subscriber subscriber) {
        RoomRequest request = prepared.request;
        try {
            RoomName name = prepared.name;
            if (prepared.refusal != null || name == null) {
                throw prepared.refusal != null
                        ? prepared.refusal
                        : new ProtocolException(ErrorCode.UNKNOWN_ROOM, "room", "there is no such room");
            }
            Room room = loop.registry().open(name);
            if (subscriber.membership(name).isPresent()) {
                subscriber.leave(name);
                room = loop.registry().open(name);
            }
            try {
                subscriber.join(room);
            } catch (ProtocolException e) {
                loop.registry().closeIfEmpty(room);
                throw e;
            }
            leaveOtherRates(name, subscriber);
            return answer(room, request, prepared.missed);
        } catch (ProtocolException e) {
            return new RoomReply.Refused(request.name(), e.code(), e.problem().message());
        }
    }

    private RoomReply answer(Room room, RoomRequest request, List<Trade> missed) {
        Cursor since = request.since();
        if (since != null && since.epoch().equals(epoch) && since.seq() <= room.publishedSeq()) {
            Payload recovery = RoomRecovery.since(room, since.seq(), missed);
            if (recovery != null) {
                return new RoomReply.Joined(room.name().toString(), room.publishedSeq(), true, recovery);
            }
        }
        Payload snapshot = room.snapshot(request.snapshotFor(room.name().channel()));
        return new RoomReply.Joined(room.name().toString(), room.publishedSeq(), false, snapshot);
    }

    /** A room is joined at one rate: asking for it at another replaces the first, without a hole. */
    private static void leaveOtherRates(RoomName name, Subscriber subscriber) {
        for (Rate rate : Rate.values()) {
            if (rate != name.rate()) {
                subscriber.leave(name.at(rate));
            }
        }
    }
}
