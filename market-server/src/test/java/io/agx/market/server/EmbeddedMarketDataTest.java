package io.agx.market.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.inbox.UserMessage;
import io.agx.market.server.config.StoreConfig;
import io.agx.market.server.durability.DataFolders;
import io.agx.market.server.journal.LogEntry;
import io.agx.market.server.journal.SegmentedTradeLog;
import io.agx.market.server.store.StoreWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class EmbeddedMarketDataTest extends MarketDataTest {
    @Override
    StoreConfig database() {
        return StoreConfig.EMBEDDED;
    }

    @Override
    void forgetDatabase() {
        try {
            DataFolders.delete(folder.resolve("db"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    void moveDatabase(Path from, Path to) throws IOException {
        DataFolders.copy(from.resolve("db"), to.resolve("db"));
    }

    @Test
    void buildsADatabaseAnewThatTheLastProcessDidNotClose() throws IOException {
        log(folder, source.next(BTC, 1, TRADES));
        try (MarketData data = MarketData.open(folder)) {
            storeFirst(data, TRADES, new Random(seed));
        }
        try (MarketData data = MarketData.open(folder)) {
            assertThat(data.store().lastSeq(BTC.id())).isEqualTo(TRADES);
        }
        Files.createFile(folder.resolve("db/open"));

        try (MarketData data = MarketData.open(folder)) {
            assertThat(data.store().checkpointPosition()).isZero();
            assertThat(data.store().lastSeq(BTC.id())).isZero();
            assertThat(data.recover(LIMITS, 0).replayedTrades()).isEqualTo(TRADES);
        }
        assertThat(folder.resolve("db/open")).doesNotExist();
    }

    /** Who waits for a connection for too long says nothing of the file. */
    @Test
    void aDatabaseWhoseConnectionsAreAllInUseAtStartStaysWhereItIs() throws Exception {
        log(folder, source.next(BTC, 1, TRADES));
        try (SegmentedTradeLog log = SegmentedTradeLog.open(folder.resolve("log"))) {
            log.append(new LogEntry.MessageAdded(
                    new UserMessage("alice", 1, "notice", "m", "", null, "tests", null, 1_000, null)));
            log.force();
        }
        try (MarketData data = MarketData.open(folder)) {
            new StoreWriter(data.store(), data.log(), Map::of, position -> {}).drain();
            CountDownLatch reading = new CountDownLatch(data.store().readers());
            CountDownLatch released = new CountDownLatch(1);
            List<Thread> readers = new ArrayList<>();
            for (long i = reading.getCount(); i > 0; i--) {
                readers.add(new Thread(() -> data.store().inbox().heads((user, head) -> {
                    reading.countDown();
                    awaitUninterruptibly(released);
                })));
            }
            readers.forEach(Thread::start);
            assertThat(reading.await(30, TimeUnit.SECONDS)).isTrue();

            assertThatThrownBy(() -> data.recover(LIMITS, 0, 0))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("cannot be read");

            released.countDown();
            for (Thread reader : readers) {
                reader.join();
            }
            assertThat(data.recover(LIMITS, 0, 0).replayedTrades())
                    .as("all is stored")
                    .isZero();
            assertThat(data.store().lastSeq(BTC.id())).isEqualTo(TRADES);
        }
        assertThat(files("db")).containsExactly("market.mv.db");
    }

    private List<String> files(String under) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(under))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
