package io.agx.market.server.feed;

import io.agx.market.core.model.Instrument;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replays a file of trades as if they happened now, at a speed of choice, in the order of the file. Runs on the thread {@code
 * market-replay}; its methods may be called from any.
 *
 * <p>Back-pressure delays the replay and loses nothing: up to 8 batches of at most 500 trades are in flight, and one that was
 * refused is offered again before any later one. If the log does not take a batch, the file cannot be read, or a line is bad
 * (and bad lines are not skipped), the replay ends there, {@link #done()} completes with that error, and event time goes on as
 * after the end.
 */
public final class ReplayFeed implements Feed {
    private static final Logger LOG = LoggerFactory.getLogger(ReplayFeed.class);
    private static final long MAX_PARK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final CsvTradeReader reader;
    private final ReplaySpeed speed;
    private final Pacing pacing;
    private final ReplayClock clock;
    private final FeedThread thread;
    private final OfferWindow window;
    private final FaultLog faults;
    private final String description;
    private final CompletableFuture<FeedCounts> done = new CompletableFuture<>();
    private @Nullable NewTrade upcoming;
    private @Nullable LogUnavailableException lost;

    /**
     * Opens the file and reads its first trade, where event time stands until the start.
     *
     * @throws IOException if the file cannot be read, has no trade, or begins with a bad line
     */
    public static ReplayFeed of(
            CsvTradeFile file, Instrument instrument, ReplaySpeed speed, BadLines badLines, TradeSink sink)
            throws IOException {
        return of(file, instrument, speed, badLines, sink, Pacing.SYSTEM);
    }

    static ReplayFeed of(
            CsvTradeFile file,
            Instrument instrument,
            ReplaySpeed speed,
            BadLines badLines,
            TradeSink sink,
            Pacing pacing)
            throws IOException {
        CsvTradeReader reader = file.open(instrument, badLines, false);
        try {
            if (!reader.next()) {
                throw new IOException(file.path() + " holds no trade");
            }
        } catch (IOException e) {
            reader.close();
            throw e;
        }
        String description = "replay of " + file.path() + " as " + instrument.symbol() + " at " + speed;
        return new ReplayFeed(reader, speed, description, sink, pacing);
    }

    private ReplayFeed(CsvTradeReader reader, ReplaySpeed speed, String description, TradeSink sink, Pacing pacing) {
        this.reader = reader;
        this.speed = speed;
        this.description = description;
        this.pacing = pacing;
        NewTrade first = reader.trade();
        this.upcoming = first;
        this.clock = new ReplayClock(first.timeMillis(), pacing::nanoTime);
        this.thread = new FeedThread("market-replay", this::run);
        this.faults = new FaultLog(LOG, pacing);
        this.window = new OfferWindow(sink, OfferWindow.DEFAULT_BATCHES, new Results(), this::stopped, pacing);
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public void start() {
        thread.start();
    }

    /**
     * Event time, epoch milliseconds: the clock for a server that lives in this replay. Never goes back.
     *
     * <p>It stands at the first trade until the start. At a speed s it then advances s times as fast as time, smoothly, but
     * waits at a trade that is not yet durable; at max speed it is the time of the newest durable trade. After the last
     * trade it goes on at the replay's speed, but real time at most, so that candles close by themselves.
     */
    public long clockMillis() {
        return clock.millis();
    }

    /**
     * Completes on the feed's thread when every trade of the file is settled; exceptionally if the replay ended early; is
     * cancelled if the feed was closed before. Handlers must not block.
     */
    public CompletableFuture<FeedCounts> done() {
        return done.copy();
    }

    /** What became of its trades so far. */
    public FeedCounts counts() {
        return window.counts();
    }

    @Override
    public void close() {
        if (thread.stop()) {
            closeReader();
        }
        done.cancel(false);
    }

    private void run() {
        clock.start(speed);
        try {
            replay();
            boolean settled = window.awaitAll();
            clock.runOn();
            finish(settled);
        } catch (IOException | RuntimeException e) {
            fail(e);
        } finally {
            closeReader();
        }
    }

    private void finish(boolean settled) {
        LogUnavailableException cause = lost;
        if (cause != null) {
            fail(cause);
        } else if (settled && upcoming == null) {
            LOG.info("replay done counts={} skippedLines={}", window.counts(), reader.skippedCount());
            done.complete(window.counts());
        }
    }

    private void fail(Exception cause) {
        clock.runOn();
        LOG.error("replay ended early line={} counts={}", reader.lineNumber(), window.counts(), cause);
        done.completeExceptionally(cause);
    }

    private void replay() throws IOException {
        NewTrade next = upcoming;
        while (next != null && !stopped()) {
            long wait = clock.nanosUntil(next.timeMillis());
            if (wait > 0) {
                pacing.park(Math.min(wait, MAX_PARK_NANOS));
                window.reap();
                continue;
            }
            offerDue(next);
            next = upcoming;
        }
    }

    /** Offers a due trade and those behind it that are due too; trades before a bad line settle before its error goes up. */
    private void offerDue(NewTrade first) throws IOException {
        List<NewTrade> batch = new ArrayList<>();
        batch.add(first);
        try {
            NewTrade next = read();
            while (next != null && batch.size() < OfferWindow.BATCH_SIZE && clock.nanosUntil(next.timeMillis()) <= 0) {
                batch.add(next);
                next = read();
            }
        } catch (CsvTradeException e) {
            upcoming = null;
            window.offer(batch);
            window.awaitAll();
            throw e;
        }
        window.offer(batch);
        raiseClock();
    }

    private @Nullable NewTrade read() throws IOException {
        upcoming = reader.next() ? reader.trade() : null;
        return upcoming;
    }

    /** At a speed, event time may go up to the oldest trade that is not durable yet. */
    private void raiseClock() {
        if (speed.isMax()) {
            return;
        }
        List<NewTrade> oldest = window.oldestUnsettled();
        NewTrade limit = oldest == null ? upcoming : oldest.get(0);
        if (limit != null) {
            clock.raise(limit.timeMillis());
        }
    }

    private boolean stopped() {
        return lost != null || thread.stopped();
    }

    private void closeReader() {
        try {
            reader.close();
        } catch (IOException e) {
            LOG.warn("replay file was not closed", e);
        }
    }

    private final class Results implements OfferWindow.Listener {
        @Override
        public void onAcked(List<NewTrade> batch, List<TradeResult> results) {
            faults.onAcked(batch, results);
            for (NewTrade trade : batch) {
                clock.raise(trade.timeMillis());
            }
            raiseClock();
        }

        @Override
        public void onLost(List<NewTrade> batch, LogUnavailableException cause) {
            if (lost == null) {
                lost = cause;
            }
        }
    }
}
