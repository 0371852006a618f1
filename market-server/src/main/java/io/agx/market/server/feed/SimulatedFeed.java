package io.agx.market.server.feed;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Symbol;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A made-up market, the feed of a server that has no other. Runs on the thread {@code market-feed}; its methods may be
 * called from any.
 *
 * <p>Under back-pressure the same trades are offered again when told to, and the market stands still meanwhile: what would
 * have been traded is not made up for beyond one second. When the log takes no trades, the group is counted as lost, the
 * operator is told at most once a minute, and the market goes on.
 */
public final class SimulatedFeed implements Feed {
    /** Mean rate of all instruments together: the busiest trades ten times a second, the quietest every few seconds. */
    public static final double DEFAULT_TRADES_PER_SECOND = 40;

    private static final Logger LOG = LoggerFactory.getLogger(SimulatedFeed.class);
    private static final int MAX_BATCHES = 16;
    private static final long MAX_BEHIND_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long MAX_PARK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final SimulatedTrades trades;
    private final QuoteSink quotes;
    private final LongSupplier clockMillis;
    private final Pacing pacing;
    private final FeedThread thread;
    private final OfferWindow window;
    private final FaultLog faults;
    private final String description;

    /**
     * @param instruments of {@link SimulatedMarket}, as registered
     * @param tradesPerSecond mean rate of all together, above 0
     * @param seed of the random numbers
     * @param lastPrice a symbol's last known price in units, to continue from after a restart; asked here, once per symbol
     * @param sink where the trades go
     * @param quotes where the quotes go: of each instrument that traded, around its last price
     * @param clockMillis the trades' time, epoch milliseconds; asked on the feed's thread
     * @throws IllegalArgumentException if there is no instrument, one is not of the simulated market, or the rate is not
     *     above 0
     */
    public SimulatedFeed(
            List<Instrument> instruments,
            double tradesPerSecond,
            long seed,
            Function<Symbol, OptionalLong> lastPrice,
            TradeSink sink,
            QuoteSink quotes,
            LongSupplier clockMillis) {
        this(
                new SimulatedTrades(instruments, tradesPerSecond, new Random(seed), lastPrice),
                sink,
                quotes,
                clockMillis,
                Pacing.SYSTEM);
    }

    SimulatedFeed(SimulatedTrades trades, TradeSink sink, QuoteSink quotes, LongSupplier clockMillis, Pacing pacing) {
        this.trades = trades;
        this.quotes = quotes;
        this.clockMillis = clockMillis;
        this.pacing = pacing;
        this.thread = new FeedThread("market-feed", this::run);
        this.faults = new FaultLog(LOG, pacing);
        this.window = new OfferWindow(sink, MAX_BATCHES, new Results(), thread::stopped, pacing);
        this.description = String.format(
                Locale.ROOT, "simulated: %d instruments, %.0f trades/s", trades.instrumentCount(), trades.rate());
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public void start() {
        thread.start();
    }

    /** What became of its trades so far. */
    public FeedCounts counts() {
        return window.counts();
    }

    @Override
    public void close() {
        thread.stop();
    }

    private void run() {
        try {
            trade();
        } catch (RuntimeException e) {
            LOG.error("simulated feed stopped by a fault of its own", e);
        }
    }

    private void trade() {
        long dueNanos = pacing.nanoTime() + trades.nextDelayNanos();
        while (!thread.stopped()) {
            long now = pacing.nanoTime();
            if (dueNanos - now > 0) {
                pacing.park(Math.min(dueNanos - now, MAX_PARK_NANOS));
                window.reap();
                continue;
            }
            if (now - dueNanos > MAX_BEHIND_NANOS) {
                dueNanos = now;
            }
            List<NewTrade> batch = new ArrayList<>();
            long timeMillis = clockMillis.getAsLong();
            while (dueNanos - now <= 0 && batch.size() < OfferWindow.BATCH_SIZE) {
                batch.add(trades.next(timeMillis));
                dueNanos += trades.nextDelayNanos();
            }
            if (window.offer(batch)) {
                quotes.offer(trades.quotes(timeMillis));
            }
        }
    }

    private final class Results implements OfferWindow.Listener {
        @Override
        public void onAcked(List<NewTrade> batch, List<TradeResult> results) {
            faults.onAcked(batch, results);
        }

        @Override
        public void onLost(List<NewTrade> batch, LogUnavailableException cause) {
            faults.onLost(cause, window.counts().lost());
        }
    }
}
