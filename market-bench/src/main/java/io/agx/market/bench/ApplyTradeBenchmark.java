package io.agx.market.bench;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.InstrumentStatus;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import io.agx.market.core.state.MarketListener;
import io.agx.market.core.state.MarketState;
import io.agx.market.core.state.StateLimits;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One trade applied to the rolling ticker and to all 16 kline intervals of its instrument.
 *
 * <p>Trades go round robin over the instruments; event time advances so that each instrument has {@code perSecond} trades in
 * a second of market time, whatever their number. {@link #apply} moves the clock (which closes candles and makes flat ones)
 * and flushes all that changed once per {@code flushEvery} trades per instrument, inside the measurement: market time between
 * flushes is {@code flushEvery / perSecond} seconds. {@link #baseline} makes the same trades and applies none.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g", "-XX:+UseSerialGC"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class ApplyTradeBenchmark {
    private static final long START_MILLIS = 1_795_305_600_000L;

    @Param({"10", "100", "1000", "10000"})
    public int instruments;

    /** Trades per instrument and second of market time. */
    @Param({"10"})
    public int perSecond;

    /** Trades per instrument between two flushes. */
    @Param({"100"})
    public int flushEvery;

    private MarketState market = new MarketState(StateLimits.DEFAULT);
    private long[] seqs = {};
    private int at;
    private long round;
    private int untilFlush;
    private long random = 1;
    private CountingListener listener = new CountingListener();

    @Setup
    public void fill() {
        // A short memory of candles, so that a long run measures the way of a trade and not the collector.
        market = new MarketState(new StateLimits(200, 200, 2_000));
        listener = new CountingListener();
        seqs = new long[instruments];
        for (int id = 1; id <= instruments; id++) {
            market.add(
                    new Instrument(id, new Symbol("S" + id), "S" + id, "USDT", 8, 8, 1, 1, InstrumentStatus.TRADING));
        }
        untilFlush = instruments * flushEvery;
    }

    @Benchmark
    public void apply() {
        Trade trade = next();
        market.apply(at + 1, trade);
        step(true);
    }

    @Benchmark
    public Trade baseline() {
        Trade trade = next();
        step(false);
        return trade;
    }

    private Trade next() {
        random = random * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
        long price = 8_000_000_000_000L + (random >>> 40);
        long quantity = 1 + (random >>> 44);
        Side side = random < 0 ? Side.BUY : Side.SELL;
        return new Trade(++seqs[at], "0", price, quantity, side, timeMillis(), false);
    }

    private long timeMillis() {
        return START_MILLIS + round * 1_000 / perSecond;
    }

    private void step(boolean flushes) {
        if (++at == instruments) {
            at = 0;
            round++;
        }
        if (--untilFlush == 0) {
            untilFlush = instruments * flushEvery;
            if (flushes) {
                market.advance(timeMillis());
                market.flush(listener);
            }
        }
    }

    /** Counts, so that nothing is optimised away. */
    private static final class CountingListener implements MarketListener {
        private long count;

        @Override
        public void onTrades(Instrument instrument, List<Trade> trades) {
            count += trades.size();
        }

        @Override
        public void onTicker(Instrument instrument, Ticker ticker) {
            count += ticker.count();
        }

        @Override
        public void onKline(Instrument instrument, int utcOffsetMinutes, Kline kline) {
            count += kline.count();
        }
    }
}
