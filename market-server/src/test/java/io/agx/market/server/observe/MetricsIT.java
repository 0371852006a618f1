package io.agx.market.server.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.agx.market.client.ClientConfig;
import io.agx.market.client.MarketClient;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.protocol.Rate;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.server.testing.RunningMarket;
import io.agx.market.server.testing.Scrape;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a real server's {@code /metrics} tells after traffic: against what was sent, the handbook, the alerts and the dashboard. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class MetricsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    static Path dataDir;

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final AtomicInteger HEARD = new AtomicInteger();
    private static RunningMarket market;
    private static int ids;

    @BeforeAll
    static void trade() throws Exception {
        market = RunningMarket.listening(dataDir);
        Instrument instrument = market.define("BTC-USDT");
        market.trade(instrument, 20);
        try (MarketClient client = MarketClient.connect(
                        ClientConfig.builder(market.webSocket()).build())
                .get(20, TimeUnit.SECONDS)) {
            client.subscribeTrade(
                            RoomName.trade(new Symbol("BTC-USDT")), (room, trades) -> HEARD.addAndGet(trades.size()))
                    .get(20, TimeUnit.SECONDS);
            client.subscribeTicker(RoomName.ticker(new Symbol("BTC-USDT")).at(Rate.RAW), (room, tickers) -> {})
                    .get(20, TimeUnit.SECONDS);
            client.ping().get(20, TimeUnit.SECONDS);
            for (int i = 1; i <= 5; i++) {
                market.trade(instrument, 10);
                int heard = 10 * i;
                await().atMost(PATIENCE).until(() -> HEARD.get() == heard);
            }
            client.ping().get(20, TimeUnit.SECONDS); // Tells of the first, and of a message since.
        }
        System.gc(); // Pauses are told once there was one.
        await().atMost(PATIENCE).until(() -> scrape().sum("market_delivery_subscribers") == 0);
        assertThat(scrape().sum("market_delivery_peer_ends_total")).isPositive();
        await().atMost(PATIENCE).until(() -> scrape().sum("market_store_lag_bytes") == 0);
    }

    @AfterAll
    static void stop() {
        market.close();
    }

    @Test
    void everyTradeThatWasPublishedIsCountedByWhatBecameOfIt() throws Exception {
        Scrape before = scrape();
        String good = trade("\"price\":\"100.01\"", "BTC-USDT");
        String batch = "[" + good + "," + good + "," + trade("\"price\":\"0\"", "BTC-USDT") + ","
                + trade("\"price\":\"-1\"", "BTC-USDT") + "," + trade("\"price\":\"100.01\"", "XRP-USDT") + ",17]";
        assertThat(post("/api/v1/trades", batch).statusCode()).isEqualTo(200);
        assertThat(post(
                                "/api/v1/trades?atomic=true",
                                "[" + trade("\"price\":\"100.01\"", "BTC-USDT") + ","
                                        + trade("\"price\":\"0\"", "BTC-USDT") + "]")
                        .statusCode())
                .isIn(200, 400, 422);
        Scrape after = scrape();

        assertThat(more(before, after, "market_ingest_trades_total", "outcome", "accepted"))
                .isEqualTo(1);
        assertThat(more(before, after, "market_ingest_trades_total", "outcome", "duplicate"))
                .isEqualTo(1);
        assertThat(more(before, after, "market_ingest_trades_total", "outcome", "rejected"))
                .isEqualTo(6);
        assertThat(more(before, after, "market_ingest_trades_total", "outcome", "back_pressured"))
                .isZero();
        assertThat(more(before, after, "market_ingest_rejections_total", "reason", "bad_price"))
                .isEqualTo(3);
        assertThat(more(before, after, "market_ingest_rejections_total", "reason", "unknown_symbol"))
                .isEqualTo(1);
        assertThat(more(before, after, "market_ingest_rejections_total", "reason", "bad_request"))
                .isEqualTo(1);
        assertThat(more(before, after, "market_ingest_rejections_total", "reason", "atomic"))
                .isEqualTo(1);
        assertThat(more(before, after, "market_ingest_rejections_total")).isEqualTo(6);
    }

    @Test
    void everyQuoteThatWasPublishedIsCountedByWhatBecameOfIt() throws Exception {
        Scrape before = scrape();
        String good = quote("BTC-USDT", "100.01", "100.02");
        String crossed = quote("BTC-USDT", "100.02", "100.01");
        assertThat(post("/api/v1/quotes", "[" + good + "," + crossed + "," + quote("XRP-USDT", "1.00", "1.01") + ",17]")
                        .statusCode())
                .isEqualTo(200);
        post("/api/v1/quotes?atomic=true", "[" + good + "," + crossed + "]");
        Scrape after = scrape();

        assertThat(more(before, after, "market_ingest_quotes_total", "outcome", "accepted"))
                .isEqualTo(1);
        assertThat(more(before, after, "market_ingest_quotes_total", "outcome", "rejected"))
                .isEqualTo(5);
        assertThat(more(before, after, "market_ingest_rejections_total", "reason", "crossed_quote"))
                .isEqualTo(2);
        assertThat(more(before, after, "market_ingest_rejections_total", "reason", "unknown_symbol"))
                .isEqualTo(1);
        assertThat(more(before, after, "market_ingest_rejections_total", "reason", "bad_request"))
                .isEqualTo(1);
        assertThat(more(before, after, "market_ingest_rejections_total", "reason", "atomic"))
                .isEqualTo(1);
        assertThat(more(before, after, "market_ingest_rejections_total")).isEqualTo(5);
    }

    private static String quote(String symbol, String bid, String ask) {
        return "{\"symbol\":\"" + symbol + "\",\"bid\":\"" + bid + "\",\"bidQty\":\"1\",\"ask\":\"" + ask
                + "\",\"askQty\":\"1\"}";
    }

    @Test
    void theWayOfATradeIsToldFromTheLogToTheSocket() throws Exception {
        Scrape scrape = scrape();

        assertThat(scrape.sum("market_journal_group_trades_sum"))
                .isEqualTo(scrape.sum("market_ingest_trades_total", "outcome", "accepted"));
        assertThat(scrape.sum("market_journal_force_seconds_count"))
                .isEqualTo(scrape.sum("market_journal_groups_total"))
                .isPositive();
        assertThat(scrape.sum("market_engine_trades_total"))
                .isEqualTo(scrape.sum("market_ingest_trades_total", "outcome", "accepted"));
        assertThat(scrape.sum("market_journal_position_bytes"))
                .isGreaterThanOrEqualTo(scrape.sum("market_journal_bytes_total"));
        assertThat(scrape.sum("market_journal_segments")).isEqualTo(1);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(scrape().sum("market_store_trades_total"))
                        .isEqualTo(scrape().sum("market_engine_trades_total")));
        assertThat(scrape.sum("market_store_transaction_seconds_count"))
                .isEqualTo(scrape.sum("market_store_transactions_total"))
                .isPositive();
        assertThat(scrape.sum("market_store_up")).isEqualTo(1);
        assertThat(scrape.sum("hikaricp_connections_usage_seconds_count", "pool", "market-db"))
                .isPositive();
        // One trade of each of the five rounds that the client was sent, and of the writes of a round the first.
        assertThat(scrape.sum("market_delivery_latency_seconds_count")).isGreaterThanOrEqualTo(5);
        assertThat(scrape.sum("market_delivery_trade_age_seconds_count"))
                .isEqualTo(scrape.sum("market_delivery_latency_seconds_count"));
        assertThat(scrape.sum("market_delivery_trade_age_seconds_sum")).isBetween(0.0, 60.0);
        assertThat(scrape.sum("market_room_round_seconds_count")).isPositive();
        assertThat(scrape.sum("market_health_ready")).isEqualTo(1);
    }

    @Test
    void clientsTellWhatTheySee() throws Exception {
        Scrape scrape = scrape();

        // The client sends more by itself where the machine is slow; the last one is told by none.
        double pings = scrape.sum("market_gateway_commands_total", "event", "ping");
        assertThat(pings).isGreaterThanOrEqualTo(2);
        assertThat(scrape.sum("market_client_round_trip_seconds_count")).isBetween(1.0, pings);
        assertThat(scrape.sum("market_client_round_trip_seconds_sum")).isBetween(0.000_001, 60.0);
        assertThat(scrape.sum("market_client_latency_seconds_count")).isBetween(1.0, pings - 1);
        assertThat(scrape.sum("market_client_latency_seconds_sum")).isBetween(0.0, 60.0);
        assertThat(scrape.sum("market_gateway_commands_total", "event", "subscribe"))
                .isGreaterThanOrEqualTo(2);
    }

    @Test
    void commandsErrorsAndEndsAreCountedAndRoomsCloseAgain() throws Exception {
        Scrape before = scrape();
        WebSocket peer = connect();
        peer.sendText("{\"event\":\"subscribe\",\"data\":{\"rooms\":[\"ticker:BTC-USDT\",\"trade:BTC-USDT\"]}}", true)
                .get(20, TimeUnit.SECONDS);
        peer.sendText("{\"event\":\"moon\"}", true).get(20, TimeUnit.SECONDS);
        peer.sendText("no json", true).get(20, TimeUnit.SECONDS);
        await().atMost(PATIENCE)
                .until(() -> more(before, scrape(), "market_gateway_errors_total", "code", "bad_json") == 1);
        Scrape during = scrape();
        assertThat(more(before, during, "market_gateway_errors_total")).isEqualTo(2);
        assertThat(more(before, during, "market_gateway_errors_total", "code", "unknown_event"))
                .isEqualTo(1);
        assertThat(more(before, during, "market_gateway_commands_total")).isEqualTo(1);
        assertThat(more(before, during, "market_room_members")).isEqualTo(2);
        assertThat(during.sum("market_room_open", "channel", "trade")).isEqualTo(1);
        assertThat(during.sum("market_http_connections", "port", "main")).isPositive();

        peer.sendClose(WebSocket.NORMAL_CLOSURE, "").get(20, TimeUnit.SECONDS);
        await().atMost(PATIENCE)
                .until(() -> more(before, scrape(), "market_delivery_peer_ends_total", "code", "1000") == 1);
        assertThat(more(before, scrape(), "market_room_members")).isZero();
        assertThat(scrape().sum("market_room_open")).isEqualTo(before.sum("market_room_open"));

        WebSocket binary = connect();
        binary.sendBinary(ByteBuffer.wrap(new byte[] {1}), true).get(20, TimeUnit.SECONDS);
        await().atMost(PATIENCE).until(() -> more(before, scrape(), "market_delivery_ends_total", "code", "1003") == 1);
    }

    @Test
    void requestsAreToldByTheirResourceAndNeverByTheirPath() throws Exception {
        Scrape before = scrape();
        for (int i = 0; i < 30; i++) {
            get("/api/v1/tickers/NONE-" + i);
            get("/none/" + i);
        }
        get("/api/v1/klines?symbol=BTC-USDT&interval=1m");
        get("/api/v1/klines?symbol=BTC-USDT&interval=soon");
        get("/"); // Answered asynchronously where it is long.
        await().atMost(PATIENCE).until(() -> more(before, scrape(), "market_http_requests_total", "route", "/") == 31);
        Scrape after = scrape();

        assertThat(more(before, after, "market_http_requests_total", "route", "/api/v1/tickers/*", "status", "404"))
                .isEqualTo(30);
        assertThat(more(before, after, "market_http_requests_total", "route", "/", "status", "404"))
                .isEqualTo(30);
        assertThat(more(before, after, "market_http_requests_total", "route", "/api/v1/klines", "status", "200"))
                .isEqualTo(1);
        assertThat(more(before, after, "market_http_requests_total", "route", "/api/v1/klines", "status", "400"))
                .isEqualTo(1);
        assertThat(more(before, after, "market_http_request_seconds_count", "route", "/api/v1/tickers/*"))
                .isEqualTo(30);
    }

    /** Every value of every label is one of a set that no peer can make longer. */
    @Test
    void noLabelHasAValueThatAPeerChose() throws Exception {
        get("/api/v1/users/mallory-1/notifications");
        get("/mallory-2");
        HTTP.send(
                HttpRequest.newBuilder(uri("/api/v1/tickers"))
                        .method("MALLORY-3", HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        String text = get("/metrics").body();

        assertThat(text).doesNotContainIgnoringCase("mallory").doesNotContain("BTC-USDT");
        assertThat(Scrape.of(text).samples().values().stream()
                        .mapToInt(Map::size)
                        .sum())
                .as("samples")
                .isLessThan(2_500);
    }

    @Test
    void everyQueueHasABoundAndIsBelowIt() throws Exception {
        Scrape scrape = scrape();
        Map<Map<String, String>, Double> limits = scrape.samples().get("market_queue_limit");
        assertThat(limits.keySet())
                .isEqualTo(scrape.samples().get("market_queue_depth").keySet())
                .isEqualTo(scrape.samples().get("market_queue_refusals_total").keySet());

        limits.forEach((queue, limit) -> {
            assertThat(limit).as("%s", queue).isPositive();
            assertThat(scrape.samples().get("market_queue_depth").get(queue))
                    .as("%s", queue)
                    .isBetween(0.0, limit);
        });
        assertThat(scrape.sum("market_queue_limit", "queue", "journal_trades")).isEqualTo(65_536);
        assertThat(scrape.sum("market_queue_limit", "queue", "engine_0")).isEqualTo(256);
    }

    @Test
    void theHandbookTellsEveryMetricWithItsTypeAndLabels() throws Exception {
        Scrape scrape = scrape();
        List<String> told = new ArrayList<>();
        List<String> documented = new ArrayList<>();
        Set<String> conditional = new TreeSet<>();
        for (Deployed.Documented metric : Deployed.documented()) {
            if (metric.only().isEmpty() || scrape.families().containsKey(metric.name())) {
                documented.add(metric.name() + " " + metric.type() + " " + metric.labels());
            } else {
                conditional.add(metric.name());
            }
        }
        scrape.families()
                .values()
                .forEach(family -> told.add(family.name() + " " + family.type() + " " + family.labels()));

        assertThat(documented).containsExactlyInAnyOrderElementsOf(told);
        assertThat(conditional).hasSizeLessThan(5).contains("market_tls_certificate_expiry_seconds");
    }

    @Test
    void everyAlertReadsMetricsThatThereAreAndIsInTheHandbook() throws Exception {
        Set<String> names = names(scrape());
        String handbook = String.join("\n", Deployed.section4());
        Map<String, JsonNode> alerts = Deployed.alerts();
        assertThat(alerts).hasSizeGreaterThan(25);

        alerts.forEach((alert, rule) -> {
            Set<String> read = Deployed.metricsOf(rule.get("expr").textValue());
            if (!alert.equals("MarketDown")) {
                assertThat(read).as(alert).isNotEmpty();
            }
            assertThat(names).as(alert).containsAll(read);
            assertThat(rule.at("/labels/severity").textValue()).as(alert).isIn("page", "ticket");
            assertThat(rule.at("/annotations/summary").textValue()).as(alert).contains("{{ $labels.instance }}");
            assertThat(handbook).contains("| `" + alert + "` |");
        });
    }

    @Test
    void thePanelsOfTheDashboardReadMetricsThatThereAre() throws Exception {
        Set<String> names = names(scrape());
        JsonNode dashboard = Deployed.json(Deployed.DASHBOARD);
        assertThat(dashboard.get("schemaVersion").intValue()).isBetween(36, 41);
        assertThat(dashboard.get("uid").textValue()).isNotBlank();
        assertThat(dashboard.at("/templating/list").findValuesAsText("name")).contains("datasource", "instance");
        List<Integer> panelIds = new ArrayList<>();
        Set<String> read = new TreeSet<>();
        for (JsonNode panel : dashboard.get("panels")) {
            panelIds.add(panel.get("id").intValue());
            assertThat(panel.get("title").textValue()).isNotBlank();
            JsonNode place = panel.get("gridPos");
            assertThat(place.get("x").intValue() + place.get("w").intValue()).isBetween(1, 24);
            if (panel.get("type").textValue().equals("row")) {
                continue;
            }
            assertThat(panel.at("/datasource/uid").textValue()).isEqualTo("${datasource}");
            assertThat(panel.get("targets")).as("%s", panel.get("title")).isNotEmpty();
            for (JsonNode target : panel.get("targets")) {
                Set<String> metrics = Deployed.metricsOf(target.get("expr").textValue());
                assertThat(metrics).as("%s", panel.get("title")).isNotEmpty();
                assertThat(names).as("%s", panel.get("title")).containsAll(metrics);
                assertThat(target.get("expr").textValue()).contains("instance=~\"$instance\"");
                read.addAll(metrics);
            }
        }
        assertThat(panelIds).doesNotHaveDuplicates().hasSizeGreaterThan(20);
        assertThat(read).hasSizeGreaterThan(40);
    }

    /** Of samples, and of what is there under a condition only. */
    private static Set<String> names(Scrape scrape) throws IOException {
        Set<String> names = new TreeSet<>(scrape.samples().keySet());
        for (Deployed.Documented metric : Deployed.documented()) {
            if (!metric.only().isEmpty()) {
                names.add(metric.name());
            }
        }
        return names;
    }

    private static double more(Scrape before, Scrape after, String name, String... labels) {
        return after.sum(name, labels) - before.sum(name, labels);
    }

    private static String trade(String price, String symbol) {
        return "{\"symbol\":\"" + symbol + "\",\"id\":\"m" + ++ids + "\"," + price + ",\"qty\":\"1\"}";
    }

    private static WebSocket connect() throws Exception {
        return HTTP.newWebSocketBuilder()
                .buildAsync(market.webSocket(), new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
                        socket.request(1);
                        return null;
                    }
                })
                .get(20, TimeUnit.SECONDS);
    }

    private static Scrape scrape() throws Exception {
        return Scrape.of(get("/metrics").body());
    }

    private static URI uri(String path) {
        return URI.create("http://127.0.0.1:" + market.port() + path);
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(uri(path)).timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(String path, String body) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(uri(path))
                        .timeout(PATIENCE)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
