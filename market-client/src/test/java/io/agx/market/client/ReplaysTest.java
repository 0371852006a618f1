package io.agx.market.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.RequestId;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.core.protocol.TradeData;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Replays, the test playing the server. */
class ReplaysTest extends ManualClient {
    private final ReplayListener listener = new ReplayListener() {
        @Override
        public void onTrades(RoomName room, List<TradeData> trades) {
            trades.forEach(trade -> seqs.add(trade.seq()));
        }
    };

    @Test
    void aReplayWithoutAnswerIsStoppedAndNothingOfItIsToldAfterItsFailure() throws Exception {
        MarketClient client = live();
        Replay replay = client.replay(new ReplayRequest(Markets.BTC, 1, 2, 1, List.of(Markets.TRADES)), listener);
        timers.run();
        RequestId id = Objects.requireNonNull(network.last().lastCommand().id());
        for (int second = 0; second < 31; second++) {
            timers.advance(1_000);
            network.last().receive("PONG");
        }
        assertThatThrownBy(() -> replay.done().get(5, TimeUnit.SECONDS))
                .rootCause()
                .hasMessageContaining("timeout");

        network.last().receive(new ServerEvent.Played(id, (ServerEvent.Push) Markets.push(1, 2)));
        replay.stop();
        timers.run();

        assertThat(seqs).isEmpty();
        assertThat(network.last().commands())
                .hasExactlyElementsOfTypes(ClientCommand.Replay.class, ClientCommand.StopReplay.class);
    }
}
