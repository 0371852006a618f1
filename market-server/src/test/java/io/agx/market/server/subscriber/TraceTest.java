package io.agx.market.server.subscriber;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.server.room.Publication;
import io.agx.market.server.testing.MarketRig;
import io.agx.market.server.testing.RecordingTransport;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceTest {
    private static final String SECRET = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2VjcmV0LXNpZ25hdHVyZQ";

    private final MarketRig rig = new MarketRig();
    private final FrameTrace trace = new FrameTrace();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"event\":\"auth\",\"data\":{\"token\":\"SECRET\"}}",
                "{\"event\":\"auth\",\"id\":7,\"data\":{\"token\":\"opaque-SECRET\"}}",
                "{\"event\":\"\\u0061uth\",\"data\":{\"token\":\"opaque\"}}",
                "{\"event\":\"auth\",\"data\":\"opaque\"}",
                "{\"event\":\"Auth\",\"data\":{\"tokn\":\"opaque\"}}",
                "{\"event\":\"auth\",\"data\":{\"token\":\"opaque\"",
                "{\"event\":\"log_in\",\"data\":{\"Token\":\"opaque\"}}",
                "{\"event\":\"ping\",\"token\":\"opaque\"}",
                "{\"event\":\"ping\",\"\\u0074oken\":\"opaque\"}",
                "{\"event\":\"ping\",\"data\":{\"token\" : \"opa\\\"que\"}}",
                "{\"event\":\"ping\",\"id\":\"SECRET\"}",
                "SECRET",
                "Bearer SECRET"
            })
    void noTokenIsShownHoweverItIsSent(String pattern) {
        String text = pattern.replace("SECRET", SECRET);

        in(text);

        String shown = trace.after(0).frames().get(0).text();
        assertThat(shown).isNotEqualTo(text).doesNotContain("opaque", "que\"", SECRET, "c2VjcmV0LXNpZ25hdHVyZQ");
        assertThat(trace.after(0).frames().get(0).bytes()).isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
    }

    @Test
    void aTokenThatIsCutOffIsNotShownEither() {
        String text = "{\"event\":\"ping\",\"id\":\"" + "x".repeat(FrameTrace.MAX_CHARS - 60) + "\",\"data\":{\"a\":\""
                + SECRET + "\"}}";

        in(text);
        out(text);

        assertThat(trace.after(0).frames())
                .hasSize(2)
                .allSatisfy(frame -> assertThat(frame.text()).doesNotContain(SECRET.substring(0, 16)));
    }

    @Test
    void commandsAndMessagesAreShownAsTheyAre() {
        in("PING");
        in("{\"event\":\"subscribe\",\"data\":{\"rooms\":[\"ticker:*\"]}}");
        out("{\"event\":\"ticker\"}");

        assertThat(trace.after(0).frames())
                .extracting(FrameTrace.Frame::text)
                .containsExactly(
                        "PING",
                        "{\"event\":\"subscribe\",\"data\":{\"rooms\":[\"ticker:*\"]}}",
                        "{\"event\":\"ticker\"}");
        assertThat(trace.after(0).frames())
                .extracting(FrameTrace.Frame::incoming)
                .containsExactly(true, true, false);
    }

    @Test
    void aLongMessageIsShownUpToABoundAndNoCharacterIsCut() {
        String wide = "x" + "𝄞".repeat(2_000);

        in(wide);
        out(wide);

        assertThat(trace.after(0).frames()).allSatisfy(frame -> {
            assertThat(frame.text())
                    .hasSize(FrameTrace.MAX_CHARS - 1)
                    .isEqualTo(wide.substring(0, frame.text().length()));
            assertThat(frame.bytes()).isEqualTo(8_001);
        });
    }

    @Test
    void theNewestAreKeptAndWhatIsGoneIsCounted() {
        for (int i = 1; i <= FrameTrace.MAX_FRAMES + 10; i++) {
            out("m" + i);
        }

        FrameTrace.Page first = trace.after(0);
        assertThat(first.lost()).isEqualTo(10);
        assertThat(first.frames()).hasSize(FrameTrace.MAX_FRAMES);
        assertThat(first.frames().get(0).number()).isEqualTo(11);
        assertThat(first.next()).isEqualTo(FrameTrace.MAX_FRAMES + 10);
        assertThat(trace.after(first.next()).frames()).isEmpty();
        assertThat(trace.after(first.next()).lost()).isZero();
        out("more");
        assertThat(trace.after(first.next()).frames())
                .extracting(FrameTrace.Frame::text)
                .containsExactly("more");
    }

    @Test
    void aFloodOfThePeersWaitsWithinABoundAndItsRestIsLost() {
        Subscriber subscriber = rig.connect(new RecordingTransport());
        subscriber.trace(trace);
        for (int i = 0; i < 1_000; i++) {
            subscriber.heardText("{\"event\":\"ping\",\"id\":" + i + "}");
        }
        rig.loop.runDue();
        out("after");

        FrameTrace.Page page = trace.after(0);
        assertThat(page.frames()).hasSize(257);
        assertThat(page.next()).isEqualTo(1_001);
        assertThat(page.lost()).isEqualTo(744);
    }

    @Test
    void whatIsWrittenIsKeptOnlyWhileItIsTraced() {
        Subscriber subscriber = rig.connect(new RecordingTransport());
        say(subscriber, "before");
        subscriber.trace(trace);
        say(subscriber, "while");
        subscriber.heardText("PING");
        subscriber.trace(null);
        say(subscriber, "after");

        assertThat(trace.after(0).frames()).extracting(FrameTrace.Frame::text).containsExactly("while", "PING");
    }

    private void say(Subscriber subscriber, String text) {
        subscriber.reply(Publication.reply(text.getBytes(StandardCharsets.UTF_8)));
        rig.loop.runDue();
    }

    private void in(String text) {
        Objects.requireNonNull(trace.in(text, 1)).run();
    }

    private void out(String text) {
        trace.out(List.of(Publication.reply(text.getBytes(StandardCharsets.UTF_8))), 1);
    }
}
