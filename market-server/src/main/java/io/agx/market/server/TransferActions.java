package io.agx.market.server;

import io.agx.market.server.cli.ExitCode;
import io.agx.market.server.config.StoreConfig;
import io.agx.market.server.journal.LogBeginning;
import io.agx.market.server.journal.SegmentedTradeLog;
import io.agx.market.server.store.MarketStore;
import io.agx.market.server.store.StoreDatabase;
import io.agx.market.server.store.StoreLocation;
import io.agx.market.server.store.StoreSums.Table;
import io.agx.market.server.store.StoreVerifier;
import io.agx.market.server.store.StoreWriter;
import io.agx.market.server.transfer.ExportHeader;
import io.agx.market.server.transfer.ExportReader;
import io.agx.market.server.transfer.StoreExporter;
import io.agx.market.server.transfer.StoreImporter;
import io.agx.market.server.transfer.TransferProgress;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** {@code market export}, and {@code market import} of an export. */
final class TransferActions {
    private static final Path STANDARD_STREAM = Path.of("-");
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int MAX_DIFFERENCES_SHOWN = 20;
    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final PrintWriter out;

    /** @param out where it is told what happens */
    TransferActions(PrintWriter out) {
        this.out = out;
    }

    /**
     * Writes what a data folder's store has to a file, or to standard output. The store first takes from the log what it does not have yet.
     *
     * @param databaseOnly whether to leave the log alone, and write what the database has
     */
    int export(Path dataDir, StoreConfig config, Path file, boolean databaseOnly) throws IOException {
        if (!file.equals(STANDARD_STREAM) && Files.exists(file)) {
            throw new FileAlreadyExistsException("the file " + file + " exists; an export does not overwrite it");
        }
        if (databaseOnly) {
            StoreLocation location = MarketData.locationOf(dataDir, config);
            refuseCutImport(location);
            if (location.isEmbedded() && !Files.isDirectory(location.folder())) {
                throw new IOException("there is no " + location);
            }
            try (MarketStore store = StoreDatabase.open(location)) {
                MarketData.refuseCutImport(store, location);
                store.pending()
                        .ifPresent(
                                pending -> out.println("note: the database was not closed while it copied the log from "
                                        + pending.fromPosition() + " to " + pending.toPosition()
                                        + "; of that stretch a part may be missing"));
                return export(store, file);
            }
        }
        Path logDir = dataDir.resolve("log");
        if (!LogBeginning.isLog(logDir)) {
            throw new IOException("there is no trade log in " + logDir
                    + "; what the database alone has is exported with --database-only");
        }
        try (MarketData data = MarketData.open(dataDir, config)) {
            long behind = data.log().durablePosition()
                    - Math.max(data.store().checkpointPosition(), data.log().startPosition());
            if (behind > SegmentedTradeLog.DEFAULT_SEGMENT_BYTES / 64) {
                out.printf(Locale.ROOT, "the database takes %,d bytes of the log first%n", behind);
                out.flush();
            }
            new StoreWriter(data.store(), data.log(), Map::of, position -> {}).drain();
            // From here on nobody else can open the database; the log is free for an import that reads this through a
            // pipe.
            data.log().close();
            return export(data.store(), file);
        }
    }

