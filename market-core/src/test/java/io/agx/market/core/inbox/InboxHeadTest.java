package io.agx.market.core.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InboxHeadTest {
    @Test
    void anEmptyInboxHasNothingUnread() {
        assertThat(InboxHead.EMPTY.unreadCount()).isZero();
        assertThat(InboxHead.EMPTY.unreadAfter(0, 10)).isEmpty();
        assertThat(InboxHead.EMPTY.newestUnread(10)).isEmpty();
        assertThat(InboxHead.EMPTY.readTo(7)).isEqualTo(InboxHead.EMPTY);
    }

    @Test
    void aHoleInSeqIsRefusedAndARepetitionChangesNothing() {
        InboxHead two = InboxHead.EMPTY.added(1).added(2);

        assertThat(two.added(1)).isSameAs(two);
        assertThatThrownBy(() -> two.added(4)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsReadInOrderIsOneRun() {
        InboxHead head = InboxHead.EMPTY;
        for (long seq = 1; seq <= 1_000; seq++) {
            head = head.added(seq).read(List.of(seq));
        }

        assertThat(head.read()).hasToString("1-1000");
    }

    @Test
    void readingWhatIsNotThereChangesNothing() {
        InboxHead head = InboxHead.EMPTY.added(1).added(2).trimmed(1);

        assertThat(head.read(List.of(0L, 1L, 3L, Long.MAX_VALUE))).isSameAs(head);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1-", "3,2", "1-2,3", "5-4", "a", ","})
    void textThatIsNoRunsIsRefused(String text) {
        assertThatThrownBy(() -> SeqRuns.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void agreesWithAPlainSetWhateverHappens() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            InboxHead head = InboxHead.EMPTY;
            TreeSet<Long> kept = new TreeSet<>();
            TreeSet<Long> unread = new TreeSet<>();
            for (int step = 0; step < 60; step++) {
                head = step(random, head, kept, unread);
                String as = "seed " + seed + " round " + round + " step " + step + " " + head;
                assertThat(head.count()).as(as).isEqualTo(kept.size());
                assertThat(head.unreadCount()).as(as).isEqualTo(unread.size());
                long since = random.nextInt((int) head.lastSeq() + 2);
                int limit = 1 + random.nextInt(5);
                assertThat(head.unreadAfter(since, limit))
                        .as(as)
                        .isEqualTo(unread.tailSet(since, false).stream()
                                .limit(limit)
                                .toList());
                List<Long> falling = new ArrayList<>(unread);
                Collections.reverse(falling);
                assertThat(head.newestUnread(limit))
                        .as(as)
                        .isEqualTo(falling.stream().limit(limit).toList());
                assertThat(SeqRuns.parse(head.read().toString())).as(as).isEqualTo(head.read());
            }
        }
    }

    private static InboxHead step(Random random, InboxHead head, TreeSet<Long> kept, TreeSet<Long> unread) {
        switch (random.nextInt(8)) {
            case 0: {
                long to = random.nextInt((int) head.lastSeq() + 3);
                unread.headSet(to, true).clear();
                return head.readTo(to);
            }
            case 1: {
                long to = Math.max(0, head.firstSeq() - 2 + random.nextInt(5));
                kept.headSet(to, true).clear();
                unread.headSet(to, true).clear();
                return head.trimmed(to);
            }
            case 2, 3: {
                List<Long> some = new ArrayList<>();
                for (int i = random.nextInt(4); i >= 0; i--) {
                    some.add((long) random.nextInt((int) head.lastSeq() + 3));
                }
                unread.removeAll(some);
                return head.read(some);
            }
            default: {
                long seq = head.lastSeq() + 1;
                kept.add(seq);
                unread.add(seq);
                return head.added(seq);
            }
        }
    }
}
