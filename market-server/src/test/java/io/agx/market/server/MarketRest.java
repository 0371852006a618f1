package io.agx.market.server;

import io.agx.market.server.testing.RunningMarket;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a server answers over REST, as values. */
final class MarketRest {
    private final RunningMarket market;
    private final HttpClient client = HttpClient.newHttpClient();

    MarketRest(RunningMarket market) {
        this.market = market;
    }

    /** The body of {@code GET /api/v1/<query>}, which must answer 200. */
    String get(String query) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(market.rest("/" + query))
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
}
