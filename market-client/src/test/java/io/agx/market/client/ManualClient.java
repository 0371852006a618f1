package io.agx.market.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.core.protocol.ServerEvent.RoomReply;
import io.agx.market.core.protocol.TradeData;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A client on a manual clock and a network in memory; the test is the server. */
class ManualClient {
    /** Not used by what these tests do. */
    static final HttpClient HTTP = HttpClient.newHttpClient();

    final ManualTimers timers = new ManualTimers();
    final RecordingConnector network = new RecordingConnector(timers);
    final InlineExecutor listeners = new InlineExecutor();
    final List<LifecycleEvent> lifecycle = new ArrayList<>();
    final List<Long> seqs = new ArrayList<>();
    final long seed = System.nanoTime();

    static ClientConfig.Builder config() {
        return ClientConfig.builder(URI.create("ws://localhost:1/ws"));
    }

    CompletableFuture<MarketClient> connect() {
        return connect(config());
    }

    CompletableFuture<MarketClient> connect(ClientConfig.Builder config) {
        return MarketClient.connect(
                config.lifecycle(lifecycle::add).build(), network, HTTP, timers, new Random(seed), listeners);
    }

    MarketClient live() throws Exception {
        return live(config());
    }

    MarketClient live(ClientConfig.Builder config) throws Exception {
        return live(config, Map.of());
    }

    /** Of a server with these limits. */
    MarketClient live(Map<String, Long> limits) throws Exception {
        return live(config(), limits);
    }

    private MarketClient live(ClientConfig.Builder config, Map<String, Long> limits) throws Exception {
        CompletableFuture<MarketClient> connecting = connect(config);
        timers.run();
        network.last().welcome(Markets.EPOCH, limits);
        return connecting.get(5, TimeUnit.SECONDS);
    }

    void joinTrades(MarketClient client, long seq) throws Exception {
        CompletableFuture<SubscribeReply> joined = client.subscribeTrade(
                Markets.TRADES,
                (room, trades) -> trades.stream().map(TradeData::seq).forEach(seqs::add));
        timers.advance(10);
        answer(new RoomReply.Joined(Markets.TRADES.toString(), seq, false, null));
        assertThat(joined.get(5, TimeUnit.SECONDS).seq()).isEqualTo(seq);
    }

    void answer(RoomReply... rooms) {
        network.last()
                .receive(new ServerEvent.Subscribed(network.last().lastCommand().id(), List.of(rooms)));
    }
}
