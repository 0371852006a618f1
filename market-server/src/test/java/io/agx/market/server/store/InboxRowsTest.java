package io.agx.market.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.inbox.InboxHead;
import io.agx.market.core.inbox.UserMessage;
import io.agx.market.server.journal.LogEntry;
import io.agx.market.server.journal.LogEntry.MessageAdded;
import io.agx.market.server.journal.LogEntry.MessagesRead;
import io.agx.market.server.journal.LogEntry.MessagesTrimmed;
import io.agx.market.server.store.InboxStore.StoredMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

abstract class InboxRowsTest {
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final Map<String, InboxHead> heads = new TreeMap<>();
    private final Map<String, TreeMap<Long, StoredMessage>> expected = new TreeMap<>();
    private MarketStore store;
    private long position;

    abstract StoreLocation location();

    @BeforeEach
    void open() {
        store = StoreDatabase.open(location());
        store.bind(UUID.randomUUID());
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void anyStretchesGiveWhatTheEntriesSayAlsoWhenOneIsTakenOutAndCopiedAgain() {
        for (int batch = 0; batch < 30; batch++) {
            List<LogEntry.OfInbox> entries = new ArrayList<>();
            for (int i = random.nextInt(40); i >= 0; i--) {
                entries.add(next());
            }
            commit(entries);
            if (random.nextInt(4) == 0) {
                store.undo(new PendingBatch(position - 1, position), Map.of(), entries);
                store.commit(new StoreBatch(List.of(), Map.of(), Map.of(), entries, position));
            }
            assertEqual();
        }
    }

    @Test
    void aKeyIsFoundWithThePositionUpToWhichItIsKnown() {
        UserMessage message = message("a", 1, "k");
        commit(List.of(new MessageAdded(message)));

        assertThat(store.inbox().key("a", "k")).isEqualTo(new InboxStore.KeyLookup(1, OptionalLong.of(1)));
        assertThat(store.inbox().key("b", "k")).isEqualTo(new InboxStore.KeyLookup(1, OptionalLong.empty()));
    }

    private LogEntry.OfInbox next() {
        String userId = List.of("a", "b", "c d").get(random.nextInt(3));
        InboxHead head = heads.getOrDefault(userId, InboxHead.EMPTY);
        TreeMap<Long, StoredMessage> own = expected.computeIfAbsent(userId, key -> new TreeMap<>());
        LogEntry.OfInbox entry;
        int kind = random.nextInt(10);
        if (kind == 0) {
            // Never more than there is: applied again, later messages would be trimmed too.
            long to = Math.min(head.lastSeq(), head.firstSeq() - 1 + random.nextInt(3));
            own.headMap(to, true).clear();
            entry = new MessagesTrimmed(userId, to);
        } else if (kind <= 3) {
            long to = random.nextInt(4) == 0 ? Math.max(0, head.lastSeq() - random.nextInt(5)) : 0;
            List<Long> seqs = new ArrayList<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                seqs.add(1 + (long) random.nextInt((int) head.lastSeq() + 1));
            }
            seqs.removeIf(seq -> seq > head.lastSeq());
            long time = 1 + random.nextInt(1_000);
            own.replaceAll((seq, stored) -> stored.readTimeMillis() == 0 && (seq <= to || seqs.contains(seq))
                    ? new StoredMessage(stored.message(), time)
                    : stored);
            entry = new MessagesRead(userId, time, to, seqs);
        } else {
            long seq = head.lastSeq() + 1;
            UserMessage message = message(userId, seq, random.nextBoolean() ? null : "k" + seq);
            own.put(seq, new StoredMessage(message, 0));
            entry = new MessageAdded(message);
        }
        heads.put(userId, entry.applyTo(head));
        return entry;
    }

    private static UserMessage message(String userId, long seq, String key) {
        return new UserMessage(
                userId,
                seq,
                "notice",
                "t" + seq,
                "c",
                seq % 2 == 0 ? null : "{\"n\":" + seq + "}",
                "me",
                null,
                seq,
                key);
    }

    private void commit(List<LogEntry.OfInbox> entries) {
        store.commit(new StoreBatch(List.of(), Map.of(), Map.of(), entries, ++position));
    }

    private void assertEqual() {
        Map<String, InboxHead> stored = new HashMap<>();
        store.inbox().heads(stored::put);
        assertThat(stored).as("seed %s", seed).isEqualTo(heads);
        expected.forEach((userId, own) -> assertThat(store.inbox().messages(userId, 0, Long.MAX_VALUE))
                .as("seed %s", seed)
                .containsExactlyElementsOf(own.values()));
    }
}
