package io.agx.market.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.model.Side;
import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.ClientCommand.Published;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.OfferedQuote;
import io.agx.market.core.protocol.OfferedTrade;
import io.agx.market.core.protocol.Problem;
import io.agx.market.core.protocol.ReceivedEvent.PublishResult;
import io.agx.market.core.protocol.RequestId;
import io.agx.market.core.protocol.ServerEvent;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class PublicationsTest {
    private static final Map<String, Long> CREDIT = Map.of("publishCredit", 1_000L);

    private final ManualClient rig = new ManualClient();

    @Test
    void tradesGoOverTheConnectionAndTheAnswersAreTheirResults() throws Exception {
        MarketClient client = live();

        CompletableFuture<List<PublishResult>> published = client.publish(trades(0, 3));
        rig.timers.run();
        answer(sent().get(0), 3);

        assertThat(sent()).hasSize(1);
        assertThat(published.get()).extracting(PublishResult::seq).containsExactly(1L, 2L, 3L);
    }

    @Test
    void noMoreIsUnderWayThanTheCreditAndTheRestFollowsInOrder() throws Exception {
        MarketClient client = live();

        CompletableFuture<List<PublishResult>> published = client.publish(trades(0, 2_300));
        rig.timers.run();
        assertThat(sent()).extracting(ClientCommand.Publish::count).containsExactly(500, 500);

        answer(sent().get(0), 500);
        assertThat(sent()).hasSize(3);
        for (int i = 1; i < 5; i++) {
            answer(sent().get(i), sent().get(i).count());
        }
        assertThat(sent()).extracting(ClientCommand.Publish::count).containsExactly(500, 500, 500, 500, 300);
        assertThat(published.get()).hasSize(2_300);
        assertThat(sent().get(4).elementsJson())
                .startsWith("[{\"symbol\":\"A\",\"id\":\"t2000\"")
                .endsWith("}]");
    }

    @Test
    void aMessageIsNeverLongerThanAServerTakes() throws Exception {
        MarketClient client = live();
        List<OfferedTrade> big = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            big.add(new OfferedTrade(
                    "A", "t" + i, BigDecimal.ONE, BigDecimal.TEN, Side.BUY, 1L, "é".repeat(128), "ü".repeat(128)));
        }

        client.publish(big);
        rig.timers.run();

        assertThat(sent()).hasSizeGreaterThan(3);
        assertThat(rig.network.last().sent).allMatch(text -> text.getBytes(StandardCharsets.UTF_8).length <= 65_536);
        assertThat(sent().stream().mapToInt(ClientCommand.Publish::count).sum()).isEqualTo(400);
    }

    @Test
    void whatHasNoAnswerIsSentAgainOnTheNextConnectionAndTheRestAfterIt() throws Exception {
        MarketClient client = live();
        CompletableFuture<List<PublishResult>> published = client.publish(trades(0, 1_500));
        rig.timers.run();
        List<String> first =
                sent().stream().map(ClientCommand.Publish::elementsJson).toList();
        answer(sent().get(0), 500);
        rig.network.last().end(1006, "");
        untilItTriesAgain();

        rig.network.last().welcome(Markets.EPOCH, CREDIT);

        assertThat(sent()).hasSize(2);
        assertThat(sent().get(0).elementsJson()).isEqualTo(first.get(1));
        answer(sent().get(0), 500);
        answer(sent().get(1), 500);
        assertThat(published.get()).hasSize(1_500);
    }

    @Test
    void whatIsPublishedWithoutAConnectionWaitsForIt() throws Exception {
        MarketClient client = live();
        rig.network.last().end(1006, "");
        CompletableFuture<List<PublishResult>> published = client.publish(trades(0, 1));
        untilItTriesAgain();

        rig.network.last().welcome(Markets.EPOCH, CREDIT);
        answer(sent().get(0), 1);

        assertThat(published.get()).hasSize(1);
    }

    @Test
    void whatIsPushedBackIsOfferedAgainAfterAWhile() throws Exception {
        MarketClient client = live();
        CompletableFuture<List<PublishResult>> published = client.publish(trades(0, 1));
        rig.timers.run();
        refuse(sent().get(0), ErrorCode.BACK_PRESSURE);
        assertThat(sent()).hasSize(1);

        rig.timers.advance(100);

        assertThat(sent()).hasSize(2);
        assertThat(sent().get(1).elementsJson()).isEqualTo(sent().get(0).elementsJson());
        answer(sent().get(1), 1);
        assertThat(published.get()).hasSize(1);
    }

    @Test
    void whatIsPushedBackIsOfferedAgainInTheOrderInWhichItWasPublished() throws Exception {
        MarketClient client = live();
        CompletableFuture<List<PublishResult>> published = client.publish(trades(0, 1_500));
        rig.timers.run();
        refuse(sent().get(0), ErrorCode.BACK_PRESSURE);
        refuse(sent().get(1), ErrorCode.BACK_PRESSURE);

        rig.timers.advance(100);
        answer(sent().get(2), 500);

        assertThat(sent()).hasSize(5);
        assertThat(sent().get(2).elementsJson()).startsWith("[{\"symbol\":\"A\",\"id\":\"t0\"");
        assertThat(sent().get(3).elementsJson()).startsWith("[{\"symbol\":\"A\",\"id\":\"t500\"");
        assertThat(sent().get(4).elementsJson()).startsWith("[{\"symbol\":\"A\",\"id\":\"t1000\"");
        answer(sent().get(3), 500);
        answer(sent().get(4), 500);
        assertThat(published.get()).hasSize(1_500);
    }

    @Test
    void aRefusalForGoodFailsThePublicationAndNotTheNext() throws Exception {
        MarketClient client = live();
        CompletableFuture<List<PublishResult>> first = client.publish(trades(0, 1_600));
        CompletableFuture<List<PublishResult>> second = client.publish(trades(2_000, 1));
        rig.timers.run();

        refuse(sent().get(0), ErrorCode.FORBIDDEN);
        answer(sent().get(1), 500);

        assertThatThrownBy(first::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        MarketException.class, why -> assertThat(why.code()).isEqualTo("forbidden"));
        answer(sent().get(2), 1);
        assertThat(second.get()).hasSize(1);
    }

    @Test
    void tooManyTradesAreRefusedAtOnceAndAFullQueueToo() throws Exception {
        MarketClient client = live();
        assertThatThrownBy(() -> get(client.publish(trades(0, 20_001)))).hasMessageContaining("too_large");
        for (int i = 0; i < 5; i++) {
            client.publish(trades(i * 20_000, 20_000));
        }
        client.publish(trades(100_000, 1_000)); // The first 1,000 are under way.

        assertThatThrownBy(() -> get(client.publish(trades(0, 1)))).hasMessageContaining("too_many");
    }

    @Test
    void whatHasWaitedTooLongFails() throws Exception {
        MarketClient client = live();
        CompletableFuture<List<PublishResult>> published = client.publish(trades(0, 1_500));
        rig.timers.run();

        rig.timers.advance(40_000);

        assertThatThrownBy(published::get).hasMessageContaining("timeout");
    }

    @Test
    void theEndOfTheClientFailsWhatWaits() throws Exception {
        MarketClient client = live();
        CompletableFuture<List<PublishResult>> published = client.publish(trades(0, 1_500));
        rig.timers.run();

        client.close();
        rig.timers.run();

        assertThatThrownBy(published::get).hasMessageContaining("closed");
    }

    @Test
    void theEndOfTheClientFailsWhatIsUnderWayOverRest() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<MarketClient> connecting =
                    rig.connect(ClientConfig.builder(URI.create("ws://127.0.0.1:" + silent.getLocalPort() + "/ws")));
            rig.timers.run();
            rig.network.last().welcome(Markets.EPOCH, Map.of()); // No credit: it goes over REST.
            MarketClient client = connecting.get();
            CompletableFuture<List<PublishResult>> published = client.publish(trades(0, 1));
            rig.timers.run();
            assertThat(published).isNotDone();

            client.close();
            rig.timers.advance(1_000);

            assertThatThrownBy(published::get).hasMessageContaining("closed");
        }
    }

    @Test
    void quotesGoOutNowOrNever() throws Exception {
        MarketClient client = live();
        OfferedQuote quote = new OfferedQuote(
                "A", BigDecimal.ONE, BigDecimal.TEN, BigDecimal.valueOf(2), BigDecimal.valueOf(1, 3), 5L);
        CompletableFuture<List<PublishResult>> published = client.publishQuotes(List.of(quote));
        rig.timers.run();
        assertThat(sent().get(0).what()).isEqualTo(Published.QUOTES);
        assertThat(sent().get(0).elementsJson())
                .isEqualTo(
                        "[{\"symbol\":\"A\",\"bid\":\"1\",\"bidQty\":\"10\",\"ask\":\"2\",\"askQty\":\"0.001\",\"time\":5}]");

        rig.network.last().end(1006, "");
        assertThatThrownBy(() -> get(client.publishQuotes(List.of(quote)))).hasMessageContaining("no connection");
        untilItTriesAgain();
        rig.network.last().welcome(Markets.EPOCH, CREDIT);
        assertThatThrownBy(() -> get(published)).hasMessageContaining("dropped");
        assertThat(sent()).isEmpty();
        assertThatThrownBy(() -> client.publishQuotes(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    private void untilItTriesAgain() {
        int before = rig.network.attempts();
        while (rig.network.attempts() == before) {
            rig.timers.advance(50);
        }
    }

    private MarketClient live() throws Exception {
        CompletableFuture<MarketClient> connecting = rig.connect();
        rig.timers.run();
        rig.network.last().welcome(Markets.EPOCH, CREDIT);
        return connecting.get();
    }

    private <T> T get(CompletableFuture<T> future) throws Exception {
        rig.timers.run();
        return future.get();
    }

    private List<ClientCommand.Publish> sent() {
        return rig.network.last().commands().stream()
                .filter(ClientCommand.Publish.class::isInstance)
                .map(ClientCommand.Publish.class::cast)
                .toList();
    }

    private void answer(ClientCommand.Publish command, int count) {
        List<ServerEvent.PublishResult> results = IntStream.rangeClosed(1, count)
                .<ServerEvent.PublishResult>mapToObj(ServerEvent.PublishResult.Accepted::new)
                .toList();
        rig.network.last().receive(new ServerEvent.Published(command.id(), 1_000, results));
    }

    private void refuse(ClientCommand.Publish command, ErrorCode code) {
        RequestId id = command.id();
        rig.network.last().receive(new ServerEvent.ErrorEvent(id, new Problem(code, null, "refused"), 0));
    }

    private static List<OfferedTrade> trades(int from, int count) {
        List<OfferedTrade> trades = new ArrayList<>();
        for (int i = from; i < from + count; i++) {
            trades.add(new OfferedTrade("A", "t" + i, BigDecimal.ONE, BigDecimal.TEN, Side.UNKNOWN, null));
        }
        return trades;
    }
}
