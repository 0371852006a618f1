package io.agx.market.server.durability;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.InstrumentStatus;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Trade;
import io.agx.market.server.feed.NewTrade;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Seeded trades: bursts and pauses, some late by seconds to days. */
public final class RandomTrades {
    /** 2026-11-21T20:00:00Z, a Saturday: a day, a week and months end soon after. */
    public static final long START = 1_795_291_200_000L;

    private final Random random;
    private long timeMillis;
    private long count;

    /** From {@link #START} on. */
    public RandomTrades(long seed) {
        this(seed, START);
    }

    public RandomTrades(long seed, long fromMillis) {
        random = new Random(seed);
        timeMillis = fromMillis;
    }

    public static Instrument instrument(int id) {
        return new Instrument(
                id, new Symbol("S" + id + "-USDT"), "S" + id, "USDT", 2, 8, 1, 1, InstrumentStatus.TRADING);
    }

    /** The next trades of an instrument. */
    public List<NewTrade> next(Instrument instrument, int size) {
        List<NewTrade> trades = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            int kind = random.nextInt(1_000);
            timeMillis +=
                    kind < 600 ? random.nextInt(300) : kind < 995 ? random.nextInt(4_000) : random.nextInt(900_000);
            long late = random.nextInt(10) > 0
                    ? 0
                    : random.nextInt(10) > 0 ? random.nextInt(20_000) : random.nextInt(200_000_000);
            trades.add(new NewTrade(
                    instrument,
                    Long.toString(++count),
                    1 + random.nextInt(10_000_000),
                    1 + random.nextLong(1_000_000_000_000L),
                    Side.ofCode(random.nextInt(3)),
                    timeMillis - late,
                    random.nextInt(50) == 0));
        }
        return trades;
    }

    /** The next trades of an instrument, numbered. */
    public List<Trade> next(Instrument instrument, long fromSeq, int size) {
        List<Trade> trades = new ArrayList<>(size);
        for (NewTrade trade : next(instrument, size)) {
            trades.add(new Trade(
                    fromSeq + trades.size(),
                    trade.id(),
                    trade.price(),
                    trade.quantity(),
                    trade.takerSide(),
                    trade.timeMillis(),
                    trade.backfill()));
        }
        return trades;
    }

    /** The highest time given out so far, late ones aside. */
    public long timeMillis() {
        return timeMillis;
    }
}
