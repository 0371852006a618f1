package io.agx.market.server;

import io.agx.market.server.config.DeliveryConfig;
import io.agx.market.server.config.FeedConfig;
import io.agx.market.server.config.MarketConfig;
import io.agx.market.server.jetty.EmbeddedServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A server on a free loopback port, its feed not started, and an HTTP client for it. */
final class RunningMarket implements AutoCloseable {
    private final MarketServer market;
    private final EmbeddedServer http;
    private final HttpClient client = HttpClient.newHttpClient();

    RunningMarket(Path dataDir, FeedConfig feed) throws IOException {
        market = new MarketServer(
                MarketConfig.defaults(dataDir).withAddress("127.0.0.1", 0).withFeed(feed));
        http = new EmbeddedServer("127.0.0.1", 0, DeliveryConfig.DEFAULTS, market::install);
        market.startWithoutFeed();
        http.start();
    }

    MarketServer market() {
        return market;
    }

    HttpClient client() {
        return client;
    }

    URI webSocket() {
        return URI.create("ws://127.0.0.1:" + http.port() + "/ws");
    }

    /** The body of {@code GET /api/v1/<query>}, which must answer 200. */
    String get(String query) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + http.port() + "/api/v1/" + query))
                .timeout(Duration.ofSeconds(30))
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(query + " -> " + response.statusCode() + " " + response.body());
        }
        return response.body();
    }

    List<RealTrades.SqlTrade> trades(long fromSeq, int limit) throws IOException, InterruptedException {
        String query = "trades?symbol=" + RealTrades.SYMBOL + "&fromSeq=" + fromSeq + "&limit=" + limit;
        return TestJson.objects(get(query)).stream()
                .map(RealTrades.SqlTrade::of)
                .toList();
    }

    List<Map<String, Object>> klines(String interval, String parameters) throws IOException, InterruptedException {
        return TestJson.objects(get("klines?symbol=" + RealTrades.SYMBOL + "&interval=" + interval + "&" + parameters));
    }

    List<Candle> candles(String interval, String parameters) throws IOException, InterruptedException {
        return klines(interval, parameters).stream().map(Candle::of).toList();
    }

    /** All candles, page by page from the oldest. */
    List<Candle> allCandles(String interval, String parameters, int limit) throws IOException, InterruptedException {
        List<Candle> all = new ArrayList<>();
        long from = 0;
        List<Candle> page;
        do {
            page = candles(interval, parameters + "&limit=" + limit + "&startTime=" + from);
            all.addAll(page);
            from = page.isEmpty() ? from : page.get(page.size() - 1).openTime() + 1;
        } while (page.size() == limit);
        return all;
    }

    @Override
    public void close() {
        market.close();
        http.close();
    }
}
