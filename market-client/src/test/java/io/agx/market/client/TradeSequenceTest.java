package io.agx.market.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.model.Side;
import io.agx.market.core.protocol.TradeData;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TradeSequenceTest {
    private static final int PAGE = 10;

    private final List<Long> told = new ArrayList<>();
    private final List<String> events = new ArrayList<>();
    private final ArrayDeque<Question> questions = new ArrayDeque<>();
    private final TradeSequence sequence = new TradeSequence(new Recorder(), 1_000, PAGE);

    private record Question(long fromSeq, int limit, long ticket) {}

    @Test
    void aHoleIsAskedForAndWhatFollowsWaits() {
        sequence.joined(List.of(), 10);
        sequence.offer(trades(11, 12));
        sequence.offer(trades(15, 16));

        assertThat(told).containsExactly(11L, 12L);
        assertThat(questions).containsExactly(new Question(13, 2, 1));

        sequence.history(1, trades(13, 14), false);

        assertThat(told).containsExactly(11L, 12L, 13L, 14L, 15L, 16L);
        assertThat(events).containsExactly("filled 13-14");
    }

    @Test
    void whatHistoryDoesNotHaveIsAGap() {
        sequence.joined(List.of(), 10);
        sequence.offer(trades(20, 20));
        sequence.history(1, trades(13, 14), true);

        assertThat(told).containsExactly(13L, 14L, 20L);
        assertThat(events).containsExactly("gap 11-12", "gap 15-19");
    }

    @Test
    void aTradeBehindTheHoleInAnAnswerProvesThatTheRestOfItIsMissing() {
        sequence.joined(List.of(), 10);
        sequence.offer(trades(14, 14));
        List<TradeData> answer = new ArrayList<>(trades(11, 12));
        answer.addAll(trades(14, 14));
        sequence.history(1, answer, false);

        assertThat(told).containsExactly(11L, 12L, 14L);
        assertThat(events).containsExactly("filled 11-12", "gap 13-13");
    }

    @Test
    void aLongHoleIsAskedForInPages() {
        sequence.joined(List.of(), 0);
        sequence.offer(trades(26, 26));
        sequence.history(1, trades(1, 10), false);
        sequence.history(2, trades(11, 20), false);

        assertThat(questions.getLast()).isEqualTo(new Question(21, 5, 3));
        sequence.history(3, trades(21, 25), false);
        assertThat(told).isEqualTo(LongStream.rangeClosed(1, 26).boxed().toList());
    }

    @Test
    void aHoleBeyondTheLimitIsAGapAtOnce() {
        sequence.joined(List.of(), 10);
        sequence.offer(trades(1_012, 1_012));

        assertThat(events).containsExactly("gap 11-1011");
        assertThat(told).containsExactly(1_012L);
        assertThat(questions).isEmpty();
    }

    @Test
    void anAnswerOfTheConnectionBeforeCountsNoMore() {
        sequence.joined(List.of(), 10);
        sequence.offer(trades(15, 15));
        sequence.pause();
        sequence.history(1, trades(11, 14), false);
        assertThat(told).isEmpty();

        sequence.joined(trades(11, 16), 16);

        assertThat(told).containsExactly(11L, 12L, 13L, 14L, 15L, 16L);
        assertThat(events).isEmpty();
    }

    @Test
    void aHoleEndsWithItsConnectionAndTheNextOneIsToldAlone() {
        sequence.joined(List.of(), 10);
        sequence.offer(trades(31, 31));
        sequence.history(1, trades(11, 20), false);
        sequence.pause();
        assertThat(events).containsExactly("filled 11-20");
        sequence.joined(trades(21, 50), 50);
        sequence.offer(trades(53, 53));
        sequence.history(questions.getLast().ticket(), trades(51, 52), false);

        assertThat(events).containsExactly("filled 11-20", "filled 51-52");
        assertThat(told).isEqualTo(LongStream.rangeClosed(11, 53).boxed().toList());
    }

    @Test
    void moreThanMayWaitIsDroppedAndFetched() {
        sequence.joined(List.of(), 0);
        TradeSequence unlimited = new TradeSequence(new Recorder(), Long.MAX_VALUE, 1_500);
        unlimited.joined(List.of(), 0);
        unlimited.offer(trades(2, 2));
        long last = TradeSequence.MAX_WAITING + 10L;
        for (long seq = 3; seq <= last; seq += 100) {
            unlimited.offer(trades(seq, Math.min(last, seq + 99)));
        }
        while (!questions.isEmpty()) {
            Question question = questions.remove();
            unlimited.history(
                    question.ticket(),
                    trades(question.fromSeq(), Math.min(last, question.fromSeq() + question.limit() - 1)),
                    false);
        }

        assertThat(told).isEqualTo(LongStream.rangeClosed(1, last).boxed().toList());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 25, 1_000})
    void everySeqIsToldOnceInOrderOrIsPartOfOneGap(int fillLimit) {
        long seed = System.nanoTime();
        for (int round = 0; round < 300; round++) {
            runAtRandom(fillLimit, new Random(seed + round), "seed " + seed + " round " + round);
        }
    }

    /** A server that loses pushes, breaks connections, and whose history has holes, is slow or fails. */
    private void runAtRandom(int fillLimit, Random random, String seed) {
        List<Long> covered = new ArrayList<>();
        ArrayDeque<Question> open = new ArrayDeque<>();
        TradeSequence[] self = new TradeSequence[1];
        self[0] = new TradeSequence(
                new TradeSequence.Outlet() {
                    @Override
                    public void trades(List<TradeData> trades) {
                        trades.forEach(trade -> covered.add(trade.seq()));
                    }

                    @Override
                    public void gap(long fromSeq, long toSeq, String rest) {
                        LongStream.rangeClosed(fromSeq, toSeq).forEach(covered::add);
                    }

                    @Override
                    public void filled(long fromSeq, long toSeq) {
                        assertThat(covered).as(seed).contains(fromSeq, toSeq);
                    }

                    @Override
                    public void askHistory(long fromSeq, int limit, long ticket) {
                        open.add(new Question(fromSeq, limit, ticket));
                    }
                },
                fillLimit,
                PAGE);
        long last = random.nextInt(20);
        long start = last;
        self[0].joined(List.of(), last);
        for (int step = 0; step < 200; step++) {
            int dice = random.nextInt(100);
            if (dice < 50) {
                long from = last + 1;
                last += 1 + random.nextInt(8);
                if (random.nextInt(4) > 0) {
                    self[0].offer(trades(Math.max(1, from - random.nextInt(3)), last));
                }
            } else if (dice < 60) {
                self[0].known(last);
            } else if (dice < 65) {
                self[0].lost(last, "");
            } else if (dice < 72) {
                open.clear();
                self[0].pause();
                long from = self[0].seq() + 1 + (random.nextInt(3) == 0 ? random.nextInt(5) : 0);
                self[0].joined(trades(from, last), last);
            } else if (!open.isEmpty()) {
                answer(self[0], open.remove(), last, random);
            }
        }
        self[0].known(last);
        while (!open.isEmpty()) {
            answer(self[0], open.remove(), last, random);
        }

        assertThat(covered)
                .as(seed)
                .isEqualTo(LongStream.rangeClosed(start + 1, last).boxed().toList());
    }

    private static void answer(TradeSequence sequence, Question question, long last, Random random) {
        if (random.nextInt(10) == 0) {
            sequence.noHistory(question.ticket());
            return;
        }
        List<TradeData> found = new ArrayList<>();
        long seq = question.fromSeq();
        while (found.size() < question.limit() && seq <= last) {
            if (random.nextInt(30) > 0) {
                found.addAll(trades(seq, seq));
            }
            seq++;
        }
        sequence.history(question.ticket(), found, found.size() < question.limit());
    }

    private static List<TradeData> trades(long from, long to) {
        return LongStream.rangeClosed(from, to)
                .mapToObj(seq ->
                        new TradeData(seq, "t" + seq, BigDecimal.ONE, BigDecimal.ONE, BigDecimal.ONE, Side.BUY, seq))
                .toList();
    }

    private final class Recorder implements TradeSequence.Outlet {
        @Override
        public void trades(List<TradeData> trades) {
            trades.forEach(trade -> told.add(trade.seq()));
        }

        @Override
        public void gap(long fromSeq, long toSeq, String rest) {
            events.add("gap " + fromSeq + "-" + toSeq);
        }

        @Override
        public void filled(long fromSeq, long toSeq) {
            events.add("filled " + fromSeq + "-" + toSeq);
        }

        @Override
        public void askHistory(long fromSeq, int limit, long ticket) {
            questions.add(new Question(fromSeq, limit, ticket));
        }
    }
}
