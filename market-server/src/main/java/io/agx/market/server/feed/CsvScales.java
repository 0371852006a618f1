package io.agx.market.server.feed;

import java.io.IOException;
import java.nio.file.Path;

/**
 * What a trade file needs of its instrument, found by reading it once. Immutable. Tick and step size are meant to be one
 * unit at these scales.
 *
 * @param priceScale most decimals of any price, trailing zeros not counted, 0 to 18
 * @param quantityScale most decimals of any quantity, trailing zeros not counted, 0 to 18
 * @param tradeCount lines that hold a trade
 * @param skippedCount bad lines left out
 * @param firstTimeMillis earliest trade time, epoch milliseconds; 0 if there is no trade
 * @param lastTimeMillis latest trade time, epoch milliseconds; 0 if there is no trade
 */
public record CsvScales(
        int priceScale,
        int quantityScale,
        long tradeCount,
        long skippedCount,
        long firstTimeMillis,
        long lastTimeMillis) {

    /**
     * Reads a whole file, streaming.
     *
     * @throws CsvTradeException at a bad line, unless they are skipped
     */
    public static CsvScales infer(Path file, BadLines badLines) throws IOException {
        SkippedLines skipped = new SkippedLines(badLines);
        int priceScale = 0;
        int quantityScale = 0;
        long count = 0;
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        try (CsvRows rows = new CsvRows(file)) {
            while (rows.advance()) {
                try {
                    rows.parse();
                } catch (CsvTradeException e) {
                    skipped.onBadLine(e);
                    continue;
                }
                priceScale = Math.max(priceScale, rows.priceDecimals());
                quantityScale = Math.max(quantityScale, rows.quantityDecimals());
                first = Math.min(first, rows.timeMillis());
                last = Math.max(last, rows.timeMillis());
                count++;
            }
        }
        return new CsvScales(
                priceScale, quantityScale, count, skipped.count(), count == 0 ? 0 : first, count == 0 ? 0 : last);
    }
}
