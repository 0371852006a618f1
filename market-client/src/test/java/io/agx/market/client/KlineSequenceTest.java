package io.agx.market.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.protocol.KlineData;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Candles are named by the minute at which they open: {@code 3/17} has seq 17 and is open, {@code 3/17!} is closed. */
class KlineSequenceTest {
    private static final long MINUTE = 60_000;
    private static final int LIMIT = 1_000;

    private final List<String> told = new ArrayList<>();
    private final ArrayDeque<Question> questions = new ArrayDeque<>();
    private KlineSequence sequence = new KlineSequence(new Recorder(), LIMIT, MINUTE);

    private record Question(long fromMillis, long ticket) {}

    @Test
    void whatTheServerCouldNotMakeUpForIsToldInOrderBeforeAnythingLive() {
        joinAndMiss(open(10, 5), open(14, 20));
        offer(open(14, 21));

        assertThat(told).containsExactly("10/5");
        answer(10 * MINUTE, closed(10, 6), closed(11, 9), closed(12, 9), closed(13, 15), open(14, 20));

        assertThat(told).containsExactly("10/5", "10/6!", "11/9!", "12/9!", "13/15!", "14/21");
        assertThat(questions).isEmpty();
    }

    @Test
    void afterAHoleTheCursorIsTheCandleThatIsOpenNow() {
        joinAndMiss(open(10, 5), open(12, 20));
        answer(10 * MINUTE, closed(10, 6), closed(11, 9), open(12, 20));
        offer(open(12, 22));

        assertThat(sequence.seq()).isEqualTo(22);
    }

    @Test
    void aCandleWithoutTradesWhoseCloseWasDueWhenTheConnectionEndedIsNotLost() {
        sequence.joined(List.of(closed(10, 5)), 5, false);
        offer(open(12, 6)); // Of 11, which has no trades, nothing is told before its close.
        sequence.pause();
        sequence.joined(List.of(open(14, 20)), 20, true);
        answer(10 * MINUTE + 1, closed(11, 5), closed(12, 6), closed(13, 9), open(14, 20));

        assertThat(told).containsExactly("10/5!", "12/6", "11/5!", "12/6!", "13/9!", "14/20");
    }

    @Test
    void whatWasClosedBeforeTheHoleIsLookedAtOnceMore() {
        joinAndMiss(closed(10, 5), open(12, 20));
        answer(10 * MINUTE, closed(10, 7), closed(11, 9), open(12, 20));

        assertThat(told).containsExactly("10/5!", "10/7!", "11/9!", "12/20");
    }

    @Test
    void aLongHoleIsAskedForInPages() {
        joinAndMiss(open(10, 5), open(15, 20));

        answer(10 * MINUTE, closed(10, 6), closed(11, 7));
        answer(11 * MINUTE + 1, closed(12, 8), closed(13, 9));
        answer(13 * MINUTE + 1, closed(14, 10), open(15, 20));

        assertThat(told).containsExactly("10/5", "10/6!", "11/7!", "12/8!", "13/9!", "14/10!", "15/20");
        assertThat(questions).isEmpty();
    }

    @Test
    void aHoleThatIsBeingFilledWhenTheConnectionEndsIsFilledFromWhereItStood() {
        joinAndMiss(open(10, 5), open(15, 20));
        answer(10 * MINUTE, closed(10, 6), closed(11, 17));
        Question unanswered = questions.remove();

        sequence.pause();
        assertThat(sequence.seq()).as("what is behind it may have a lower seq").isEqualTo(5);
        sequence.history(unanswered.ticket(), List.of(closed(12, 8)));
        sequence.joined(List.of(open(16, 30)), 30, true);
        answer(11 * MINUTE + 1, closed(12, 8), closed(13, 9), closed(14, 10), closed(15, 22), open(16, 30));

        assertThat(told).containsExactly("10/5", "10/6!", "11/17!", "12/8!", "13/9!", "14/10!", "15/22!", "16/30");
    }

