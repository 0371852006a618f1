package io.agx.market.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.model.Instrument;
import io.agx.market.server.config.DeliveryConfig.TransportChoice;
import io.agx.market.server.identity.Scope;
import io.agx.market.server.testing.RunningMarket;
import io.agx.market.server.testing.Tokens;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What operators look at does not hold up delivery, however many connections there are. In full: 15,000 connections; both of their ends are in
 * this process, so {@code ulimit -n} must be 31,000, or there are fewer.
 *
 * <pre>{@code
 * mvn -pl market-server -am verify -Dtest=NONE -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=AdminViewIT \
 *   -Dfailsafe.failIfNoSpecifiedTests=false -Dmarket.delivery.full=true
 * }</pre>
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class AdminViewIT extends DeliverySuite {
    private static final int ASKED = scaled(5, 200);

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void whileOperatorsLookAtAllConnectionsNobodyMissesATrade() throws Exception {
        int count = OwnProcess.connections(scaled(500, 15_000));
        try (RunningMarket market = RunningMarket.listening(
                        dataDir, config -> config.withDelivery(config.delivery().withTransport(TransportChoice.FAST)));
                Swarm swarm = Swarm.of(market.port())) {
            Instrument instrument = market.define(SYMBOL);
            List<Peer> peers = swarm.join(count, Manners.GOOD, ROOM);
            awaitLive(swarm, count);
            for (int i = 0; i < ASKED; i++) {
                market.offer(instrument, 1);
                for (String sort : List.of("waiting", "opened", "rtt")) {
                    assertThat(get(market, "connections?limit=1000&sort=" + sort))
                            .startsWith("{\"count\":" + count + ",");
                }
                assertThat(get(market, "rooms?limit=1000")).contains("\"members\":" + count + ",");
            }
            assertAllHave(swarm, peers, ASKED);
            double longest = 1e6 * metric(market, "market_admin_longest_hold_seconds");
            double total = 1e6 * metric(market, "market_admin_hold_seconds_total");
            tell(
                    "looked at by operators",
                    TransportChoice.FAST,
                    swarm,
                    count + " connections, " + 4 * ASKED + " questions held the flush thread for "
                            + Math.round(total / (4 * ASKED)) + " us each, at most " + Math.round(longest) + " us");
            // A task of two seconds would be told as no answer; what a shared machine's pauses add is not judged here.
            assertThat(longest).isBetween(1.0, 1_000_000.0);
            assertThat(metric(market, "market_admin_questions_total")).isEqualTo(4.0 * ASKED);
        }
    }

    private String get(RunningMarket market, String path) throws Exception {
        return body(HttpRequest.newBuilder(market.rest("/admin/" + path))
                .header("Authorization", "Bearer " + Tokens.token("operator", Set.of(Scope.ADMIN)))
                .timeout(Duration.ofSeconds(30))
                .build());
    }

    private double metric(RunningMarket market, String name) throws Exception {
        String metrics = body(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + market.port() + "/metrics"))
                .build());
        int start = metrics.indexOf("\n" + name + " ") + name.length() + 2;
        return Double.parseDouble(metrics.substring(start, metrics.indexOf('\n', start)));
    }

    private String body(HttpRequest request) throws Exception {
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }
}
