package io.agx.market.server.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HealthTest {
    private final AtomicLong clock = new AtomicLong(1_000);
    private final AtomicReference<String> store = new AtomicReference<>();
    private final AtomicReference<String> server = new AtomicReference<>();
    private final Health health = new Health(clock::get);

    HealthTest() {
        health.part("server", Health.Status.NOT_READY, () -> Optional.ofNullable(server.get()));
        health.part("store", Health.Status.DEGRADED, () -> Optional.ofNullable(store.get()));
    }

    @Test
    void theWorstPartSaysWhatTheWholeIs() {
        assertThat(health.report().status()).isEqualTo(Health.Status.READY);
        store.set("gone");
        assertThat(health.report().status()).isEqualTo(Health.Status.DEGRADED);
        server.set("draining");
        assertThat(health.report().status()).isEqualTo(Health.Status.NOT_READY);
        store.set(null);
        assertThat(health.report().status()).isEqualTo(Health.Status.NOT_READY);
    }

    @Test
    void aPartTellsSinceWhenItIsAsItIs() {
        health.report();
        clock.set(5_000);
        store.set("gone");
        health.report();
        clock.set(9_000);
        store.set("gone, for another reason");

        assertThat(health.report().parts())
                .containsExactly(
                        new Health.Part("server", true, 1_000, ""),
                        new Health.Part("store", false, 5_000, "gone, for another reason"));
        store.set(null);
        assertThat(health.report().parts().get(1)).isEqualTo(new Health.Part("store", true, 9_000, ""));
    }

    @Test
    void aQuestionThatFailsIsTakenBackByOneThatDoesNot() {
        AtomicReference<RuntimeException> failure = new AtomicReference<>();
        Probe probe = new Probe(
                () -> {
                    if (failure.get() != null) {
                        throw failure.get();
                    }
                },
                clock::get);
        assertThat(probe.fault()).isEmpty();
        failure.set(new IllegalStateException("user market at db.example", new ArithmeticException("password x")));
        probe.ask();
        assertThat(probe.fault()).hasValue("it fails: ArithmeticException");
        failure.set(null);
        probe.ask();
        assertThat(probe.fault()).isEmpty();
    }

    /** As of a JVM whose jars were replaced while it runs. */
    @Test
    void anErrorIsToldAndTheNextQuestionIsAsked() {
        AtomicInteger questions = new AtomicInteger();
        AtomicBoolean mended = new AtomicBoolean();
        try (Probe probe = new Probe(
                () -> {
                    questions.incrementAndGet();
                    if (!mended.get()) {
                        throw new NoClassDefFoundError("org/h2/Gone");
                    }
                },
                System::nanoTime)) {
            probe.start();
            await().dontCatchUncaughtExceptions()
                    .until(() -> probe.fault().equals(Optional.of("it fails: NoClassDefFoundError")));
            mended.set(true);
            await().until(() -> probe.fault().isEmpty());
            assertThat(questions).hasValueGreaterThan(1);
        }
    }

    /** As of a database behind a network that swallows every packet. */
    @Test
    void aQuestionThatHangsIsToldAndHoldsUpNobody() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        try (Probe probe = new Probe(
                () -> {
                    asked.countDown();
                    awaitUninterruptibly(answered);
                },
                clock::get)) {
            probe.start();
            asked.await();
            assertThat(probe.fault()).as("it may take its time").isEmpty();
            clock.addAndGet(Probe.PATIENCE_NANOS + TimeUnit.SECONDS.toNanos(2));
            assertThat(probe.fault()).hasValue("no answer for 5 s");
            answered.countDown();
            await().until(() -> probe.fault().isEmpty());
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException e) {
                throw new AssertionError("a driver would close its files", e);
            }
        }
    }
}
