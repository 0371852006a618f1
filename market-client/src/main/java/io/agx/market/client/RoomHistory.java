package io.agx.market.client;

import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.KlineData;
import io.agx.market.core.protocol.KlinesQuery;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.RequestId;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.TradeData;
import io.agx.market.core.protocol.TradesQuery;
import io.agx.market.core.protocol.UtcOffsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Fills the holes of trade and kline rooms: what is missing is asked for over the connection itself, as REST would answer it. Owned by the
 * client's thread, but for the two counters that anyone may read.
 */
final class RoomHistory {
    /** How often a hole is asked for, if history cannot be read for the time being: for about half a minute. */
    static final int MAX_TRIES = 30;

    private final Session session;
    private final Requests requests;
    private final Timers timers;
    private final long gapFillLimit;
    private final AtomicLong gapCount = new AtomicLong();
    private final AtomicLong filledTradeCount = new AtomicLong();

    RoomHistory(Session session, Requests requests, Timers timers, long gapFillLimit) {
        this.session = session;
        this.requests = requests;
        this.timers = timers;
        this.gapFillLimit = gapFillLimit;
    }

    long gapCount() {
        return gapCount.get();
    }

    long filledTradeCount() {
        return filledTradeCount.get();
    }

    /** A room whose holes are filled. */
    Subscription subscription(RoomName room, int snapshotCount, Sink sink, CompletableFuture<SubscribeReply> reply) {
        Subscription made = new Subscription(room, snapshotCount, sink, reply);
        switch (room.channel()) {
            case TRADE -> made.keepOrder(new TradeOutlet(made).sequence);
            case KLINE -> made.keepOrder(new KlineOutlet(made).sequence);
            default -> {} // Of a ticker the newest is all there is.
        }
        return made;
    }

    /**
     * A question to history.
     *
     * @param awaited whether its answer still counts
     * @param onNone told when there will be no answer
     */
    private record Question(
            Function<RequestId, ClientCommand> command,
            BooleanSupplier awaited,
            Consumer<ReceivedEvent.Answer> onAnswer,
            Runnable onNone) {}

    private void ask(Question question, int attempt) {
        if (session.isClosed() || !question.awaited().getAsBoolean()) {
            return;
        }
        if (!session.isReading()) {
            again(question, attempt); // The listeners are behind: more would only wait in memory.
            return;
        }
        session.send(requests.add(
                question.command(), false, session.requestDeadline(), question.onAnswer(), failure -> {
                    if (failure.temporary() && attempt < MAX_TRIES) {
                        again(question, attempt + 1);
                    } else if (!session.isClosed()) {
                        question.onNone().run();
                    }
                }));
    }

    private void again(Question question, int attempt) {
        timers.schedule(() -> ask(question, attempt), Subscriber.RETRY_MILLIS);
    }

    private final class TradeOutlet implements TradeSequence.Outlet {
        private final Subscription of;
        private final TradeSequence sequence = new TradeSequence(this, gapFillLimit, TradesQuery.MAX_LIMIT);

        TradeOutlet(Subscription of) {
            this.of = of;
        }

        @Override
        public void trades(List<TradeData> trades) {
            of.sink().trades(of.room(), trades);
        }

        @Override
        public void gap(long fromSeq, long toSeq, String rest) {
            gapCount.incrementAndGet();
            session.emit(new LifecycleEvent.Gap(of.room(), fromSeq, toSeq, rest));
        }

        @Override
        public void filled(long fromSeq, long toSeq) {
            filledTradeCount.addAndGet(toSeq - fromSeq + 1);
            session.emit(new LifecycleEvent.Filled(of.room(), fromSeq, toSeq));
        }

        @Override
        public void askHistory(long fromSeq, int limit, long ticket) {
            Symbol symbol = Objects.requireNonNull(of.room().symbol());
            ask(
                    new Question(
                            id -> new ClientCommand.Trades(id, new TradesQuery(symbol, fromSeq, null, null, limit)),
                            () -> sequence.awaits(ticket),
                            answer -> {
                                List<TradeData> trades =
                                        answer instanceof ReceivedEvent.Trades found ? found.trades() : List.of();
                                sequence.history(ticket, trades, trades.size() < limit);
                            },
                            () -> sequence.noHistory(ticket)),
                    1);
        }
    }

    private final class KlineOutlet implements KlineSequence.Outlet {
        private final Subscription of;
        private final KlineInterval interval;
        private final KlineSequence sequence;

        KlineOutlet(Subscription of) {
            this.of = of;
            this.interval = Objects.requireNonNull(of.room().interval());
            this.sequence = new KlineSequence(this, gapFillLimit, interval.nominalMillis());
        }

        @Override
        public void kline(KlineData kline) {
            of.sink().kline(of.room(), kline);
        }

        @Override
        public void gap(long fromTimeMillis, long toTimeMillis) {
            gapCount.incrementAndGet();
            session.emit(new LifecycleEvent.KlineGap(of.room(), fromTimeMillis, toTimeMillis, rest(fromTimeMillis)));
        }

        @Override
        public void askHistory(long fromTimeMillis, long ticket) {
            RoomName room = of.room();
            Symbol symbol = Objects.requireNonNull(room.symbol());
            KlinesQuery query = new KlinesQuery(
                    symbol, interval, fromTimeMillis, null, KlinesQuery.MAX_LIMIT, room.utcOffsetMinutes(), true);
            ask(
                    new Question(
                            id -> new ClientCommand.Klines(id, query),
                            () -> sequence.awaits(ticket),
                            answer -> sequence.history(
                                    ticket, answer instanceof ReceivedEvent.Klines found ? found.klines() : List.of()),
                            () -> sequence.noHistory(ticket)),
                    1);
        }

        private String rest(long fromTimeMillis) {
            RoomName room = of.room();
            String offset = UtcOffsets.format(room.utcOffsetMinutes()).replace("+", "%2B");
            return "/api/v1/klines?symbol=" + room.symbol() + "&interval=" + interval.code() + "&startTime="
                    + fromTimeMillis + (room.utcOffsetMinutes() == 0 ? "" : "&utcOffset=" + offset);
        }
    }
}
