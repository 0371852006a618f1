package io.agx.market.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.server.room.Publication;
import io.agx.market.server.subscriber.FrameTrace;
import io.agx.market.server.subscriber.Subscriber;
import io.agx.market.server.testing.MarketRig;
import io.agx.market.server.testing.RecordingTransport;
import java.nio.charset.StandardCharsets;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class TracesTest {
    private final MarketRig rig = new MarketRig();
    private final Traces traces = new Traces(rig.subscribers, rig.clock::nanos);
    private final Subscriber first = rig.connect(new RecordingTransport());
    private final Subscriber second = rig.connect(new RecordingTransport());

    @Test
    void anOperatorLooksAtOneConnectionAtATime() {
        traces.start("alice", first.id());
        say(first, "one");
        traces.start("alice", second.id());
        say(first, "unseen");
        say(second, "two");

        assertThat(traces.after("alice", second.id(), 0).frames())
                .extracting(FrameTrace.Frame::text)
                .containsExactly("two");
        assertFails(ErrorCode.NOT_FOUND, () -> traces.after("alice", first.id(), 0));
    }

    @Test
    void beganAgainItGoesOn() {
        traces.start("alice", first.id());
        say(first, "one");
        traces.start("alice", first.id());

        assertThat(traces.after("alice", first.id(), 0).frames()).hasSize(1);
    }

    @Test
    void anothersTraceIsNeitherReadNorTakenNorStopped() {
        traces.start("alice", first.id());

        assertFails(ErrorCode.ALREADY_EXISTS, () -> traces.start("bob", first.id()));
        assertFails(ErrorCode.NOT_FOUND, () -> traces.after("bob", first.id(), 0));
        assertFails(ErrorCode.NOT_FOUND, () -> traces.stop("bob", first.id()));
        traces.stop("alice", first.id());
        traces.start("bob", first.id());
    }

    @Test
    void theServerHasABoundOfTraces() {
        for (int i = 0; i < Traces.MAX_TRACES; i++) {
            traces.start("operator-" + i, rig.connect(new RecordingTransport()).id());
        }

        assertFails(ErrorCode.RATE_LIMITED, () -> traces.start("alice", first.id()));
        traces.start("operator-0", first.id()); // In place of its own.
    }

    @Test
    void whatNobodyAsksForEnds() {
        traces.start("alice", first.id());
        pass(9_000);
        traces.after("alice", first.id(), 0);
        pass(9_000);
        say(first, "still there");
        assertThat(traces.after("alice", first.id(), 0).frames()).isNotEmpty();
        pass(11_000);

        assertFails(ErrorCode.NOT_FOUND, () -> traces.after("alice", first.id(), 0));
    }

    @Test
    void afterTenMinutesItEndsThoughItIsAskedFor() {
        traces.start("alice", first.id());
        for (int i = 0; i < 120; i++) {
            pass(5_000);
            traces.after("alice", first.id(), 0);
            first.heard();
        }
        pass(1_000);

        assertFails(ErrorCode.NOT_FOUND, () -> traces.after("alice", first.id(), 0));
    }

    @Test
    void theLastMessagesOfAConnectionThatIsGoneCanBeRead() {
        traces.start("alice", first.id());
        say(first, "last");
        rig.subscribers.remove(first, 1000, "");

        assertThat(traces.after("alice", first.id(), 0).frames())
                .extracting(FrameTrace.Frame::text)
                .containsExactly("last");
        assertFails(ErrorCode.NOT_FOUND, () -> traces.start("bob", first.id()));
    }

    private void pass(long millis) {
        rig.clock.advanceMillis(millis);
        traces.tick();
    }

    private void say(Subscriber subscriber, String text) {
        subscriber.reply(Publication.reply(text.getBytes(StandardCharsets.UTF_8)));
        rig.loop.runDue();
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
