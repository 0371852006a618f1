package io.agx.market.server.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.server.journal.DuplicateIndex.Answer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DuplicateIndexTest {
    private final DuplicateIndex index = new DuplicateIndex(2, 1 << 20);

    @Test
    void agreesWithAPlainSet() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        DuplicateIndex large = new DuplicateIndex(100, Long.MAX_VALUE);
        Set<String> known = new HashSet<>();
        for (int group = 0; group < 300; group++) {
            large.beginGeneration(group / 10);
            Set<String> added = new HashSet<>();
            for (int i = random.nextInt(60); i > 0; i--) {
                int instrumentId = 1 + random.nextInt(3);
                String id = randomId(random);
                String key = instrumentId + "/" + id;
                boolean isKnown = known.contains(key) || added.contains(key);
                assertThat(large.look(instrumentId, id))
                        .as("seed %s id %s", seed, key)
                        .isEqualTo(isKnown ? Answer.KNOWN : Answer.NEW);
                if (!isKnown) {
                    large.add(instrumentId, id);
                    added.add(key);
                }
            }
            if (random.nextInt(4) == 0) {
                large.rollback();
            } else {
                large.commit();
                known.addAll(added);
            }
        }
    }

    @Test
    void isUnsureOnlyOfOldIdsThatItMayHaveForgotten() {
        for (long segment = 0; segment < 3; segment++) {
            index.beginGeneration(segment);
            index.add(1, Long.toString(10 + segment));
            index.add(1, "x" + segment);
            index.commit();
        }

        assertThat(index.look(1, "10")).isEqualTo(Answer.UNSURE);
        assertThat(index.look(1, "x0")).isEqualTo(Answer.UNSURE);
        assertThat(index.look(1, "11")).isEqualTo(Answer.KNOWN);
        assertThat(index.look(1, "x2")).isEqualTo(Answer.KNOWN);
        assertThat(index.look(1, "13")).isEqualTo(Answer.NEW);
        assertThat(index.look(2, "1")).isEqualTo(Answer.NEW);
    }

    @Test
    void forgetsTheOldestSegmentBeyondItsMemory() {
        DuplicateIndex small = new DuplicateIndex(100, 1_000);
        for (long segment = 0; segment < 3; segment++) {
            small.beginGeneration(segment);
            for (int i = 0; i < 10; i++) {
                small.add(1, "x" + segment + i);
            }
            small.commit();
        }

        assertThat(small.look(1, "x01")).isEqualTo(Answer.UNSURE);
        assertThat(small.look(1, "x21")).isEqualTo(Answer.KNOWN);
    }

    @Test
    void keepsTheHighestIdOfADroppedSegment() {
        index.beginGeneration(0);
        index.add(1, "500");
        index.commit();
        index.beginGeneration(100);
        index.dropBefore(100);

        assertThat(index.look(1, "500")).isEqualTo(Answer.UNSURE);
        assertThat(index.look(1, "501")).isEqualTo(Answer.NEW);
    }

    @Test
    void tellsUpToWhereTheLogHasWhatItForgot() {
        index.beginGeneration(0);
        index.beginGeneration(100);
        assertThat(index.isForgetful()).isFalse();
        assertThat(index.forgottenPosition()).isZero();

        index.beginGeneration(250);
        assertThat(index.isForgetful()).isTrue();
        assertThat(index.forgottenPosition()).isEqualTo(100);
        index.beginGeneration(400);
        assertThat(index.forgottenPosition()).isEqualTo(250);
        index.dropBefore(400);
        assertThat(index.forgottenPosition()).isEqualTo(400);
        index.forgetBefore(300);
        assertThat(index.forgottenPosition()).isEqualTo(400);
    }

    @Test
    void anIndexOfOneSegmentForgetsAllBeforeIt() {
        DuplicateIndex single = new DuplicateIndex(1, 1 << 20);
        single.beginGeneration(0);
        single.add(1, "x");
        single.commit();
        single.beginGeneration(100);

        assertThat(single.look(1, "x")).isEqualTo(Answer.UNSURE);
        assertThat(single.forgottenPosition()).isEqualTo(100);
    }

    /** A fifth of them comes in groups that are taken back. */
    @Test
    void isUnsureOfFewTextsThatItNeverSawAndNeverOfNoneThatItForgot() {
        int count = 200_000;
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        DuplicateIndex large = new DuplicateIndex(1_000, 8L << 20);
        Set<String> known = new HashSet<>();
        List<String> group = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (i % 10_000 == 0) {
                large.beginGeneration(i);
            }
            String id = new UUID(random.nextLong(), random.nextLong()).toString();
            large.add(i % 3, id);
            group.add(i % 3 + "/" + id);
            if (group.size() == 100) {
                if (random.nextInt(5) == 0) {
                    large.rollback();
                } else {
                    large.commit();
                    known.addAll(group);
                }
                group.clear();
            }
        }
        assertThat(large.isForgetful()).isTrue();
        assertThat(large.bytes()).isLessThan(10L << 20);

        Map<Answer, Integer> ofKnown = new EnumMap<>(Answer.class);
        for (String each : known) {
            ofKnown.merge(large.look(each.charAt(0) - '0', each.substring(2)), 1, Integer::sum);
        }
        assertThat(ofKnown).as("seed %s", seed).doesNotContainKey(Answer.NEW);
        assertThat(ofKnown.get(Answer.KNOWN)).isBetween(25_000, 75_000);

        Map<Answer, Integer> ofOthers = new EnumMap<>(Answer.class);
        for (int i = 0; i < count; i++) {
            String id = new UUID(random.nextLong(), random.nextLong()).toString();
            ofOthers.merge(large.look(i % 3, id), 1, Integer::sum);
        }
        assertThat(ofOthers).as("seed %s", seed).doesNotContainKey(Answer.KNOWN);
        assertThat(ofOthers.getOrDefault(Answer.UNSURE, 0))
                .as("seed %s, of %s", seed, count)
                .isLessThan(count / 1_000);
    }

    @Test
    void isUnsureOfEveryTextIfSegmentsWereDroppedBeforeItReadThem() {
        index.forgetBefore(100);
        index.beginGeneration(100);

        assertThat(index.look(1, "x")).isEqualTo(Answer.UNSURE);
    }

    private static String randomId(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> "x" + random.nextInt(50);
            case 1 -> Long.toString(random.nextInt(2_000));
            case 2 -> Long.toString(random.nextInt(100) * 1_000_003L);
            default -> Long.toString(Long.MAX_VALUE - random.nextInt(100));
        };
    }
}
