package io.agx.market.server.journal;

import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.model.FixedPoint;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Texts;
import io.agx.market.core.model.Trade;
import io.agx.market.server.journal.LogEntry.InstrumentDefined;
import io.agx.market.server.journal.LogEntry.MessageAdded;
import io.agx.market.server.journal.LogEntry.MessagesRead;
import io.agx.market.server.journal.LogEntry.MessagesTrimmed;
import io.agx.market.server.journal.LogEntry.TradeAccepted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Prints and checks a segment, or all segments of a log's directory, without changing anything and without the log's lock. Used once,
 * by one thread.
 *
 * <p>One line per entry, fields separated by a space, prices and quantities as decimals (as plain units with {@code u} where the
 * instrument's definition was not seen), then a summary. Of a message what is said in it is not printed, only how many characters it has:
 *
 * <pre>
 * 40 instrument BTC-USDT #1 BTC/USDT scales=2,8 tick=0.01 step=0.00000001 TRADING
 * 71 trade BTC-USDT seq=1 id=7 price=800.01 qty=0.1 BUY 2026-01-02T03:04:05.678Z
 * 110 message alice seq=1 type=notice key=k-1 content=120 2026-01-02T03:04:05.678Z
 * 3 entries, 1 groups, 95 bytes: ok
 * </pre>
 */
public final class LogPrinter {
    private final Appendable out;
    private final boolean printsEntries;
    private final Map<Integer, Instrument> instruments = new HashMap<>();
    private final StringBuilder line = new StringBuilder(160);
    private long entries;
    private long groups;
    private long bytes;
    private @Nullable String damage;

    /**
     * @param out where the lines go
     * @param printsEntries whether to print the entries, not only the summary
     */
    public LogPrinter(Appendable out, boolean printsEntries) {
        this.out = out;
        this.printsEntries = printsEntries;
    }

    /**
     * Prints a segment file, or a directory's segments in order.
     *
     * @return whether all of it is whole; a torn group at the very end, which the next start would cut, is not
     * @throws IOException if there is no such log, or it cannot be read
     */
    public boolean print(Path fileOrDirectory) throws IOException {
        if (Files.isDirectory(fileOrDirectory)) {
            printDirectory(DiskFiles.existing(fileOrDirectory));
        } else {
            Path absolute = fileOrDirectory.toAbsolutePath();
            Path name = absolute.getFileName();
            Path parent = absolute.getParent();
            if (name == null || parent == null || !SegmentHeader.isFileName(name.toString())) {
                throw new IOException(fileOrDirectory + " is not named like a segment, trades-<20 digits>.log");
            }
            printSegment(DiskFiles.existing(parent), name.toString(), true);
        }
        out.append(entries + " entries, " + groups + " groups, " + bytes + " bytes: "
                        + (damage == null ? "ok" : damage))
                .append('\n');
        return damage == null;
    }

    private void printDirectory(LogFiles files) throws IOException {
        long[] starts = LogOpening.startPositions(files);
        if (starts.length == 0) {
            throw new IOException("no segments in " + files.name());
        }
        for (int i = 0; i < starts.length && damage == null; i++) {
            boolean newest = i + 1 == starts.length;
            String name = SegmentHeader.fileName(starts[i]);
            long size = printSegment(files, name, newest);
            if (!newest && damage == null && starts[i] + size != starts[i + 1]) {
                damage = "damaged: " + name + " at offset " + size + ": the next segment is "
                        + SegmentHeader.fileName(starts[i + 1]);
            }
        }
    }

    private long printSegment(LogFiles files, String name, boolean newest) throws IOException {
        try (LogFile file = files.openForReading(name)) {
            SegmentHeader header = SegmentHeader.read(name, file);
            if (header == null) {
                damage = "damaged: " + name + " at offset 0: the segment header is not whole";
                return file.size();
            }
            SegmentScanner.Result found = SegmentScanner.scan(file, header.startPosition(), this::onEntry);
            entries += found.entries();
            groups += found.groups();
            bytes += found.sizeBytes();
            if (found.damage() != null) {
                boolean torn = found.torn() && newest;
                damage = (torn ? "torn tail, cut at the next start: " : "damaged: ") + name + " at offset "
                        + (torn ? found.wholeBytes() : found.damageOffset()) + ": " + found.damage();
            }
            return found.sizeBytes();
        } catch (LogDamagedException e) {
            damage = String.valueOf(e.getMessage());
            return 0;
        }
    }

    private void onEntry(long position, LogEntry entry) throws IOException {
        if (entry instanceof InstrumentDefined defined) {
            instruments.put(defined.instrument().id(), defined.instrument());
        }
        if (!printsEntries) {
            return;
        }
        line.setLength(0);
        line.append(position);
        if (entry instanceof InstrumentDefined defined) {
            describe(defined.instrument());
        } else if (entry instanceof TradeAccepted accepted) {
            describe(accepted.instrumentId(), accepted.trade());
        } else if (entry instanceof MessageAdded added) {
            describe(added.message());
        } else if (entry instanceof MessagesRead read) {
            line.append(" read ")
                    .append(Texts.clip(read.userId()))
                    .append(" to=")
                    .append(read.toSeq());
            line.append(" seqs=").append(read.seqs().size()).append(' ');
            line.append(Instant.ofEpochMilli(read.timeMillis()));
        } else if (entry instanceof MessagesTrimmed trimmed) {
            line.append(" trimmed ")
                    .append(Texts.clip(trimmed.userId()))
                    .append(" to=")
                    .append(trimmed.toSeq());
        }
        out.append(line.append('\n'));
    }

    private void describe(UserMessage message) {
        line.append(" message ")
                .append(Texts.clip(message.userId()))
                .append(" seq=")
                .append(message.seq());
        line.append(" type=").append(message.type());
        if (message.key() != null) {
            line.append(" key=").append(Texts.clip(message.key()));
        }
        line.append(" content=")
                .append(message.title().length() + message.content().length());
        line.append(' ').append(Instant.ofEpochMilli(message.createdTimeMillis()));
    }

    private void describe(Instrument instrument) {
        line.append(" instrument ").append(instrument.symbol()).append(" #").append(instrument.id());
        line.append(' ').append(instrument.baseAsset()).append('/').append(instrument.quoteAsset());
        line.append(" scales=").append(instrument.priceScale()).append(',').append(instrument.quantityScale());
        line.append(" tick=");
        FixedPoint.append(line, instrument.tickSize(), instrument.priceScale());
        line.append(" step=");
        FixedPoint.append(line, instrument.stepSize(), instrument.quantityScale());
        line.append(' ').append(instrument.status());
    }

    private void describe(int instrumentId, Trade trade) {
        Instrument instrument = instruments.get(instrumentId);
        line.append(" trade ");
        if (instrument == null) {
            line.append('#').append(instrumentId);
        } else {
            line.append(instrument.symbol());
        }
        line.append(" seq=").append(trade.seq()).append(" id=").append(Texts.clip(trade.id()));
        if (instrument == null) {
            line.append(" price=")
                    .append(trade.price())
                    .append("u qty=")
                    .append(trade.quantity())
                    .append('u');
        } else {
            line.append(" price=");
            FixedPoint.append(line, trade.price(), instrument.priceScale());
            line.append(" qty=");
            FixedPoint.append(line, trade.quantity(), instrument.quantityScale());
        }
        line.append(' ').append(trade.takerSide()).append(' ').append(Instant.ofEpochMilli(trade.timeMillis()));
        if (trade.backfill()) {
            line.append(" backfill");
        }
    }
}
