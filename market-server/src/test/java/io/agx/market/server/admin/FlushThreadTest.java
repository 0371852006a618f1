package io.agx.market.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.server.testing.MarketRig;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The rig's loop runs when the test runs it: until then the flush thread hangs. */
class FlushThreadTest {
    private final MarketRig rig = new MarketRig();
    private final AtomicInteger asked = new AtomicInteger();

    @Test
    void aQuestionIsAnsweredWithWhatTheFlushThreadFinds() {
        FlushThread flushThread = new FlushThread(rig.loop, 30_000);
        CompletableFuture<Integer> answer =
                CompletableFuture.supplyAsync(() -> flushThread.ask(asked::incrementAndGet));
        await().until(() -> {
            rig.loop.runDue();
            return answer.isDone();
        });

        assertThat(answer.join()).isEqualTo(1);
        assertThat(flushThread.questionCount()).isEqualTo(1);
        assertThat(flushThread.longestNanos()).isPositive().isEqualTo(flushThread.totalNanos());
    }

    @Test
    void aThreadThatHangsIsToldInTimeAndIsNotAskedLater() {
        FlushThread flushThread = new FlushThread(rig.loop, 10);

        assertBusy(() -> flushThread.ask(asked::incrementAndGet));
        rig.loop.runDue();
        assertThat(asked).hasValue(0);
    }

    @Test
    void moreQuestionsThanTheBoundAreRefusedUntilTheFlushThreadGoesOn() {
        FlushThread flushThread = new FlushThread(rig.loop, 1);
        List<String> messages = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            try {
                flushThread.ask(asked::incrementAndGet);
            } catch (ProtocolException e) {
                messages.add(e.problem().message());
            }
        }

        assertThat(messages).hasSize(6);
        assertThat(messages.subList(0, 4)).allMatch(message -> message.contains("did not answer within 1 ms"));
        assertThat(messages.subList(4, 6)).allMatch(message -> message.startsWith("4 questions are under way"));
        rig.loop.runDue();
        assertBusy(() -> flushThread.ask(asked::incrementAndGet));
        assertThat(flushThread.questionCount()).isEqualTo(4);
    }

    private static void assertBusy(Runnable question) {
        assertThatThrownBy(question::run)
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BACK_PRESSURE));
    }
}