    @Test
    void aHoleThatTheNextConnectionMakesUpForIsNotAskedForAgain() {
        joinAndMiss(open(10, 5), open(12, 20));
        questions.clear();
        sequence.pause();
        sequence.joined(List.of(closed(10, 6), closed(11, 9), open(12, 21)), 21, false);

        assertThat(questions).isEmpty();
        assertThat(told).containsExactly("10/5", "10/6!", "11/9!", "12/21");
        assertThat(sequence.seq()).isEqualTo(21);
    }

    @Test
    void whatHistoryDoesNotHaveIsAGapAndLiveGoesOn() {
        joinAndMiss(open(10, 5), open(15, 20));
        answer(10 * MINUTE, closed(10, 6), closed(11, 7));
        answer(11 * MINUTE + 1);

        assertThat(told)
                .containsExactly("10/5", "10/6!", "11/7!", "gap " + (11 * MINUTE + 1) + "-" + 15 * MINUTE, "15/20");
        assertThat(sequence.seq()).isEqualTo(20);
    }

    @Test
    void historyThatCannotBeReadIsAGap() {
        joinAndMiss(open(10, 5), open(15, 20));
        sequence.noHistory(questions.remove().ticket());
        offer(closed(15, 21));

        assertThat(told).containsExactly("10/5", "gap " + 10 * MINUTE + "-" + 15 * MINUTE, "15/20", "15/21!");
    }

    @Test
    void aHoleBeyondTheLimitIsAGapAtOnce() {
        joinAndMiss(open(10, 5), open(10 + LIMIT, 20));

        assertThat(told).startsWith("10/5", "gap " + 10 * MINUTE + "-" + (10 + LIMIT) * MINUTE);
        assertThat(questions).isEmpty();
    }

    @Test
    void aHoleAfterARoomWithoutCandlesIsAGap() {
        sequence.joined(List.of(), 5, false);
        sequence.pause();
        sequence.joined(List.of(open(12, 20)), 20, true);

        assertThat(told).containsExactly("gap 0-" + 12 * MINUTE, "12/20");
    }

