package io.agx.market.server.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agx.market.client.ClientConfig;
import io.agx.market.client.Inbox;
import io.agx.market.client.InboxListener;
import io.agx.market.client.LifecycleEvent;
import io.agx.market.client.MarketClient;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.server.testing.FaultProxy;
import io.agx.market.server.testing.FaultProxy.Fault;
import io.agx.market.server.testing.RunningMarket;
import io.agx.market.server.testing.TestTokens;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Java client's inbox, against the real server: over faults, restarts and other connections of the user. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class ClientInboxIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int FAULTS = 12;
    private static final int BATCH = 25;

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path dataDir;

    /** What one client was told, in its order. */
    private static final class Told implements InboxListener {
        private final List<Long> seqs = new CopyOnWriteArrayList<>();
        private final List<String> titles = new CopyOnWriteArrayList<>();
        private final List<Long> unread = new CopyOnWriteArrayList<>();
        private final List<String> gaps = new CopyOnWriteArrayList<>();

        @Override
        public void onMessage(ReceivedEvent.Notification message) {
            seqs.add(message.seq());
            titles.add(message.title());
        }

        @Override
        public void onReadStatus(ReceivedEvent.ReadStatus status) {
            unread.add(status.unreadCount());
        }

        @Override
        public void onGap(long fromSeq, long toSeq, String rest) {
            gaps.add(fromSeq + "-" + toSeq);
        }
    }

    @Test
    void everyMessageIsToldOnceAndInOrderOverFaultsOfTheNetwork() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        Told told = new Told();
        try (RunningMarket market = RunningMarket.listening(dataDir);
                FaultProxy proxy = new FaultProxy(market::port);
                MarketClient client = connect(proxy.port(), "alice")) {
            Inbox inbox = client.inbox(told);
            await().atMost(PATIENCE).until(() -> inbox.seq() == 0);

            for (int i = 0; i < FAULTS; i++) {
                proxy.strike(Fault.random(random));
                notify(market, "alice", i * BATCH, BATCH);
            }

            await().atMost(PATIENCE).until(() -> inbox.seq() == FAULTS * BATCH);
            await().atMost(PATIENCE).until(() -> told.seqs.size() == FAULTS * BATCH);
            assertThat(told.seqs)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, FAULTS * BATCH).boxed().toList());
            assertThat(told.titles)
                    .containsExactlyElementsOf(IntStream.range(0, FAULTS * BATCH)
                            .mapToObj(each -> "m" + each)
                            .toList());
            assertThat(told.gaps).isEmpty();
        }
    }

    @Test
    void aProgramThatRemembersItsSeqGetsWhatCameWhileItAndTheServerWereAway() throws Exception {
        Told before = new Told();
        long seen;
        try (RunningMarket market = RunningMarket.listening(dataDir);
                MarketClient client = connect(market.port(), "alice")) {
            Inbox inbox = client.inbox(before);
            await().atMost(PATIENCE).until(() -> inbox.seq() == 0);
            notify(market, "alice", 0, 10);
            await().atMost(PATIENCE).until(() -> before.seqs.size() == 10);
            seen = inbox.seq();
        }
        Told after = new Told();
        try (RunningMarket market = RunningMarket.listening(dataDir)) {
            notify(market, "alice", 10, 300);
            notify(market, "bob", 0, 5);
            try (MarketClient client = connect(market.port(), "alice")) {
                Inbox inbox = client.inbox(seen, after);

                await().atMost(PATIENCE).until(() -> after.seqs.size() == 300);
                assertThat(after.seqs)
                        .containsExactlyElementsOf(
                                LongStream.rangeClosed(11, 310).boxed().toList());
                assertThat(after.gaps).isEmpty();
                await().atMost(PATIENCE).until(() -> inbox.unreadCount() == 310);
            }
        }
    }

    @Test
    void whatOneConnectionReadsIsReadOnTheOther() throws Exception {
        Told here = new Told();
        Told there = new Told();
        try (RunningMarket market = RunningMarket.listening(dataDir);
                MarketClient phone = connect(market.port(), "alice");
                MarketClient desk = connect(market.port(), "alice")) {
            Inbox ofPhone = phone.inbox(here);
            Inbox ofDesk = desk.inbox(there);
            await().atMost(PATIENCE).until(() -> ofPhone.seq() == 0 && ofDesk.seq() == 0);
            notify(market, "alice", 0, 4);
            await().atMost(PATIENCE).until(() -> there.seqs.size() == 4 && here.seqs.size() == 4);

            long unread = ofPhone.markReadTo(3).get(10, TimeUnit.SECONDS);

            assertThat(unread).isEqualTo(1);
            await().atMost(PATIENCE).until(() -> ofDesk.unreadCount() == 1);
            assertThat(there.unread).endsWith(1L);
        }
    }

    @Test
    void withoutATokenTheInboxIsRefusedAndTheClientGoesOn() throws Exception {
        List<LifecycleEvent> events = new CopyOnWriteArrayList<>();
        Told told = new Told();
        try (RunningMarket market = RunningMarket.listening(dataDir);
                MarketClient client = MarketClient.connect(ClientConfig.builder(market.webSocket())
                                .lifecycle(events::add)
                                .build())
                        .get(10, TimeUnit.SECONDS)) {
            client.inbox(told);

            await().atMost(PATIENCE)
                    .until(() -> events.stream().anyMatch(each -> each instanceof LifecycleEvent.Refused));
            assertThat(client.tickers().get(10, TimeUnit.SECONDS)).isEmpty();
            assertThat(told.seqs).isEmpty();
        }
    }

    private static MarketClient connect(int port, String user) throws Exception {
        return MarketClient.connect(ClientConfig.builder(URI.create("ws://127.0.0.1:" + port + "/ws"))
                        .token(TestTokens.of(user))
                        .heartbeat(Duration.ofMillis(500))
                        .deadline(Duration.ofSeconds(2))
                        .build())
                .get(10, TimeUnit.SECONDS);
    }

    private void notify(RunningMarket market, String user, int from, int count) throws Exception {
        StringBuilder batch = new StringBuilder("[");
        for (int i = from; i < from + count; i++) {
            batch.append(i == from ? "" : ",").append("{\"userId\":\"" + user + "\",\"title\":\"m" + i + "\"}");
        }
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(market.rest("/notifications"))
                        .header("Authorization", "Bearer " + TestTokens.notifier())
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                batch.append(']').toString()))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isIn(200, 201);
    }
}
