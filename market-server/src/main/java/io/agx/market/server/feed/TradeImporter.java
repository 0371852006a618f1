package io.agx.market.server.feed;

import io.agx.market.core.model.Instrument;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Feeds a whole file in as history, as fast as it becomes durable, on the caller's thread. For one import; not thread-safe.
 *
 * <p>Up to 8 batches of 500 trades are in flight; back-pressure makes it wait and loses nothing. Importing a file again is
 * harmless: every trade is then a duplicate.
 */
public final class TradeImporter {
    private static final long PROGRESS_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final CsvTradeFile file;
    private final TradeSink sink;
    private final Pacing pacing;
    private final long startNanos;
    private @Nullable LogUnavailableException lost;
    private ImportSummary.@Nullable Rejection firstRejected;
    private long firstTimeMillis = Long.MAX_VALUE;
    private long lastTimeMillis = Long.MIN_VALUE;

    public TradeImporter(CsvTradeFile file, TradeSink sink) {
        this(file, sink, Pacing.SYSTEM);
    }

    TradeImporter(CsvTradeFile file, TradeSink sink, Pacing pacing) {
        this.file = file;
        this.sink = sink;
        this.pacing = pacing;
        this.startNanos = pacing.nanoTime();
    }

    /**
     * Imports the file and returns when all of it is durable.
     *
     * @param instrument what the file's trades are of
     * @param progress told about five times a second and once at the end, on this thread
     * @throws CsvTradeException at a bad line, unless they are skipped; trades before it were imported
     * @throws IOException if the file cannot be read
     * @throws LogUnavailableException if the log did not take a batch; the message says how much was imported. To go on,
     *     import the file again
     * @throws InterruptedException if the thread was interrupted; batches in flight may still become durable
     */
    public ImportSummary run(Instrument instrument, BadLines badLines, Consumer<ImportProgress> progress)
            throws IOException, InterruptedException {
        OfferWindow window = new OfferWindow(sink, OfferWindow.DEFAULT_BATCHES, new Results(), this::stopped, pacing);
        long sizeBytes = file.sizeBytes();
        long nextProgress = startNanos + PROGRESS_NANOS;
        try (CsvTradeReader reader = file.open(instrument, badLines, true)) {
            boolean more = true;
            while (more) {
                more = offerBatch(reader, window);
                requireGoingOn(window, reader);
                if (pacing.nanoTime() - nextProgress >= 0) {
                    nextProgress = pacing.nanoTime() + PROGRESS_NANOS;
                    progress.accept(progress(reader, window, sizeBytes));
                }
            }
            window.awaitAll();
            requireGoingOn(window, reader);
            ImportProgress end = progress(reader, window, sizeBytes);
            progress.accept(end);
            return summary(reader, end);
        }
    }

    /** Offers up to a batch; trades before a bad line are offered, and durable, before its error goes up. */
    private boolean offerBatch(CsvTradeReader reader, OfferWindow window) throws IOException, InterruptedException {
        List<NewTrade> batch = new ArrayList<>(OfferWindow.BATCH_SIZE);
        boolean more = true;
        try {
            while (more && batch.size() < OfferWindow.BATCH_SIZE) {
                more = reader.next();
                if (more) {
                    NewTrade trade = reader.trade();
                    firstTimeMillis = Math.min(firstTimeMillis, trade.timeMillis());
                    lastTimeMillis = Math.max(lastTimeMillis, trade.timeMillis());
                    batch.add(trade);
                }
            }
        } catch (CsvTradeException e) {
            if (!batch.isEmpty()) {
                window.offer(batch);
            }
            window.awaitAll();
            requireGoingOn(window, reader);
            throw e;
        }
        if (!batch.isEmpty()) {
            window.offer(batch);
        }
        return more;
    }

    private boolean stopped() {
        return lost != null || Thread.currentThread().isInterrupted();
    }

    private void requireGoingOn(OfferWindow window, CsvTradeReader reader) throws InterruptedException {
        LogUnavailableException cause = lost;
        if (cause != null) {
            throw new LogUnavailableException(
                    cause.reason(),
                    "import of " + file.path() + " stopped near line " + reader.lineNumber() + " after "
                            + window.counts().accepted() + " trades: " + cause.getMessage(),
                    cause);
        }
        if (Thread.interrupted()) {
            throw new InterruptedException("import of " + file.path() + " was interrupted");
        }
    }

    private ImportProgress progress(CsvTradeReader reader, OfferWindow window, long sizeBytes) {
        return new ImportProgress(
                reader.lineNumber(), reader.bytesRead(), sizeBytes, window.counts(), pacing.nanoTime() - startNanos);
    }

    private ImportSummary summary(CsvTradeReader reader, ImportProgress end) {
        boolean none = firstTimeMillis > lastTimeMillis;
        return new ImportSummary(
                end,
                reader.skippedCount(),
                reader.firstSkipped(),
                Optional.ofNullable(firstRejected),
                none ? 0 : firstTimeMillis,
                none ? 0 : lastTimeMillis);
    }

    private final class Results implements OfferWindow.Listener {
        @Override
        public void onAcked(List<NewTrade> batch, List<TradeResult> results) {
            for (int i = 0; firstRejected == null && i < results.size(); i++) {
                if (results.get(i) instanceof TradeResult.Rejected rejected) {
                    firstRejected = new ImportSummary.Rejection(batch.get(i), rejected);
                }
            }
        }

        @Override
        public void onLost(List<NewTrade> batch, LogUnavailableException cause) {
            if (lost == null) {
                lost = cause;
            }
        }
    }
}
