package io.agx.market.core.testing;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.InstrumentStatus;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Trade;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Trades for tests: short literals, and seeded random ones. */
public final class Trades {
    /** 2026-11-22T00:00:00Z, a Sunday. */
    public static final long DAY = 1_795_305_600_000L;

    private Trades() {}

    public static Instrument instrument(int id) {
        return new Instrument(
                id, new Symbol("S" + id + "-USDT"), "S" + id, "USDT", 8, 8, 1, 1, InstrumentStatus.TRADING);
    }

    public static Trade trade(long seq, long timeMillis, long price, long quantity) {
        return new Trade(seq, "t" + seq, price, quantity, seq % 2 == 0 ? Side.BUY : Side.SELL, timeMillis, false);
    }

    /** The same trades with seq 1, 2, 3 … in list order. */
    public static List<Trade> numbered(List<Trade> trades) {
        List<Trade> numbered = new ArrayList<>();
        for (Trade trade : trades) {
            long seq = numbered.size() + 1L;
            numbered.add(new Trade(
                    seq,
                    trade.id(),
                    trade.price(),
                    trade.quantity(),
                    trade.takerSide(),
                    trade.timeMillis(),
                    trade.backfill()));
        }
        return numbered;
    }

    /**
     * Random trades with ascending times: bursts within a second, pauses of seconds to days.
     *
     * @param distinctTimes whether no two have the same time
     */
    public static List<Trade> random(Random random, int count, long fromMillis, boolean distinctTimes) {
        List<Trade> trades = new ArrayList<>();
        Set<Long> times = new HashSet<>();
        long timeMillis = fromMillis;
        for (int i = 1; i <= count; i++) {
            timeMillis += pauseMillis(random);
            while (distinctTimes && !times.add(timeMillis)) {
                timeMillis++;
            }
            long price = 1 + (long) (Math.abs(random.nextGaussian()) * 1e10);
            long quantity = 1 + random.nextLong(random.nextInt(10) == 0 ? 4_000_000_000_000_000_000L : 1_000_000);
            Side side = Side.ofCode(random.nextInt(3));
            trades.add(new Trade(i, "r" + i, price, quantity, side, timeMillis, false));
        }
        return trades;
    }

    /** Swaps neighbours near and far, so that some trades come late; seqs follow the new order. */
    public static List<Trade> disordered(Random random, List<Trade> trades, int reach) {
        List<Trade> shuffled = new ArrayList<>(trades);
        for (int i = 0; i < shuffled.size(); i++) {
            if (random.nextInt(3) == 0) {
                Collections.swap(shuffled, i, Math.min(shuffled.size() - 1, i + random.nextInt(reach)));
            }
        }
        return numbered(shuffled);
    }

    private static long pauseMillis(Random random) {
        int kind = random.nextInt(100);
        if (kind < 60) {
            return random.nextInt(400);
        }
        if (kind < 90) {
            return random.nextInt(5_000);
        }
        if (kind < 98) {
            return random.nextInt(600_000);
        }
        return random.nextInt(40_000_000);
    }
}
