package io.agx.market.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.agx.market.server.testing.RunningMarket;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

/** What a server answers over REST. */
final class Rest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();

    private Rest() {}

    /** @param path what follows {@code /api/v1}, from its slash on */
    static JsonNode get(RunningMarket market, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(market.rest(path)).build();
        HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    /** The journal's trades of a symbol, all of them, by their seqs. */
    static List<Long> seqs(RunningMarket market, String symbol) throws IOException, InterruptedException {
        List<Long> seqs = new ArrayList<>();
        JsonNode page;
        do {
            page = get(market, "/trades?symbol=" + symbol + "&limit=1500&fromSeq=" + (seqs.size() + 1));
            page.forEach(trade -> seqs.add(trade.get("seq").asLong()));
        } while (!page.isEmpty());
        return seqs;
    }
}
