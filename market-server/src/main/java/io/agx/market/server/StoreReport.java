package io.agx.market.server;

import io.agx.market.server.journal.SegmentedTradeLog;
import io.agx.market.server.store.StoreInfo;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.stream.Stream;

/** What {@code market info} prints. */
final class StoreReport {
    private StoreReport() {}

    static void print(StoreInfo info, Path logFolder, PrintWriter out) {
        line(out, "database", "%s, %s", info.databaseVersion(), info.location());
        line(
                out,
                "schema",
                "%s; this program's is %s, %d scripts to be run",
                info.schemaVersion().map(version -> "version " + version).orElse("none yet"),
                info.newestVersion(),
                info.pendingCount());
        line(out, "size", "%s", bytes(info.sizeBytes()));
        info.content().ifPresent(content -> print(content, out));
        line(out, "log", "%s", log(logFolder, info));
        out.flush();
    }

    private static void print(StoreInfo.Content content, PrintWriter out) {
        line(
                out,
                "stored",
                "up to position %,d of log %s%s",
                content.storedPosition(),
                content.epoch().orElse("(none yet)"),
                content.writtenTimeMillis() == 0
                        ? ""
                        : ", written " + Instant.ofEpochMilli(content.writtenTimeMillis()));
        line(out, "instruments", "%,d", content.instrumentCount());
        line(
                out,
                "trades",
                "%,d%s",
                content.tradeCount(),
                content.keptTimeMillis() == 0
                        ? ""
                        : "; those before " + Instant.ofEpochMilli(content.keptTimeMillis()) + " are not kept");
        line(out, "messages", "%,d", content.messageCount());
        if (content.klineBytes() > 0) {
            line(out, "klines", "%s", bytes(content.klineBytes()));
        }
        content.partitions()
                .forEach(partition -> line(
                        out,
                        "partition",
                        "%s %s to %s: %,d trades, %s",
                        partition.name(),
                        Instant.ofEpochMilli(partition.fromMillis()),
                        Instant.ofEpochMilli(partition.toMillis()),
                        partition.tradeCount(),
                        bytes(partition.sizeBytes())));
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    private static String log(Path folder, StoreInfo info) {
        try {
            // To open an empty folder would begin a log.
            return Files.isDirectory(folder) && !isEmpty(folder) ? opened(folder, info) : "there is none in " + folder;
        } catch (IOException e) {
            return "not looked at: " + e.getMessage();
        }
    }

    private static String opened(Path folder, StoreInfo info) throws IOException {
        try (SegmentedTradeLog log = SegmentedTradeLog.open(folder)) {
            long stored = info.content().map(StoreInfo.Content::storedPosition).orElse(0L);
            String epoch = log.epoch().toString();
            boolean same = info.content()
                    .flatMap(StoreInfo.Content::epoch)
                    .map(epoch::equals)
                    .orElse(true);
            return String.format(
                    Locale.ROOT,
                    "from position %,d to %,d, epoch %s%s",
                    log.startPosition(),
                    log.durablePosition(),
                    epoch,
                    same
                            ? String.format(
                                    Locale.ROOT, "; the database lacks %,d bytes of it", log.durablePosition() - stored)
                            : "; the database is the copy of ANOTHER log");
        }
    }

    private static String bytes(long count) {
        return count < 10L << 20
                ? String.format(Locale.ROOT, "%,d KiB", count >> 10)
                : String.format(Locale.ROOT, "%,d MiB", count >> 20);
    }

    @SuppressWarnings("AnnotateFormatMethod") // That annotation would be a dependency.
    private static void line(PrintWriter out, String name, String format, Object... values) {
        out.printf(Locale.ROOT, "%-12s ", name);
        out.printf(Locale.ROOT, format, values);
        out.println();
    }
}
