package io.agx.market.server.feed;

import io.agx.market.core.model.Instrument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file of trades of one instrument, one per line, comma-separated, plain or gzip (told by its content). Immutable.
 *
 * <p>Two forms are read:
 *
 * <ol>
 *   <li>{@code timestamp,price,amount}, with that header or none;
 *   <li>any columns in any order named by a header: {@code time} (or {@code timestamp}, {@code ts}), {@code price},
 *       {@code qty} (or {@code amount}, {@code quantity}, {@code size}, {@code volume}) are needed; {@code side} (or {@code
 *       takerSide}, {@code taker_side}; {@code buy}, {@code sell}, {@code unknown} or empty) and {@code id} (or {@code
 *       tradeId}, {@code trade_id}; 1 to 36 characters) are optional; others are passed over. Case does not count.
 * </ol>
 *
 * <p>Times are epoch seconds (10 digits, decimals allowed), milliseconds (13) or microseconds (16), UTC, and end as
 * milliseconds, cut off. Prices and quantities are plain unsigned decimals without exponent; no quotes. Spaces around a
 * field, empty lines, a byte order mark and {@code \r\n} are accepted; a line is at most 4,096 bytes.
 *
 * <p>A file without ids gets {@code timeMillis × 1000 + ordinal}, the ordinal counting the lines with the same time from 0,
 * so that reading the same file again gives the same ids and an import is idempotent. There is room for 1,000,000 trades a
 * second in a file stamped in seconds, 1,000 a millisecond in others; more is an error. Two files that share a time share
 * ids as well: cut files between two times, or give them ids.
 *
 * @param path the file; must not change while it is read
 */
public record CsvTradeFile(Path path) {
    /** Opens the file for reading its trades in order. The caller closes the reader. */
    public CsvTradeReader open(Instrument instrument, BadLines badLines, boolean backfill) throws IOException {
        return new CsvTradeReader(this, instrument, badLines, backfill);
    }

    /** Reads the whole file once to see what scales it needs. */
    public CsvScales scales(BadLines badLines) throws IOException {
        return CsvScales.infer(path, badLines);
    }

    /** Bytes on disk, compressed or not. */
    public long sizeBytes() throws IOException {
        return Files.size(path);
    }
}
