package io.agx.market.server.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agx.market.client.ClientConfig;
import io.agx.market.client.LifecycleEvent;
import io.agx.market.client.MarketClient;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.protocol.KlineData;
import io.agx.market.core.protocol.KlinesQuery;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.server.testing.RunningMarket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Java example of README.md is the code between the two marks here, which is run. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ReadmeExampleIT {
    private static final String SOURCE = "src/test/java/io/agx/market/server/live/ReadmeExampleIT.java";

    @TempDir
    private Path dataDir;

    @Test
    void theExampleRuns() throws Exception {
        List<Object> printed = new CopyOnWriteArrayList<>();
        try (RunningMarket market = RunningMarket.listening(dataDir)) {
            Instrument instrument = market.define("BTC-USDT");
            market.trade(instrument, 5);
            try (MarketClient client = example(market.webSocket().toString(), printed::add)) {
                await().atMost(Duration.ofSeconds(20)).until(() -> printed.size() >= 2);
                int before = printed.size();
                market.trade(instrument, 1);
                await().atMost(Duration.ofSeconds(20)).until(() -> printed.size() > before);
                assertThat(client.counters().gapCount()).isZero();
            }
        }
    }

    @Test
    void theReadmeShowsIt() throws Exception {
        String readme = Files.readString(Path.of("..", "README.md"));
        StringBuilder example = new StringBuilder();
        boolean inside = false;
        for (String line : Files.readAllLines(Path.of(SOURCE))) {
            if (line.strip().equals("// example ends")) {
                break;
            }
            if (inside) {
                example.append(line.isEmpty() ? "" : line.substring(8)).append('\n');
            }
            inside |= line.strip().equals("// example begins");
        }

        assertThat(readme).contains("```java\n" + example + "```");
    }

    private static MarketClient example(String url, Consumer<Object> print) {
        // example begins
        Symbol symbol = new Symbol("BTC-USDT");
        MarketClient client = MarketClient.connect(ClientConfig.builder(URI.create(url))
                        .lifecycle(event -> {
                            if (event instanceof LifecycleEvent.Stale stale) {
                                print.accept("no news of " + stale.room() + " since " + stale.sinceTimeMillis());
                            }
                        })
                        .build())
                .join();
        client.subscribeTrade(RoomName.trade(symbol), 20, (room, trades) -> print.accept(trades));
        client.subscribeKline(RoomName.kline(symbol, KlineInterval.MINUTE_1), (room, candle) -> print.accept(candle));
        List<KlineData> day =
                client.klines(KlinesQuery.latest(symbol, KlineInterval.HOUR_1)).join();
        // example ends
        assertThat(day).isNotEmpty();
        return client;
    }
}
