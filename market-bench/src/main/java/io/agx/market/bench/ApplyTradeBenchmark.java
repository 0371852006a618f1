package io.agx.market.bench;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.InstrumentStatus;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Trade;
import io.agx.market.core.state.MarketState;
import io.agx.market.core.state.StateLimits;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One trade applied to the rolling ticker and to all 16 kline intervals of its instrument.
 *
 * <p>An invocation applies {@value #BATCH} trades, made before it, round robin over the instruments; event time advances so
 * that each instrument has {@code perSecond} trades in a second of market time, whatever their number. {@link #apply} leaves
 * the clock and the flush out of the measured time: they come after each invocation. {@link #applyAndFlush} measures them too:
 * one move of the clock, which closes all candles of the batch, and one flush of all instruments per invocation.
 * {@link #baseline} only reads the trades.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms4g", "-Xmx4g", "-Xmn2g", "-XX:+UseSerialGC"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class ApplyTradeBenchmark {
    private static final int BATCH = 100_000;
    private static final long START_MILLIS = 1_795_305_600_000L;

    @Param({"10", "100", "1000", "10000"})
    public int instruments;

    /** Trades per instrument and second of market time. */
    @Param({"10"})
    public int perSecond;

    private final Trade[] trades = new Trade[BATCH];
    private MarketState market = new MarketState(StateLimits.DEFAULT);
    private DiscardingListener listener = new DiscardingListener();
    private long[] seqs = {};
    private int at;
    private long round;
    private long random = 1;
    private boolean applied;

    @Setup
    public void addInstruments() {
        market = new MarketState(StateLimits.DEFAULT);
        listener = new DiscardingListener();
        seqs = new long[instruments];
        for (int id = 1; id <= instruments; id++) {
            market.add(
                    new Instrument(id, new Symbol("S" + id), "S" + id, "USDT", 8, 8, 1, 1, InstrumentStatus.TRADING));
        }
        market.advance(START_MILLIS);
    }

    @Setup(Level.Invocation)
    public void makeTrades() {
        for (int i = 0; i < BATCH; i++) {
            trades[i] = next();
            at = at + 1 == instruments ? 0 : at + 1;
            round += at == 0 ? 1 : 0;
        }
    }

    @TearDown(Level.Invocation)
    public void flush() {
        if (applied) {
            market.advance(timeMillis());
            market.flush(listener);
        }
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void apply() {
        applied = true;
        applyAll();
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long applyAndFlush() {
        applyAll();
        market.advance(timeMillis());
        market.flush(listener);
        return listener.count();
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long baseline() {
        long sum = 0;
        for (Trade trade : trades) {
            sum += trade.price() ^ trade.timeMillis();
        }
        return sum;
    }

    private void applyAll() {
        int id = 1;
        for (Trade trade : trades) {
            market.apply(id, trade);
            id = id == instruments ? 1 : id + 1;
        }
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
}
