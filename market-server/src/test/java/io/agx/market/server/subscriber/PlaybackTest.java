package io.agx.market.server.subscriber;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.RequestId;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.server.room.Publication;
import io.agx.market.server.testing.MarketRig;
import io.agx.market.server.testing.RecordingTransport;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** docs/INVARIANTS.md, 6: a replay shares the pipe of a connection and harms nothing else in it. */
class PlaybackTest {
    private final MarketRig rig = new MarketRig();
    private final RecordingTransport transport = new RecordingTransport();
    private final Subscriber subscriber = rig.connect(transport);

    @Test
    void liveRoomsAndRepliesGoBeforeAReplay() {
        rig.join(subscriber, "trade:BTC-USDT");
        transport.hold();
        play(1, 10);
        rig.publish();
        for (int i = 2; i < 30; i++) {
            play(i, 20_000);
        }
        rig.trade(rig.btc, 1);
        subscriber.reply(new ServerEvent.Pong(RequestId.of(1), 1L, 2, 3));
        rig.publish();
        transport.releaseOne();
        rig.publish();

        List<String> second = transport.writes().get(1);
        assertThat(second.get(0)).contains("pong");
        assertThat(second.get(1)).contains("\"event\":\"trade\"");
        assertThat(second.subList(2, second.size())).isNotEmpty().allMatch(text -> text.startsWith("{\"played\":"));
        assertThat(second.stream().mapToInt(String::length).sum()).isLessThanOrEqualTo(65_536);
    }

    @Test
    void keepsItsOrderAndItsBytesUntilTheyAreWritten() {
        transport.hold();
        for (int i = 0; i < 10; i++) {
            play(i, 20_000);
        }
        rig.publish();
        assertThat(subscriber.playbackBytes()).isBetween(140_000L, 141_000L);

        transport.release();
        rig.publish();
        rig.publish();

        assertThat(subscriber.playbackBytes()).isZero();
        assertThat(transport.messages()).hasSize(10);
        for (int i = 0; i < 10; i++) {
            assertThat(transport.messages().get(i)).startsWith("{\"played\":" + i + ",");
        }
    }

    @Test
    void isForgottenWithTheConnection() {
        transport.hold();
        play(1, 100_000);
        play(2, 100_000);
        rig.publish();

        subscriber.closed();
        play(3, 100_000);

        assertThat(subscriber.playbackBytes()).isZero();
        assertThat(transport.events(ReceivedEvent.Gap.class)).isEmpty();
    }

    private void play(int number, int bytes) {
        String text = "{\"event\":\"x\",\"n\":" + " ".repeat(bytes) + "0}";
        subscriber.play(Publication.reply(
                ("{\"played\":" + number + "," + text.substring(1)).getBytes(StandardCharsets.UTF_8)));
    }
}
