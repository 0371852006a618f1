package io.agx.market.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.TradeData;
import io.agx.market.core.protocol.json.EventEncoder;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The client on real sockets. */
@Timeout(90)
class MarketClientTest {
    private final TradeLogScript log = new TradeLogScript();
    private final List<LifecycleEvent> lifecycle = new CopyOnWriteArrayList<>();
    private final List<Long> seqs = new CopyOnWriteArrayList<>();
    private volatile CountDownLatch blocking = new CountDownLatch(0);
    private ScriptedServer server;
    private MarketClient client;

    /** How a connection ends. */
    enum End {
        FIN,
        RST,
        CLOSE_FRAME,
        SILENCE
    }

    @BeforeEach
    void start() throws Exception {
        server = new ScriptedServer(log);
        client = MarketClient.connect(config().build()).get(10, TimeUnit.SECONDS);
        client.subscribeTrade(Markets.TRADES, (room, trades) -> {
                    awaitRelease();
                    trades.stream().map(TradeData::seq).forEach(seqs::add);
                })
                .get(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        server.close();
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void everyTradeComesOnceAndInOrderWhateverEndsTheConnection(End how) throws Exception {
        for (int round = 1; round <= 3; round++) {
            log.trade(5);
            end(server.last(), how);
            log.trade(7);
            int connections = round + 1;
            await().atMost(Duration.ofSeconds(20)).until(() -> server.connections.size() == connections);
            log.trade(3);
            int expected = round * 15;
            await().atMost(Duration.ofSeconds(20)).until(() -> seqs.size() >= expected);
        }

        assertThat(seqs).isEqualTo(LongStream.rangeClosed(1, 45).boxed().toList());
        assertThat(client.counters().gapCount()).isZero();
        assertThat(lifecycle).hasAtLeastOneElementOfType(LifecycleEvent.Resubscribed.class);
    }

    @Test
    void comesThroughRefusedHandshakes() throws Exception {
        server.refuseNext(3);
        server.last().reset();
        log.trade(2);

        await().atMost(Duration.ofSeconds(20)).until(() -> seqs.size() == 2);
        assertThat(client.counters().attemptCount()).isGreaterThanOrEqualTo(5);
    }

    @Test
    void asksOverTheSameSocket() throws Exception {
        log.trade(4);

        assertThat(client.ticker(Markets.BTC).get(10, TimeUnit.SECONDS).seq()).isEqualTo(4);
        assertThat(client.instruments().get(10, TimeUnit.SECONDS)).hasSize(1);
        assertThat(client.ping().get(10, TimeUnit.SECONDS).roundTripMicros()).isBetween(0L, 10_000_000L);
        assertThat(server.connections).hasSize(1);
    }

    @Test
    void refusesASelectionOfFieldsBecauseListenersAreGivenWholePayloads() {
        RoomName selected = RoomName.parse("ticker:*~last");

        assertThatThrownBy(() -> client.subscribeTicker(selected, (room, tickers) -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("room must have all fields, for listeners are given all, was ticker:*~last");
    }

    @Test
    void readsFragmentedMessagesBetweenPings() throws Exception {
        byte[] push = EventEncoder.encode(Markets.push(1, 200));
        server.last().ping();
        server.last().sendText(push, 100);
        server.last().ping();

        await().atMost(Duration.ofSeconds(10)).until(() -> seqs.size() == 200);
    }

    @Test
    void aListenerThatFallsBehindLosesNothing() throws Exception {
        CountDownLatch behind = new CountDownLatch(1);
        blocking = behind;
        for (int i = 0; i < 5_000; i++) {
            log.trade(1);
        }
        behind.countDown();

        await().atMost(Duration.ofSeconds(20)).until(() -> seqs.size() == 5_000);
        assertThat(seqs).isEqualTo(LongStream.rangeClosed(1, 5_000).boxed().toList());
    }

    @Test
    void saysGoodbye() {
        client.close();
        client.close();

        await().atMost(Duration.ofSeconds(10))
                .until(() -> server.last().closeCode.get() == 1000);
    }

    @Test
    void manyClientsShareFewThreadsWhichEndWithTheLastOfThem() throws Exception {
        int before = threads("HttpClient-").size(); // Of other tests of this JVM.
        List<MarketClient> many = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            many.add(MarketClient.connect(config().build()).get(10, TimeUnit.SECONDS));
        }

        assertThat(threads("market-client-")).hasSizeLessThanOrEqualTo(ClientThreads.LOOPS);
        assertThat(threads("HttpClient-")).hasSizeLessThanOrEqualTo(before + ClientThreads.LOOPS);

        many.forEach(MarketClient::close);
        client.close();
        await().atMost(Duration.ofSeconds(2 * ClientThreads.KEEP_SECONDS + 10))
                .until(() -> threads("market-").isEmpty());
    }

    private void awaitRelease() {
        try {
            blocking.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void end(ScriptedServer.Connection connection, End how) throws IOException {
        switch (how) {
            case FIN -> connection.end();
            case RST -> connection.reset();
            case CLOSE_FRAME -> connection.close(1012);
            case SILENCE -> connection.fallSilent();
        }
    }

    private ClientConfig.Builder config() {
        return ClientConfig.builder(URI.create(server.uri()))
                .heartbeat(Duration.ofMillis(500))
                .deadline(Duration.ofSeconds(4))
                .reconnect(ReconnectPolicy.standard().withDelays(Duration.ofMillis(20), Duration.ofMillis(200)))
                .lifecycle(lifecycle::add);
    }

    private static List<String> threads(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith(prefix))
                .toList();
    }
}
