package io.agx.market.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.protocol.CloseCode;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.ReceivedEvent.Failed;
import io.agx.market.core.protocol.ReceivedEvent.PublishResult;
import io.agx.market.core.protocol.ReceivedEvent.Published;
import io.agx.market.server.feed.Fill;
import io.agx.market.server.feed.LogUnavailableException;
import io.agx.market.server.subscriber.Remote;
import io.agx.market.server.subscriber.SubscriberLimits;
import io.agx.market.server.testing.RecordingTransport;
import io.agx.market.server.testing.RunningMarket;
import io.agx.market.server.testing.Tokens;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code publish}, on a whole server without a network. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class PublishTest {
    /** A small budget of commands, which trades are not counted by. */
    private static final GatewayLimits LIMITS = new GatewayLimits(65_536, 1, 20, 5, 30, SubscriberLimits.DEFAULTS);

    @TempDir
    private Path dataDir;

    private final List<Fill> fills = new CopyOnWriteArrayList<>();
    private final RecordingTransport transport = new RecordingTransport();
    private volatile @Nullable CountDownLatch gate;
    private volatile boolean inboxFails;
    private RunningMarket market;
    private Instrument btc;
    private Connection connection;

    @BeforeEach
    void start() throws IOException {
        market = new RunningMarket(dataDir, config -> config.withGateway(LIMITS), this::onFills);
        btc = market.define("BTC-USDT");
        connection = open(transport, Tokens.PUBLISHER);
    }

    @AfterEach
    void stop() {
        CountDownLatch closed = gate;
        if (closed != null) {
            closed.countDown();
        }
        market.close();
    }

    @Test
    void tradesAreAnsweredEachInOrderOnceDurable() {
        connection.onText(
                publish(7, trade("a"), trade("b"), "17", trade("c").replace("100.01", "-1"), trade("a"), trade("d")));

        Published published = published(1).get(0);
        assertThat(published.id()).hasToString("7");
        assertThat(codes(published)).containsExactly("1", "2", "bad_request", "bad_price", "duplicate", "3");
        assertThat(published.credit()).isEqualTo(PublishCredit.TRADES);
        await().until(() -> market.server().history().snapshot(btc.symbol()).seq() == 3);
    }

    @Test
    void aTradeThatIsOfferedAgainIsADuplicate() {
        connection.onText(publish(1, trade("a"), trade("b")));
        connection.onText(publish(2, trade("b"), trade("c")));

        assertThat(codes(published(2).get(1))).containsExactly("duplicate", "3");
    }

    @Test
    void manyCommandsAreAnsweredInTheirOrderWithRisingSeqs() {
        for (int i = 0; i < 200; i++) {
            connection.onText(publish(i, trade("t" + i)));
        }

        List<Published> all = published(200);
        for (int i = 0; i < 200; i++) {
            assertThat(all.get(i).id()).hasToString("" + i);
            assertThat(codes(all.get(i))).containsExactly("" + (i + 1));
        }
        assertThat(transport.isOpen()).isTrue();
        // All else is counted: 20 at once.
        for (int i = 0; i < 21; i++) {
            connection.onText("{\"event\":\"rooms\"}");
        }
        await().until(() -> !transport.events(Failed.class).isEmpty());
        assertThat(transport.last(Failed.class).code()).isEqualTo("rate_limited");
    }

    @Test
    void atomicKeepsAllOrNothing() {
        connection.onText(
                publish(1, trade("a"), trade("b").replace("BTC", "XXX")).replace("]}", "],\"atomic\":true}"));
        connection.onText(publish(2, trade("a")).replace("]}", "],\"atomic\":true}"));

        List<Published> answers = published(2);
        assertThat(codes(answers.get(0))).containsExactly("atomic", "unknown_symbol");
        assertThat(codes(answers.get(1))).containsExactly("1");
        assertThat(answers.get(0).credit()).isEqualTo(PublishCredit.TRADES);
    }

    @ParameterizedTest
    @CsvSource({"false,not_authenticated", "true,forbidden"})
    void whoMayNotPublishIsToldAndKeepsItsConnection(boolean reader, String code) {
        RecordingTransport other = new RecordingTransport();
        Connection its = open(other, reader ? Tokens.READER : null);

        its.onText(publish(3, trade("a")));
        its.onText(publish(4, trade("a")).replace("trades", "quotes"));

        await().until(() -> other.events(Failed.class).size() == 2);
        assertThat(other.events(Failed.class)).extracting(Failed::code).containsOnly(code);
        assertThat(other.last(Failed.class).id()).hasToString("4");
        assertThat(other.isOpen()).isTrue();
        assertThat(market.server().totalTrades()).isZero();
    }

    @Test
    void moreElementsThanACommandMayHaveAreRefusedAsAWhole() {
        connection.onText("{\"event\":\"publish\",\"id\":1,\"data\":{\"trades\":["
                + IntStream.range(0, 1_025).mapToObj(i -> "0").collect(Collectors.joining(",")) + "]}}");

        await().until(() -> !transport.events(Failed.class).isEmpty());
        assertThat(transport.last(Failed.class).code()).isEqualTo("too_large");
        assertThat(transport.last(Failed.class).field()).isEqualTo("trades");
    }

    @Test
    void beyondItsCreditNothingIsKeptUntilAnswersCome() {
        CountDownLatch closed = new CountDownLatch(1);
        gate = closed;
        // Small elements of which none is a trade, and one that holds the answers up.
        connection.onText(publish(0, fill("held")));
        await().until(() -> !fills.isEmpty());
        String full = IntStream.range(0, 1_024).mapToObj(i -> "0").collect(Collectors.joining(","));
        for (int i = 1; i <= 3; i++) {
            connection.onText("{\"event\":\"publish\",\"id\":" + i + ",\"data\":{\"trades\":[" + full + "]}}");
        }
        connection.onText("{\"event\":\"publish\",\"id\":4,\"data\":{\"trades\":[" + full + "]}}");
        connection.onText(publish(5, trade("fits")));

        await().until(() -> !transport.events(Failed.class).isEmpty());
        Failed refused = transport.last(Failed.class);
        assertThat(refused.code()).isEqualTo("back_pressure");
        assertThat(refused.id()).hasToString("4");
        assertThat(refused.temporary()).isTrue();
        assertThat(refused.retryAfterMillis()).isPositive();
        assertThat(refused.message()).contains("4096", "1023", "1024");
        assertThat(transport.events(Published.class)).isEmpty();

        closed.countDown();
        List<Published> answers = published(5);
        assertThat(answers).extracting(answer -> answer.id() + "").containsExactly("0", "1", "2", "3", "5");
        assertThat(answers.get(4).credit()).isEqualTo(PublishCredit.TRADES);
        assertThat(codes(answers.get(4))).containsExactly("2");
    }

    @Test
    void whoGoesOnBeyondItsCreditIsEndedAsAFloodOfCommandsIs() {
        CountDownLatch closed = new CountDownLatch(1);
        gate = closed;
        connection.onText(publish(0, fill("held")));
        await().until(() -> !fills.isEmpty());
        String full = IntStream.range(0, 1_024).mapToObj(i -> "0").collect(Collectors.joining(","));
        String beyond = "{\"event\":\"publish\",\"data\":{\"trades\":[" + full + "]}}";
        // Each second gives one command back: enough that 30 in a row come between two.
        for (int i = 0; i < 5_000 && transport.isOpen(); i++) {
            connection.onText(beyond);
        }

        await().until(() -> transport.closeCode().isPresent());
        assertThat(transport.closeCode()).contains(CloseCode.RATE_LIMIT);
    }

    @Test
    void aPublisherThatReadsNoAnswersIsEndedAndOthersPublishOn() {
        transport.hold();
        String long64 = "x".repeat(64);
        // 1 MiB of answers: each of these is answered by some 60 KB.
        String element = trade("a").replace("\"symbol\":\"BTC-USDT\"", "\"symbol\":\"" + long64 + "\"");
        for (int i = 0; i < 60 && transport.isOpen(); i++) {
            connection.onText("{\"event\":\"publish\",\"data\":{\"trades\":["
                    + IntStream.range(0, 350).mapToObj(j -> element).collect(Collectors.joining(",")) + "]}}");
            market.trade(btc, 1);
        }
        await().until(() -> !transport.isOpen());

        RecordingTransport other = new RecordingTransport();
        open(other, Tokens.PUBLISHER).onText(publish(1, trade("b")));
        await().until(() -> other.events(Published.class).size() == 1);
    }

    @Test
    void fillsAreToldBeforeTheirPublisherIsAnsweredAndAgainOfADuplicate() {
        connection.onText(publish(1, trade("plain"), fill("f"), fill("g").replace("\"bob\"", "null")));
        published(1);
        assertThat(fills).hasSize(2);
        assertThat(fills.get(0).seq()).isEqualTo(2);
        assertThat(fills.get(0).trade().id()).isEqualTo("f");
        assertThat(fills.get(0).buyerUserId()).isEqualTo("alice");
        assertThat(fills.get(0).sellerUserId()).isEqualTo("bob");
        assertThat(fills.get(1).sellerUserId()).isNull();

        connection.onText(publish(2, fill("f"), fill("h").replace("100.01", "-1")));
        assertThat(codes(published(2).get(1))).containsExactly("duplicate", "bad_price");
        assertThat(fills).hasSize(3);
        assertThat(fills.get(2).seq()).isZero();
    }

    @Test
    void whenFillsCannotBeToldOnlyTheirPublisherIsRefusedAndMayOfferAgain() {
        inboxFails = true;
        connection.onText(publish(1, fill("f")));
        connection.onText(publish(2, trade("plain")));
        await().until(() -> transport.events(Failed.class).size() == 1
                && transport.events(Published.class).size() == 1);
        assertThat(transport.last(Failed.class).code()).isEqualTo("log_unavailable");
        assertThat(transport.last(Failed.class).temporary()).isTrue();

        inboxFails = false;
        connection.onText(publish(3, fill("f")));
        assertThat(codes(published(2).get(1))).containsExactly("duplicate");
        assertThat(fills).hasSize(1);
    }

    @Test
    void aUserIdIsBounded() {
        String most = "u".repeat(128);
        connection.onText(publish(
                1,
                fill("a").replace("alice", most),
                fill("b").replace("alice", most + "u"),
                fill("c").replace("\"bob\"", "\"\""),
                fill("d").replace("\"bob\"", "7")));

        assertThat(codes(published(1).get(0))).containsExactly("1", "bad_field", "bad_field", "bad_field");
    }

    @Test
    void aPublisherThatGoesAwayLeavesItsTradesKept() {
        for (int i = 0; i < 20; i++) {
            connection.onText(publish(i, trade("t" + i)));
        }
        connection.onClose();

        await().until(() -> market.server().history().snapshot(btc.symbol()).seq() == 20);
    }

    @Test
    void quotesAreAnsweredEachAndTheBadNamed() {
        connection.onText("{\"event\":\"publish\",\"id\":9,\"data\":{\"quotes\":["
                + String.join(
                        ",",
                        quote("100.00", "100.01"),
                        quote("100.01", "100.01"),
                        quote("100.02", "100.01"),
                        quote("0", "100.01"),
                        quote("100.001", "100.01"),
                        quote("100", "101").replace("\"1\"", "\"0\""),
                        quote("100", "101").replace("BTC", "XXX"),
                        quote("100", "101").replace("\"ask\":\"101\",", ""),
                        quote("100", "101").replace("}", ",\"time\":9000000000000}"),
                        "[]")
                + "]}}");

        assertThat(codes(published(1).get(0)))
                .containsExactly(
                        "0",
                        "crossed_quote",
                        "crossed_quote",
                        "bad_price",
                        "bad_field",
                        "bad_quantity",
                        "unknown_symbol",
                        "bad_field",
                        "time_ahead",
                        "bad_request");
    }

    @Test
    void quotesAreNotCountedAsCommandsAndTheirCreditComesBack() {
        for (int i = 0; i < 300; i++) {
            connection.onText(
                    "{\"event\":\"publish\",\"id\":" + i + ",\"data\":{\"quotes\":[" + quote("100", "101") + "]}}");
            if (i % 50 == 49) {
                published(i + 1);
            }
        }

        assertThat(transport.events(Failed.class)).isEmpty();
        assertThat(published(300)).allMatch(answer -> answer.credit() > PublishCredit.TRADES - 50);
        connection.onText(publish(300, trade("a")));
        assertThat(published(301).get(300).credit()).isEqualTo(PublishCredit.TRADES);
    }

    @Test
    void anAtomicBatchOfQuotesIsTakenWholeOrNotAtAll() {
        market.trade(btc, 1);
        connection.onText("{\"event\":\"publish\",\"data\":{\"atomic\":true,\"quotes\":[" + quote("100", "101") + ","
                + quote("101", "100") + "]}}");
        assertThat(codes(published(1).get(0))).containsExactly("atomic", "crossed_quote");

        connection.onText(
                "{\"event\":\"publish\",\"data\":{\"atomic\":true,\"quotes\":[" + quote("102", "103") + "]}}");
        assertThat(codes(published(2).get(1))).containsExactly("0");
        await().until(() -> market.server()
                        .history()
                        .snapshot(btc.symbol())
                        .ticker()
                        .orElseThrow()
                        .quoteVersion()
                > 0);
        assertThat(market.server()
                        .history()
                        .snapshot(btc.symbol())
                        .ticker()
                        .orElseThrow()
                        .quote())
                .satisfies(quote -> {
                    assertThat(quote.version()).isEqualTo(1);
                    assertThat(quote.bid()).isEqualTo(10_200);
                });
    }

    @Test
    void quotesAreNoHistoryAndGoneAfterARestart() throws IOException {
        market.trade(btc, 1);
        connection.onText("{\"event\":\"publish\",\"data\":{\"quotes\":[" + quote("100", "101") + "]}}");
        await().until(() ->
                market.server().history().ticker(btc.symbol()).ticker().quoteVersion() == 1);
        market.close();

        market = new RunningMarket(dataDir);
        assertThat(market.server().history().ticker(btc.symbol()).ticker().quote())
                .isNull();
        assertThat(market.server().totalTrades()).isEqualTo(1);
    }

    private void onFills(List<Fill> told) {
        if (inboxFails) {
            throw new LogUnavailableException(LogUnavailableException.Reason.IO_ERROR, "no inbox");
        }
        fills.addAll(told);
        CountDownLatch closed = gate;
        if (closed != null) {
            try {
                closed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Connection open(RecordingTransport to, @Nullable String token) {
        Connection opened = market.server()
                .gateway()
                .open(to, Remote.UNKNOWN, List.of(), token == null ? Optional.empty() : Tokens.presented(token));
        await().until(() -> !to.events(ReceivedEvent.Welcome.class).isEmpty());
        assertThat(to.last(ReceivedEvent.Welcome.class).limits()).containsEntry("publishCredit", 4_096L);
        return opened;
    }

    private List<Published> published(int count) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> transport.events(Published.class).size() >= count);
        return transport.events(Published.class);
    }

    private static List<String> codes(Published published) {
        List<String> codes = new ArrayList<>();
        for (PublishResult result : published.results()) {
            codes.add(result.ok() ? result.duplicate() ? "duplicate" : "" + result.seq() : result.code());
        }
        return codes;
    }

    private static String publish(int id, String... trades) {
        return "{\"event\":\"publish\",\"id\":" + id + ",\"data\":{\"trades\":[" + String.join(",", trades) + "]}}";
    }

    private static String trade(String id) {
        return "{\"symbol\":\"BTC-USDT\",\"id\":\"" + id + "\",\"price\":\"100.01\",\"qty\":\"0.5\"}";
    }

    private static String fill(String id) {
        return trade(id).replace("}", ",\"buyerUserId\":\"alice\",\"sellerUserId\":\"bob\"}");
    }

    private static String quote(String bid, String ask) {
        return "{\"symbol\":\"BTC-USDT\",\"bid\":\"" + bid + "\",\"bidQty\":\"1\",\"ask\":\"" + ask
                + "\",\"askQty\":\"2\"}";
    }
}
