package io.agx.market.server.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.server.room.Publication;
import jakarta.websocket.SendResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class JakartaTransportTest {
    private final FakeSession session = new FakeSession();
    private final BlockingCalls calls = new BlockingCalls();
    private final JakartaTransport transport =
            new JakartaTransport(session.session(), ContainerSessions.PORTABLE, calls);
    private final AtomicInteger done = new AtomicInteger();

    @AfterEach
    void endThreads() {
        session.pingsGoOn.countDown();
        calls.close();
    }

    @Test
    void writesOneMessageAtATimeAndSaysWhenAllAreWritten() {
        assertThat(transport.write(messages("a", "b", "c"), done::incrementAndGet))
                .isFalse();
        session.complete(new SendResult());
        session.complete(new SendResult());
        assertThat(done).hasValue(0);
        session.complete(new SendResult());

        assertThat(done).hasValue(1);
        assertThat(session.sent).containsExactly("a", "b", "c");
        assertThat(session.mostInFlight()).isEqualTo(1);
    }

    @Test
    void endsTheConnectionWhenTheContainerRefusesAWrite() throws InterruptedException {
        session.refuse(new IllegalStateException("TEXT_FULL_WRITING"));

        assertThat(transport.write(messages("a"), done::incrementAndGet)).isTrue();

        assertThat(session.closed.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void endsTheConnectionWhenAWriteFails() throws InterruptedException {
        transport.write(messages("a", "b"), done::incrementAndGet);
        session.complete(new SendResult(new IOException("reset")));

        assertThat(done).hasValue(1);
        assertThat(session.sent).containsExactly("a");
        assertThat(session.closed.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void pingsOffTheCallersThreadAndAtMostOnceAtATime() throws InterruptedException {
        transport.ping(1); // Would not return before the latch, were it on this thread.
        transport.ping(1);
        transport.write(messages("a"), done::incrementAndGet);
        session.complete(new SendResult());
        assertThat(done).hasValue(1);

        session.pingsGoOn.countDown();
        assertThat(session.pinged.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private static List<Publication> messages(String... texts) {
        return Stream.of(texts)
                .map(text -> Publication.reply(text.getBytes(StandardCharsets.UTF_8)))
                .toList();
    }
}
