package io.agx.market.server.journal;

import static io.agx.market.server.journal.TestTrades.entries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.inbox.InboxHead;
import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.server.feed.LogUnavailableException;
import io.agx.market.server.feed.LogUnavailableException.Reason;
import io.agx.market.server.inbox.Inbox;
import io.agx.market.server.inbox.InboxLimits;
import io.agx.market.server.inbox.InboxRecovery;
import io.agx.market.server.inbox.SendResult;
import io.agx.market.server.store.MarketStore;
import io.agx.market.server.store.StoreDatabase;
import io.agx.market.server.testing.MarketRig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Messages on a disk that fails and loses its power. The database stays empty: all comes from the log. */
@Timeout(120)
class InboxOnDiskTest {
    private static final int RUNS = 30;
    private static final int CUTS_PER_RUN = 3;

    @TempDir
    private Path folder;

    private MarketStore store;

    @BeforeEach
    void openStore() {
        store = StoreDatabase.openEmbedded(folder.resolve("db"));
        store.bind(UUID.randomUUID());
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    /** Journal and inboxes, started. */
    private final class Started implements AutoCloseable {
        private final SegmentedTradeLog log;
        private final Journal journal;
        private final Inbox inbox;

        Started(MemoryFiles disk) throws IOException {
            log = SegmentedTradeLog.open(disk, 4_000);
            InboxRecovery recovered = new InboxRecovery(store.inbox(), 0, InboxLimits.DEFAULTS);
            journal = Journal.open(log, List.of(), JournalConfig.DEFAULT, TestTrades.NOBODY_TO_ASK, recovered);
            MarketRig rig = new MarketRig();
            inbox = new Inbox(
                    journal,
                    recovered,
                    store.inbox(),
                    rig.loop,
                    rig.encoder,
                    rig.subscribers,
                    () -> InboxLimits.DEFAULTS,
                    () -> 1);
            journal.start();
            inbox.start();
        }

        @Override
        public void close() throws IOException {
            inbox.close();
            journal.close();
            log.close();
        }
    }

    private static UserMessage draft(String userId, String key) {
        return new UserMessage(userId, 0, "notice", key, "x".repeat(key.length() * 20), null, "s", null, 0, key);
    }

    private static Reason reasonOf(CompletableFuture<?> failed) {
        try {
            failed.join();
            throw new AssertionError("it was kept");
        } catch (CompletionException e) {
            return ((LogUnavailableException) e.getCause()).reason();
        }
    }

    @Test
    void aGroupThatFindsNoSpaceUsesUpNoSeqAndNoKey() throws IOException {
        MemoryFiles disk = new MemoryFiles();
        try (Started started = new Started(disk)) {
            started.inbox.send(List.of(draft("alice", "k1"))).join();
            disk.leaveFree(10);
            CompletableFuture<List<SendResult>> refused =
                    started.inbox.send(List.of(draft("alice", "k2"), draft("bob", "k2")));

            assertThat(reasonOf(refused)).isEqualTo(Reason.DISK_FULL);
            assertThat(started.inbox.messages("alice", 0, 10, false).lastSeq()).isEqualTo(1);
            disk.heal();
            assertThat(started.inbox
                            .send(List.of(draft("alice", "k2"), draft("bob", "k2")))
                            .join())
                    .containsExactly(new SendResult.Kept("alice", 2, false), new SendResult.Kept("bob", 1, false));
        }
    }

    @Test
    void afterAFailedForceNothingMoreIsTakenAndWhatThereIsCanBeRead() throws IOException {
        MemoryFiles disk = new MemoryFiles();
        try (Started started = new Started(disk)) {
            started.inbox.send(List.of(draft("alice", "k1"))).join();
            disk.fail("force", "Input/output error");
            assertThat(reasonOf(started.inbox.send(List.of(draft("alice", "k2")))))
                    .isEqualTo(Reason.LOG_FAILED);
            disk.heal();

            assertThat(reasonOf(started.inbox.send(List.of(draft("alice", "k2")))))
                    .isEqualTo(Reason.LOG_FAILED);
            assertThat(started.inbox.messages("alice", 0, 10, false).messages()).hasSize(1);
        }
    }

    @Test
    void whatComesAfterTheEndIsRefused() throws IOException {
        Started started = new Started(new MemoryFiles());
        started.close();

        assertThat(reasonOf(started.inbox.send(List.of(draft("alice", "k1"))))).isEqualTo(Reason.STOPPED);
    }

    @Test
    void moreThanMayWaitIsPushedBackAndNothingOfItIsKept() throws IOException {
        try (SegmentedTradeLog log = SegmentedTradeLog.open(new MemoryFiles(), 4_000)) {
            InboxLimits tight = new InboxLimits(10, 10, 0, 2, 1_000, 10, 1_000, 10);
            InboxRecovery recovered = new InboxRecovery(store.inbox(), 0, tight);
            Journal journal = Journal.open(log, List.of(), JournalConfig.DEFAULT, TestTrades.NOBODY_TO_ASK, recovered);
            MarketRig rig = new MarketRig();
            Inbox inbox = new Inbox(
                    journal, recovered, store.inbox(), rig.loop, rig.encoder, rig.subscribers, () -> tight, () -> 1);
            // No thread takes anything.
            inbox.send(List.of(draft("alice", "k1")));
            inbox.send(List.of(draft("alice", "k2")));

            assertThatThrownBy(() -> inbox.send(List.of(draft("alice", "k3"))))
                    .isInstanceOfSatisfying(
                            ProtocolException.class,
                            e -> assertThat(e.code().code()).isEqualTo("back_pressure"));
            assertThat(inbox.counters().pushedBackCount()).isEqualTo(1);
            inbox.close();
        }
    }

    @Test
    void losesNoAckedMessageInPowerCutsAndKeepsNoneTwice() throws IOException {
        long seed = new Random().nextLong();
        for (int run = 0; run < RUNS; run++) {
            cutPower(seed + run);
        }
    }

    private void cutPower(long seed) throws IOException {
        Random random = new Random(seed);
        MemoryFiles disk = new MemoryFiles();
        Map<String, SendResult> acked = new HashMap<>();
        int nextKey = 1;
        for (int cut = 0; cut < CUTS_PER_RUN; cut++) {
            disk.cutPowerAfter(1 + random.nextInt(60), random);
            nextKey = sendUntilPowerCut(disk, random, acked, nextKey);
            disk = disk.afterPowerCut(random);
        }
        Map<String, SendResult> found = new HashMap<>();
        Map<String, InboxHead> heads = new HashMap<>();
        try (SegmentedTradeLog log = SegmentedTradeLog.open(disk, 4_000)) {
            for (LogEntry entry : entries(log)) {
                LogEntry.MessageAdded added = (LogEntry.MessageAdded) entry;
                // A hole would be refused.
                heads.compute(added.userId(), (userId, head) -> added.applyTo(head == null ? InboxHead.EMPTY : head));
                SendResult kept =
                        new SendResult.Kept(added.userId(), added.message().seq(), false);
                assertThat(found.put(added.userId() + added.message().key(), kept))
                        .as("seed %s", seed)
                        .isNull();
            }
        }
        assertThat(found).as("seed %s", seed).containsAllEntriesOf(acked);
    }

    private int sendUntilPowerCut(MemoryFiles disk, Random random, Map<String, SendResult> acked, int fromKey) {
        int nextKey = fromKey;
        try (Started started = new Started(disk)) {
            while (!disk.isPowerCut()) {
                List<UserMessage> drafts = new ArrayList<>();
                for (int count = 1 + random.nextInt(6); count > 0; count--) {
                    // One in five was sent before.
                    int key = random.nextInt(5) == 0 ? 1 + random.nextInt(nextKey) : nextKey++;
                    drafts.add(draft(key % 2 == 0 ? "alice" : "bob", "k" + key));
                }
                CompletableFuture<List<SendResult>> sent = started.inbox.send(drafts);
                try {
                    List<SendResult> results = sent.join();
                    for (int i = 0; i < results.size(); i++) {
                        SendResult.Kept kept = (SendResult.Kept) results.get(i);
                        acked.put(
                                kept.userId() + drafts.get(i).key(),
                                new SendResult.Kept(kept.userId(), kept.seq(), false));
                    }
                } catch (CompletionException e) {
                    assertThat(disk.isPowerCut()).as("%s", e).isTrue();
                }
            }
        } catch (IOException e) {
            assertThat(disk.isPowerCut()).as("%s", e).isTrue();
        }
        return nextKey;
    }
}
