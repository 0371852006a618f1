package io.agx.market.bench;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.InstrumentStatus;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineCause;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Sum128;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Trade;
import io.agx.market.core.state.InstrumentCheckpoint;
import io.agx.market.core.state.InstrumentState;
import io.agx.market.core.state.StateLimits;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Prints the heap that live instruments take, by used heap after collection: full ones (every window full, a trade in each of
 * the last 86,400 seconds), ones with an hour of one trade per second behind them, and ones without trades.
 */
public final class StateMemory {
    private static final long NOW_MILLIS = 1_795_305_600_000L;

    private StateMemory() {}

    public static void main(String[] arguments) {
        report("full", 20, 86_400, 1_500, 1_000);
        report("one hour, one trade a second", 50, 3_600, 0, 0);
        report("no trades", 1_000, 0, 0, 0);
    }

    private static void report(String what, int instruments, int seconds, int klines, int trades) {
        long before = usedBytes();
        List<InstrumentState> states = new ArrayList<>();
        for (int id = 1; id <= instruments; id++) {
            states.add(klines > 0 ? restored(id, seconds, klines, trades) : played(id, seconds));
        }
        long perInstrument = (usedBytes() - before) / states.size();
        System.out.println(what + ": " + perInstrument / 1_024 + " KiB per instrument");
    }

    private static InstrumentState played(int id, int seconds) {
        InstrumentState state = new InstrumentState(instrument(id), StateLimits.DEFAULT);
        DiscardingListener listener = new DiscardingListener();
        for (int second = 1; second <= seconds; second++) {
            long timeMillis = NOW_MILLIS + second * 1_000L;
            state.advance(timeMillis);
            state.apply(trade(second, timeMillis));
            state.flush(listener);
        }
        return state;
    }

    private static InstrumentState restored(int id, int seconds, int klines, int trades) {
        Map<KlineInterval, List<Kline>> byInterval = new EnumMap<>(KlineInterval.class);
        for (KlineInterval interval : KlineInterval.values()) {
            byInterval.put(interval, klines(interval, klines));
        }
        List<Trade> recent = new ArrayList<>();
        for (int i = 1; i <= trades; i++) {
            recent.add(trade(i, NOW_MILLIS - trades + i));
        }
        InstrumentState state = new InstrumentState(instrument(id), StateLimits.DEFAULT);
        state.restore(new InstrumentCheckpoint(
                trades, NOW_MILLIS, 5, 5, NOW_MILLIS, byInterval, klines(KlineInterval.SECOND_1, seconds), recent));
        return state;
    }

    private static List<Kline> klines(KlineInterval interval, int count) {
        List<Kline> klines = new ArrayList<>();
        long open = interval.openTimeMillis(NOW_MILLIS);
        for (int i = 0; i < count; i++) {
            long next = interval.nextOpenTimeMillis(open);
            klines.add(0, kline(interval, open, next, count - i));
            open = interval.openTimeMillis(open - 1);
        }
        return klines;
    }

    private static Kline kline(KlineInterval interval, long open, long next, long price) {
        return new Kline(
                interval,
                open,
                next,
                price,
                price,
                price,
                price,
                Sum128.of(1),
                Sum128.of(price),
                Sum128.of(1),
                Sum128.of(price),
                1,
                1,
                1,
                open,
                open,
                true,
                KlineCause.CLOCK);
    }

    private static Trade trade(long seq, long timeMillis) {
        String id = "trade-" + (1_000_000_000L + seq);
        return new Trade(seq, id, 1_000 + seq % 100, 5, Side.BUY, timeMillis, false);
    }

    private static Instrument instrument(int id) {
        return new Instrument(id, new Symbol("S" + id), "S" + id, "USDT", 8, 8, 1, 1, InstrumentStatus.TRADING);
    }

    private static long usedBytes() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