    private int export(MarketStore store, Path file) throws IOException {
        long startNanos = System.nanoTime();
        StoreExporter exporter = new StoreExporter(store, new Progress("exported", out));
        ExportHeader header;
        if (file.equals(STANDARD_STREAM)) {
            OutputStream stream = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER_BYTES);
            header = exporter.run(stream);
            stream.flush();
        } else {
            header = writeFile(exporter, file);
        }
        report("exported", header, exporter.written().count(Table.INSTRUMENT), startNanos);
        return ExitCode.OK;
    }

    /** Under another name until it is whole and durable. */
    private static ExportHeader writeFile(StoreExporter exporter, Path file) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            ExportHeader header;
            try (OutputStream stream = new BufferedOutputStream(Files.newOutputStream(part), BUFFER_BYTES)) {
                header = exporter.run(stream);
            }
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            return header;
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(part);
            throw e;
        }
    }

    /**
     * Puts an export into the empty database of a data folder, and compares. Where the folder has the log that the export is of, the server goes on
     * from the export's position; where it has none, a new log begins there.
     */
    int importExport(Path dataDir, StoreConfig config, Path file) throws IOException {
        boolean piped = file.equals(STANDARD_STREAM);
        if (!piped) {
            if (!ExportReader.isExport(file)) {
                throw new IllegalArgumentException(
                        file + " is no export; of a CSV file, --symbol must name the instrument");
            }
            ExportReader.check(file); // So that a file that is cut changes nothing.
        }
        try (ExportReader reader = piped
                        ? new ExportReader(
                                new BufferedInputStream(new FileInputStream(FileDescriptor.in), BUFFER_BYTES))
                        : ExportReader.open(file);
                Target target = Target.open(dataDir, reader.header())) {
            return target.load(config, reader, out);
        }
    }

    /** Where an import goes: a data folder, with the log that the export is of, or with none. */
    private static final class Target implements AutoCloseable {
        private final Path dataDir;
        private final @Nullable SegmentedTradeLog log;

        private Target(Path dataDir, @Nullable SegmentedTradeLog log) {
            this.dataDir = dataDir;
            this.log = log;
        }

        static Target open(Path dataDir, ExportHeader header) throws IOException {
            Path logDir = dataDir.resolve("log");
            if (!LogBeginning.isLog(logDir)) {
                return new Target(dataDir, null);
            }
            SegmentedTradeLog log = SegmentedTradeLog.open(logDir);
            if (log.isEmpty() && !log.epoch().equals(header.epoch())) {
                log.close();
                return new Target(dataDir, null);
            }
            try {
                require(log, header, logDir);
            } catch (IllegalStateException e) {
                log.close();
                throw e;
            }
            return new Target(dataDir, log);
        }

        private static void require(SegmentedTradeLog log, ExportHeader header, Path logDir) {
            String advice = "; to begin a new history, import into a data folder without a log";
            if (!log.epoch().equals(header.epoch())) {
                throw new IllegalStateException(
                        "the trade log in " + logDir + " is not the one that the export is of (epoch " + log.epoch()
                                + ", the export's is " + header.epoch() + ")" + advice);
            }
            if (header.position() > log.durablePosition()) {
                throw new IllegalStateException("the trade log in " + logDir + " ends at " + log.durablePosition()
                        + ", before the export's position " + header.position() + ": log files are missing" + advice);
            }
            if (header.position() < log.startPosition()) {
                throw new IllegalStateException("the trade log in " + logDir + " begins at " + log.startPosition()
                        + ", after the export's position " + header.position() + ": what is between is in neither");
            }
        }

        int load(StoreConfig config, ExportReader reader, PrintWriter out) throws IOException {
            StoreLocation location = MarketData.locationOf(dataDir, config);
            long startNanos = System.nanoTime();
            try (MarketStore store = StoreDatabase.openForImport(location)) {
                clearCutImport(store, location, out);
                StoreDatabase.beginImport(location);
                StoreImporter importer = new StoreImporter(reader, store, new Progress("imported", out));
                importer.load();
                UUID epoch = log == null ? UUID.randomUUID() : log.epoch();
                importer.bind(epoch);
                report("imported", reader.header(), importer.expected().count(Table.INSTRUMENT), startNanos, out);
                long differences = compare(importer, store, out);
                if (differences > 0) {
                    out.println("DIFFERENT: the database stays marked, and no server will use it; import again");
                    return ExitCode.DIFFERENT;
                }
                if (log == null) {
                    LogBeginning.create(
                            dataDir.resolve("log"), epoch, reader.header().position(), importer.logHeads());
                    out.println("a new trade log begins in " + dataDir.resolve("log") + ", epoch " + epoch
                            + ": clients will see a new history and load their rooms anew");
                } else {
                    out.println("the server goes on from position "
                            + reader.header().position() + " of the trade log in "
                            + dataDir.resolve("log") + ", "
                            + (log.durablePosition() - reader.header().position())
                            + " bytes before its end");
                }
                importer.end();
            }
            StoreDatabase.endImport(location);
            return ExitCode.OK;
        }

        private static void clearCutImport(MarketStore store, StoreLocation location, PrintWriter out) {
            if (store.transfer().mark().isPresent()) {
                out.println("an import that did not end is begun again");
                store.transfer().clear();
            }
            if (!store.transfer().isEmpty()) {
                throw new IllegalStateException(
                        "the " + location + " is not empty; an export is imported into an empty one");
            }
        }

        private long compare(StoreImporter importer, MarketStore store, PrintWriter out) throws IOException {
            long startNanos = System.nanoTime();
            List<String> differences = importer.differences();
            differences.stream()
                    .limit(MAX_DIFFERENCES_SHOWN)
                    .forEach(difference -> out.println("differs: " + difference));
            out.printf(
                    Locale.ROOT,
                    "%s: counts, sums and checksums of %,d tables of instruments, by both databases, in %,d ms%n",
                    differences.isEmpty() ? "equal" : "DIFFERENT",
                    importer.expected().all().size(),
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
            if (log == null || log.startPosition() > 0 || !differences.isEmpty()) {
                return differences.size();
            }
            long[] shown = {0};
            startNanos = System.nanoTime();
            StoreVerifier verifier = new StoreVerifier(log, store, difference -> {
                if (shown[0]++ < MAX_DIFFERENCES_SHOWN) {
                    out.println("differs: " + difference);
                }
            });
            long found = verifier.run();
            out.printf(
                    Locale.ROOT,
                    "%s: %,d trades, %,d klines and %,d messages, recomputed from the whole log, in %,d ms%n",
                    found == 0 ? "equal" : "DIFFERENT",
                    verifier.tradeCount(),
                    verifier.klineCount(),
                    verifier.messageCount(),
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
            return found;
        }

        @Override
        public void close() throws IOException {
            if (log != null) {
                log.close();
            }
        }
    }

    private static void refuseCutImport(StoreLocation location) {
        if (location.isEmbedded() && StoreDatabase.importWasCut(location.folder())) {
            throw new IllegalStateException(MarketData.cutImport(location));
        }
    }

    private void report(String verb, ExportHeader header, long instrumentCount, long startNanos) {
        report(verb, header, instrumentCount, startNanos, out);
    }

    private static void report(
            String verb, ExportHeader header, long instrumentCount, long startNanos, PrintWriter out) {
        long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
        out.printf(
                Locale.ROOT,
                "%s: %,d instruments, %,d trades, %,d klines, %,d messages in %,d ms; %,d trades/s%n",
                verb,
                instrumentCount,
                header.tradeCount(),
                header.klineCount(),
                header.messageCount(),
                millis,
                header.tradeCount() * 1_000 / millis);
        out.println("  epoch " + header.epoch() + ", position " + header.position());
        out.flush();
    }

    /** A line every five seconds. */
    private static final class Progress implements TransferProgress {
        private final String verb;
        private final PrintWriter out;
        private long nextLineNanos = System.nanoTime() + PROGRESS_NANOS;

        Progress(String verb, PrintWriter out) {
            this.verb = verb;
            this.out = out;
        }

        @Override
        public void at(long tradeCount, long rowCount, long totalCount) {
            if (System.nanoTime() - nextLineNanos >= 0) {
                nextLineNanos += PROGRESS_NANOS;
                long percent = totalCount == 0 ? 100 : rowCount * 100 / totalCount;
                out.printf(Locale.ROOT, "%s %3d %%  %,d trades%n", verb, percent, tradeCount);
                out.flush();
            }
        }
    }
}