    @Test
    void moreCandlesThanMayWaitAreAskedForAsWell() {
        sequence = new KlineSequence(new Recorder(), Long.MAX_VALUE, MINUTE);
        joinAndMiss(open(0, 1), open(2, 3));
        long last = 2L + KlineSequence.MAX_WAITING + 5;
        for (long minute = 2; minute <= last; minute++) {
            offer(closed(minute, minute + 1));
        }
        answer(0, closed(0, 1), closed(1, 2), open(2, 3));
        long firstDropped = 2L + KlineSequence.MAX_WAITING;
        answer(
                firstDropped * MINUTE,
                LongStream.rangeClosed(firstDropped, last)
                        .mapToObj(minute -> closed(minute, minute + 1))
                        .toArray(KlineData[]::new));

        List<String> expected = new ArrayList<>(List.of("0/1"));
        LongStream.rangeClosed(0, last).forEach(minute -> expected.add(minute + "/" + (minute + 1) + "!"));
        assertThat(told).isEqualTo(expected);
        assertThat(questions).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 1_000})
    void everyCandleEndsAsItWasOrIsPartOfAGap(int fillLimit) {
        long seed = System.nanoTime();
        for (int round = 0; round < 300; round++) {
            runAtRandom(fillLimit, new Random(seed + round), "seed " + seed + " round " + round);
        }
    }

    /** A market whose server forgets what it sent, answers late and in pages of three, and sometimes not at all. */
    private static void runAtRandom(int fillLimit, Random random, String seed) {
        TreeMap<Long, KlineData> market = new TreeMap<>();
        Map<Long, KlineData> known = new HashMap<>();
        List<long[]> gaps = new ArrayList<>();
        ArrayDeque<Runnable> answers = new ArrayDeque<>();
        KlineSequence[] self = new KlineSequence[1];
        KlineSequence.Outlet outlet = new KlineSequence.Outlet() {
            @Override
            public void kline(KlineData kline) {
                known.put(kline.openTimeMillis(), kline);
            }

            @Override
            public void gap(long fromTimeMillis, long toTimeMillis) {
                gaps.add(new long[] {fromTimeMillis, toTimeMillis});
            }

            @Override
            public void askHistory(long fromTimeMillis, long ticket) {
                if (random.nextInt(10) == 0) {
                    answers.add(() -> self[0].noHistory(ticket));
                } else {
                    List<KlineData> page = market.tailMap(fromTimeMillis, true).values().stream()
                            .limit(3)
                            .toList(); // As of now: what happens until it comes is told live.
                    answers.add(() -> self[0].history(ticket, page));
                }
            }
        };
        self[0] = new KlineSequence(outlet, fillLimit, MINUTE);
        long seq = 1;
        put(market, open(0, seq));
        self[0].joined(List.copyOf(market.values()), seq, false);
        boolean away = false;
        for (int step = 0; step < 200; step++) {
            int dice = random.nextInt(100);
            long newest = market.lastKey() / MINUTE;
            List<KlineData> changed = new ArrayList<>();
            if (dice < 35) {
                changed.add(open(newest, ++seq));
            } else if (dice < 60) {
                changed.add(closed(newest, market.lastEntry().getValue().seq()));
                changed.add(open(newest + 1, seq));
            } else if (dice < 65 && newest > 0) {
                changed.add(closed(newest - 1 - random.nextInt((int) Math.min(newest, 3)), ++seq)); // Late.
            } else if (dice < 75) {
                away = true;
                self[0].pause();
            } else if (away) {
                away = false;
                long cursor = self[0].seq();
                boolean missed = random.nextBoolean();
                List<KlineData> snapshot = missed
                        ? List.of(market.lastEntry().getValue())
                        : market.values().stream()
                                .filter(kline -> kline.seq() >= cursor)
                                .toList();
                self[0].joined(snapshot, seq, missed);
            } else if (!answers.isEmpty()) {
                answers.remove().run();
            }
            for (KlineData kline : changed) {
                put(market, kline);
                if (!away) {
                    self[0].offer(kline, kline.seq());
                }
            }
        }
        self[0].pause();
        self[0].joined(List.of(market.lastEntry().getValue()), seq, true);
        while (!answers.isEmpty()) {
            answers.remove().run();
        }

        market.forEach((openMillis, kline) -> {
            boolean inGap = gaps.stream().anyMatch(gap -> gap[0] <= openMillis && openMillis <= gap[1]);
            if (!inGap) {
                assertThat(known.get(openMillis)).as(seed).isNotNull();
                assertThat(known.get(openMillis).closed())
                        .as("%s minute %s", seed, openMillis / MINUTE)
                        .isEqualTo(kline.closed());
            }
        });
    }

    private static void put(Map<Long, KlineData> market, KlineData kline) {
        market.put(kline.openTimeMillis(), kline);
    }

    private void joinAndMiss(KlineData before, KlineData newest) {
        sequence.joined(List.of(before), before.seq(), false);
        sequence.pause();
        sequence.joined(List.of(newest), newest.seq(), true);
    }

    private void offer(KlineData kline) {
        sequence.offer(kline, kline.seq());
    }

    private void answer(long fromMillis, KlineData... klines) {
        Question question = questions.remove();
        assertThat(question.fromMillis()).isEqualTo(fromMillis);
        sequence.history(question.ticket(), List.of(klines));
    }

    private static KlineData open(long minute, long seq) {
        return kline(minute, seq, false);
    }

    private static KlineData closed(long minute, long seq) {
        return kline(minute, seq, true);
    }

    private static KlineData kline(long minute, long seq, boolean closed) {
        BigDecimal one = BigDecimal.ONE;
        return new KlineData(
                "BTC-USDT",
                "1m",
                minute * MINUTE,
                minute * MINUTE + MINUTE - 1,
                one,
                one,
                one,
                one,
                one,
                one,
                one,
                one,
                1,
                seq,
                seq,
                closed,
                closed ? "clock" : "trade");
    }

    private final class Recorder implements KlineSequence.Outlet {
        @Override
        public void kline(KlineData kline) {
            told.add(kline.openTimeMillis() / MINUTE + "/" + kline.seq() + (kline.closed() ? "!" : ""));
        }

        @Override
        public void gap(long fromTimeMillis, long toTimeMillis) {
            told.add("gap " + fromTimeMillis + "-" + toTimeMillis);
        }

        @Override
        public void askHistory(long fromTimeMillis, long ticket) {
            questions.add(new Question(fromTimeMillis, ticket));
        }
    }
}
