package io.agx.market.server.journal;

import static io.agx.market.server.journal.TestTrades.BTC;
import static io.agx.market.server.journal.TestTrades.accepted;
import static io.agx.market.server.journal.TestTrades.entries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.inbox.UserMessage;
import io.agx.market.server.feed.LogUnavailableException;
import io.agx.market.server.feed.LogUnavailableException.Reason;
import io.agx.market.server.journal.LogEntry.InstrumentDefined;
import io.agx.market.server.journal.LogEntry.TradeAccepted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SegmentedTradeLogTest {
    private static final String FIRST_SEGMENT = SegmentHeader.fileName(0);

    private final MemoryFiles disk = new MemoryFiles();

    @Test
    void keepsEntriesInOrderOverManySegmentsAndARestart(@TempDir Path directory) throws IOException {
        List<LogEntry> written = new ArrayList<>();
        UUID epoch;
        try (SegmentedTradeLog log = SegmentedTradeLog.open(directory, 500)) {
            epoch = log.epoch();
            for (int group = 0; group < 50; group++) {
                written.addAll(write(log, 1 + group * 7L, 7));
            }
            assertThat(entries(log)).isEqualTo(written);
        }

        try (SegmentedTradeLog log = SegmentedTradeLog.open(directory, 500)) {
            assertThat(log.epoch()).isEqualTo(epoch);
            assertThat(entries(log)).isEqualTo(written);
            written.addAll(write(log, 351, 1));
            assertThat(entries(log)).isEqualTo(written);
        }
        try (var files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .contains(FIRST_SEGMENT)
                    .hasSizeGreaterThan(10);
        }
    }

    @Test
    void readsOnFromEveryPositionThatAReaderReturned() throws IOException {
        try (SegmentedTradeLog log = open(300)) {
            List<LogEntry> written = new ArrayList<>();
            for (int group = 0; group < 10; group++) {
                written.addAll(write(log, 1 + group * 3L, 3));
            }
            List<Long> positions = new ArrayList<>(List.of(log.startPosition()));
            try (LogReader reader = log.reader(log.startPosition())) {
                while (reader.next() != null) {
                    positions.add(reader.position());
                }
            }

            assertThat(positions).isSorted().hasSize(31).endsWith(log.durablePosition());
            for (int i = 0; i < positions.size(); i++) {
                try (LogReader reader = log.reader(positions.get(i))) {
                    LogEntry next = reader.next();
                    assertThat(next).isEqualTo(i < written.size() ? written.get(i) : null);
                }
            }
        }
    }

    @Test
    void showsNothingBeforeItIsForced() throws IOException {
        try (SegmentedTradeLog log = open(1_000);
                LogReader reader = log.reader(log.startPosition())) {
            log.append(accepted(1, 1));
            assertThat(reader.next()).isNull();

            long end = log.force();

            assertThat(reader.next()).isEqualTo(accepted(1, 1));
            assertThat(reader.position()).isEqualTo(end).isEqualTo(log.durablePosition());
            assertThat(reader.next()).isNull();
        }
    }

    @Test
    void writesAGroupLargerThanItsBuffers(@TempDir Path directory) throws IOException {
        try (SegmentedTradeLog log = SegmentedTradeLog.open(directory, 1 << 20)) {
            List<LogEntry> written = write(log, 1, 300_000);

            assertThat(log.durablePosition()).isGreaterThan(7 << 20);
            assertThat(entries(log)).isEqualTo(written);
        }
        try (SegmentedTradeLog log = SegmentedTradeLog.open(directory, 1 << 20)) {
            assertThat(entries(log)).hasSize(300_000);
        }
    }

    @Test
    void cutsATornGroupWhereverItIsTorn() throws IOException {
        long durable;
        try (SegmentedTradeLog log = open(100_000)) {
            write(log, 1, 5);
            durable = log.durablePosition();
            write(log, 6, 5);
        }
        byte[] whole = disk.bytes(FIRST_SEGMENT);
        for (int length = (int) durable; length <= whole.length; length++) {
            MemoryFiles torn = new MemoryFiles();
            torn.setBytes(FIRST_SEGMENT, Arrays.copyOf(whole, length));
            try (SegmentedTradeLog log = SegmentedTradeLog.open(torn, 100_000)) {
                int kept = length == whole.length ? 10 : 5;
                assertThat(entries(log)).as("length %s", length).hasSize(kept);
                write(log, kept + 1, 2);
                assertThat(entries(log)).as("length %s", length).hasSize(kept + 2);
            }
        }
    }

    @Test
    void cutsAGroupOfWhichAnyByteIsMissingInTheMiddle() throws IOException {
        long durable;
        try (SegmentedTradeLog log = open(100_000)) {
            write(log, 1, 5);
            durable = log.durablePosition();
            write(log, 6, 5);
        }
        byte[] whole = disk.bytes(FIRST_SEGMENT);
        for (int at = (int) durable; at < whole.length; at++) {
            byte[] bytes = whole.clone();
            bytes[at] ^= (byte) 0x55;
            MemoryFiles torn = new MemoryFiles();
            torn.setBytes(FIRST_SEGMENT, bytes);
            try (SegmentedTradeLog log = SegmentedTradeLog.open(torn, 100_000)) {
                assertThat(entries(log)).as("byte %s", at).hasSize(5);
            }
        }
    }

    @Test
    void namesFileAndOffsetOfDamageBeforeTheLastGroup() throws IOException {
        long first;
        try (SegmentedTradeLog log = open(100_000)) {
            write(log, 1, 5);
            first = log.durablePosition();
            write(log, 6, 5);
        }
        byte[] whole = disk.bytes(FIRST_SEGMENT);
        for (int at = 0; at < first; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] bytes = whole.clone();
                bytes[at] ^= (byte) (1 << bit);
                MemoryFiles damaged = new MemoryFiles();
                damaged.setBytes(FIRST_SEGMENT, bytes);
                assertThatThrownBy(() -> SegmentedTradeLog.open(damaged, 100_000))
                        .as("byte %s bit %s", at, bit)
                        .isInstanceOf(LogDamagedException.class)
                        .hasMessageContaining(FIRST_SEGMENT)
                        .hasMessageContaining("offset ");
                assertThat(damaged.bytes(FIRST_SEGMENT)).isEqualTo(bytes);
            }
        }
    }

    @Test
    void findsEveryFlippedBitOfAnEarlierSegmentWhenItIsRead() throws IOException {
        try (SegmentedTradeLog log = open(200)) {
            for (int group = 0; group < 4; group++) {
                write(log, 1 + group * 5L, 5);
            }
        }
        int size = disk.bytes(FIRST_SEGMENT).length;
        for (int at = SegmentHeader.BYTES; at < size; at++) {
            MemoryFiles damaged = disk.copy();
            byte[] bytes = damaged.bytes(FIRST_SEGMENT);
            bytes[at] ^= (byte) (1 << at % 8);
            damaged.setBytes(FIRST_SEGMENT, bytes);
            try (SegmentedTradeLog log = SegmentedTradeLog.open(damaged, 200)) {
                assertThatThrownBy(() -> TestTrades.journal(log))
                        .as("byte %s", at)
                        .isInstanceOf(LogDamagedException.class)
                        .hasMessageContaining(FIRST_SEGMENT);
            }
        }
    }

    @Test
    void refusesALogWithASegmentMissingOrShortened() throws IOException {
        try (SegmentedTradeLog log = open(200)) {
            for (int group = 0; group < 6; group++) {
                write(log, 1 + group * 5L, 5);
            }
        }
        List<String> names = disk.list();
        MemoryFiles missing = disk.copy();
        missing.delete(names.get(1));
        MemoryFiles shortened = disk.copy();
        byte[] bytes = shortened.bytes(names.get(1));
        shortened.setBytes(names.get(1), Arrays.copyOf(bytes, bytes.length - 1));

        assertThatThrownBy(() -> SegmentedTradeLog.open(missing, 200))
                .isInstanceOf(LogDamagedException.class)
                .hasMessageContaining(names.get(0))
                .hasMessageContaining(names.get(2));
        assertThatThrownBy(() -> SegmentedTradeLog.open(shortened, 200))
                .isInstanceOf(LogDamagedException.class)
                .hasMessageContaining(names.get(1));
    }

    @Test
    void survivesACrashWhileASegmentIsCreated() throws IOException {
        try (SegmentedTradeLog log = open(200)) {
            write(log, 1, 5);
            write(log, 6, 5);
        }
        String unborn = SegmentHeader.fileName(
                disk.list().stream().mapToLong(name -> disk.bytes(name).length).sum());
        for (int length = 0; length < SegmentHeader.BYTES; length++) {
            MemoryFiles crashed = disk.copy();
            crashed.setBytes(unborn, new byte[length]);
            try (SegmentedTradeLog log = SegmentedTradeLog.open(crashed, 200)) {
                write(log, 11, 5);
                assertThat(entries(log)).hasSize(15);
            }
        }
    }

    @Test
    void goesOnAfterASegmentCouldNotBeCreated() throws IOException {
        try (SegmentedTradeLog log = open(200)) {
            write(log, 1, 10);
            disk.leaveFree(20);
            log.append(accepted(1, 11));
            assertThatThrownBy(log::force)
                    .isInstanceOfSatisfying(
                            LogUnavailableException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.DISK_FULL));
            assertThat(disk.list()).containsExactly(FIRST_SEGMENT);

            disk.leaveFree(50); // room for the header only
            log.append(accepted(1, 11));
            assertThatThrownBy(log::force).isInstanceOf(LogUnavailableException.class);
            assertThat(entries(log)).hasSize(10);

            disk.heal();
            write(log, 11, 1);
            assertThat(entries(log)).hasSize(11);
            assertThat(disk.list()).hasSize(2);
        }
        try (SegmentedTradeLog log = open(200)) {
            assertThat(entries(log)).hasSize(11);
        }
    }

    @Test
    void failsForEverWhenADirectoryCannotBeForced() throws IOException {
        try (SegmentedTradeLog log = open(200)) {
            write(log, 1, 10);
            disk.fail("directory", "Input/output error");
            for (int i = 0; i < 2; i++) {
                log.append(accepted(1, 11));
                assertThatThrownBy(log::force)
                        .isInstanceOfSatisfying(
                                LogUnavailableException.class,
                                e -> assertThat(e.reason()).isEqualTo(Reason.LOG_FAILED));
                disk.heal();
            }
        }
    }

    @Test
    void failsForEverWhenTheWriterIsInterrupted(@TempDir Path directory) throws IOException {
        try (SegmentedTradeLog log = SegmentedTradeLog.open(directory)) {
            write(log, 1, 3);
            log.append(accepted(1, 4));
            Thread.currentThread().interrupt();
            assertThatThrownBy(log::force)
                    .isInstanceOfSatisfying(
                            LogUnavailableException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.LOG_FAILED));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(entries(log)).hasSize(3);
        }
    }

    @Test
    void makesDurableWhatItFindsBeforeAnyoneReadsIt() throws IOException {
        try (SegmentedTradeLog log = open(1_000)) {
            write(log, 1, 3);
            // A crash between write and force: the group is in the file, but not on the disk.
            disk.fail("force", "crash");
            disk.fail("truncate", "crash");
            log.append(accepted(1, 4));
            assertThatThrownBy(log::force).isInstanceOf(LogUnavailableException.class);
        }
        disk.heal();

        try (SegmentedTradeLog log = open(1_000)) {
            assertThat(entries(log)).hasSize(4);
        }

        for (int seed = 0; seed < 20; seed++) {
            try (SegmentedTradeLog log = SegmentedTradeLog.open(disk.afterPowerCut(new Random(seed)), 1_000)) {
                assertThat(entries(log)).as("seed %s", seed).hasSize(4);
            }
        }
    }

    @Test
    void letsNoSecondOpenerIn(@TempDir Path directory) throws IOException {
        try (SegmentedTradeLog log = SegmentedTradeLog.open(directory)) {
            write(log, 1, 1);
            assertThatThrownBy(() -> SegmentedTradeLog.open(directory))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(directory.toString())
                    .hasMessageContaining("in use");
        }
        try (SegmentedTradeLog log = SegmentedTradeLog.open(directory)) {
            assertThat(entries(log)).hasSize(1);
        }
    }

    @Test
    void dropsWholeSegmentsBeforeAPositionButKeepsWhatIsToBeRetained() throws IOException {
        try (SegmentedTradeLog log = open(200)) {
            for (int group = 0; group < 10; group++) {
                write(log, 1 + group * 5L, 5);
            }
            int segments = disk.list().size();
            long end = log.durablePosition();

            log.dropBefore(0, 0);
            assertThat(disk.list()).hasSize(segments);
            log.dropBefore(end, end);
            assertThat(disk.list()).hasSize(segments);
            log.dropBefore(end, 500);

            assertThat(end - log.startPosition()).isBetween(500L, 800L);
            assertThat(((TradeAccepted) entries(log).get(0)).trade().seq()).isGreaterThan(1);
            assertThatThrownBy(() -> log.reader(0))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("no longer");
            assertThatThrownBy(() -> log.reader(end + 1)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void keepsASegmentThatCannotBeDeletedAndDropsItLater() throws IOException {
        List<LogEntry> all = new ArrayList<>();
        try (SegmentedTradeLog log = open(200)) {
            for (int group = 0; group < 10; group++) {
                all.addAll(write(log, 1 + group * 5L, 5));
            }
            long end = log.durablePosition();
            disk.fail("delete", "Operation not permitted");

            for (int attempt = 0; attempt < 2; attempt++) {
                assertThatThrownBy(() -> log.dropBefore(end, 0))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining(FIRST_SEGMENT)
                        .hasMessageContaining("Operation not permitted");
            }
            assertThat(log.startPosition()).isZero();
            assertThat(entries(log)).isEqualTo(all);

            disk.heal();
            log.dropBefore(end, 500);
            assertThat(log.startPosition()).isPositive();
        }

        try (SegmentedTradeLog log = open(200)) {
            List<LogEntry> left = entries(log);
            assertThat(left).isNotEmpty().isEqualTo(all.subList(all.size() - left.size(), all.size()));
        }
    }

    @Test
    void dropsNothingMoreWhenADeletedSegmentMayComeBack() throws IOException {
        try (SegmentedTradeLog log = open(200)) {
            for (int group = 0; group < 10; group++) {
                write(log, 1 + group * 5L, 5);
            }
            long end = log.durablePosition();
            int segments = log.segmentCount();
            disk.fail("directory", "Input/output error");

            assertThatThrownBy(() -> log.dropBefore(end, 0))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(FIRST_SEGMENT)
                    .hasMessageContaining("until a restart");
            disk.heal();
            log.dropBefore(end, 0);

            assertThat(log.segmentCount()).isEqualTo(segments - 1);
            assertThat(log.startPosition()).isPositive();
            assertThat(entries(log)).hasSizeLessThan(50).isNotEmpty();
        }
        for (int seed = 0; seed < 20; seed++) {
            MemoryFiles after = disk.afterPowerCut(new Random(seed));
            try (SegmentedTradeLog log = SegmentedTradeLog.open(after, 200)) {
                log.dropBefore(log.durablePosition(), 0);
                assertThat(log.segmentCount()).as("seed %s", seed).isEqualTo(1);
            }
        }
    }

    @Test
    void isReadWhileItIsWritten(@TempDir Path directory) throws Exception {
        int groups = 400;
        try (SegmentedTradeLog log = SegmentedTradeLog.open(directory, 4_000)) {
            Thread writer = new Thread(() -> {
                for (int group = 0; group < groups; group++) {
                    write(log, 1 + group * 10L, 10);
                }
            });
            List<Long> seen = new ArrayList<>();
            try (LogReader reader = log.reader(log.startPosition())) {
                writer.start();
                while (seen.size() < groups * 10) {
                    LogEntry entry = reader.next();
                    if (entry instanceof TradeAccepted accepted) {
                        seen.add(accepted.trade().seq());
                    } else {
                        Thread.onSpinWait();
                    }
                }
                assertThat(reader.next()).isNull();
            }
            writer.join();

            for (int i = 0; i < seen.size(); i++) {
                assertThat(seen.get(i)).isEqualTo(i + 1);
            }
        }
    }

    @Test
    void keepsGroupsWholeUnderRandomDamageOfTheUnforcedPart() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int run = 0; run < 300; run++) {
            MemoryFiles files = new MemoryFiles();
            int durableEntries = 0;
            int lastGroup = 1 + random.nextInt(30);
            try (SegmentedTradeLog log = SegmentedTradeLog.open(files, 700)) {
                for (int group = random.nextInt(5); group > 0; group--) {
                    int size = 1 + random.nextInt(9);
                    write(log, durableEntries + 1L, size);
                    durableEntries += size;
                }
                files.cutPowerAfter(1 + random.nextInt(4), random);
                for (int i = 1; i <= lastGroup; i++) {
                    log.append(accepted(1, durableEntries + i));
                }
                try {
                    log.force();
                    durableEntries += lastGroup;
                } catch (LogUnavailableException e) {
                    assertThat(files.isPowerCut()).isTrue();
                }
            }

            try (SegmentedTradeLog log = SegmentedTradeLog.open(files.afterPowerCut(random), 700)) {
                assertThat(entries(log).size())
                        .as("seed %s run %s", seed, run)
                        .isIn(durableEntries, durableEntries + lastGroup);
            }
        }
    }

    @Test
    void keepsDefinitions() throws IOException {
        try (SegmentedTradeLog log = open(1_000)) {
            log.append(new InstrumentDefined(BTC));
            log.force();
            assertThat(entries(log)).containsExactly(new InstrumentDefined(BTC));
        }
    }

    @Test
    void keepsLongMessagesWholeAcrossTheReadersBuffers() throws IOException {
        List<LogEntry> written = new ArrayList<>();
        try (SegmentedTradeLog log = open(1 << 20)) {
            for (int seq = 1; seq <= 60; seq++) {
                LogEntry entry = message(seq, 4_000 - seq);
                log.append(entry);
                written.add(entry);
                written.addAll(write(log, seq, 1));
            }
            assertThat(entries(log)).isEqualTo(written);
        }
        try (SegmentedTradeLog log = open(1 << 20)) {
            assertThat(entries(log)).isEqualTo(written);
        }
    }

    @Test
    void cutsATornGroupOfMessages() throws IOException {
        try (SegmentedTradeLog log = open(1 << 20)) {
            write(log, 1, 3);
            log.append(message(1, 4_000));
            log.append(message(2, 4_000));
            log.force();
        }
        String name = SegmentHeader.fileName(0);
        try (LogFile file = disk.open(name)) {
            file.truncate(file.size() - 1_000);
        }
        try (SegmentedTradeLog log = open(1 << 20)) {
            assertThat(entries(log)).hasSize(3);
        }
    }

    @Test
    void readsASegmentOfTheOldFormatAndWritesIntoANewOne() throws IOException {
        List<LogEntry> written;
        try (SegmentedTradeLog log = open(1 << 20)) {
            written = write(log, 1, 3);
        }
        asVersion1(SegmentHeader.fileName(0));
        try (SegmentedTradeLog log = open(1 << 20)) {
            assertThat(entries(log)).isEqualTo(written);
            LogEntry message = message(1, 100);
            log.append(message);
            log.force();
            written.add(message);
            written.addAll(write(log, 4, 1));
            assertThat(entries(log)).isEqualTo(written);
        }
        assertThat(disk.list().stream().filter(SegmentHeader::isFileName)).hasSize(2);
        try (SegmentedTradeLog log = open(1 << 20)) {
            assertThat(entries(log)).isEqualTo(written);
        }
    }

    private void asVersion1(String name) throws IOException {
        try (LogFile file = disk.open(name)) {
            ByteBuffer header = ByteBuffer.allocate(SegmentHeader.BYTES);
            while (header.hasRemaining()) {
                file.read(header, header.position());
            }
            header.putInt(8, 1);
            CRC32C crc = new CRC32C();
            crc.update(header.array(), 0, SegmentHeader.BYTES - 4);
            header.putInt(SegmentHeader.BYTES - 4, (int) crc.getValue());
            file.write(new ByteBuffer[] {header.flip()}, 0);
            file.force(true);
        }
    }

    private static LogEntry message(long seq, int length) {
        return new LogEntry.MessageAdded(
                new UserMessage("alice", seq, "notice", "t", "\u4e2d".repeat(length), null, "s", null, 0, null));
    }

    private SegmentedTradeLog open(long segmentBytes) throws IOException {
        return SegmentedTradeLog.open(disk, segmentBytes);
    }

    private static List<LogEntry> write(TradeLog log, long fromSeq, int count) {
        List<LogEntry> written = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            LogEntry entry = accepted(1, fromSeq + i);
            log.append(entry);
            written.add(entry);
        }
        log.force();
        return written;
    }
}
