package io.agx.market.server.feed;

import io.agx.market.core.model.Instrument;
import java.io.Closeable;
import java.io.IOException;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the trades of a {@link CsvTradeFile} in the order of its lines, one at a time, in bounded memory. Says nothing of
 * whether a price is on the tick or positive: that is ingest's. Owned by one thread.
 */
public final class CsvTradeReader implements Closeable {
    private final CsvRows rows;
    private final Instrument instrument;
    private final SkippedLines skipped;
    private final boolean backfill;
    private @Nullable NewTrade trade;

    CsvTradeReader(CsvTradeFile file, Instrument instrument, BadLines badLines, boolean backfill) throws IOException {
        this.rows = new CsvRows(file.path());
        this.instrument = instrument;
        this.skipped = new SkippedLines(badLines);
        this.backfill = backfill;
    }

    /**
     * Moves to the next trade.
     *
     * @return false at the end
     * @throws CsvTradeException at a bad line, unless they are skipped; a value with more decimals than the instrument's
     *     scale is bad too
     */
    public boolean next() throws IOException {
        while (rows.advance()) {
            try {
                rows.parse();
                trade = new NewTrade(
                        instrument,
                        rows.id(),
                        rows.price(instrument.priceScale()),
                        rows.quantity(instrument.quantityScale()),
                        rows.side(),
                        rows.timeMillis(),
                        backfill);
                return true;
            } catch (CsvTradeException e) {
                skipped.onBadLine(e);
            }
        }
        trade = null;
        return false;
    }

    /**
     * The trade that {@link #next()} moved to.
     *
     * @throws NoSuchElementException before the first and after the last trade
     */
    public NewTrade trade() {
        if (trade == null) {
            throw new NoSuchElementException("no trade: next() was not called or returned false");
        }
        return trade;
    }

    /** Number of the line read last, the first being 1. */
    public long lineNumber() {
        return rows.lineNumber();
    }

    /** Bytes taken from the file so far, as it lies on disk; for progress against {@link CsvTradeFile#sizeBytes()}. */
    public long bytesRead() {
        return rows.bytesRead();
    }

    /** Bad lines left out so far. */
    public long skippedCount() {
        return skipped.count();
    }

    /** The error of the first line that was left out. */
    public Optional<CsvTradeException> firstSkipped() {
        return skipped.first();
    }

    @Override
    public void close() throws IOException {
        rows.close();
    }
}
