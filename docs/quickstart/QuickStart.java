import io.agx.market.client.ClientConfig;
import io.agx.market.client.LifecycleEvent;
import io.agx.market.client.MarketClient;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.protocol.KlineData;
import io.agx.market.core.protocol.KlinesQuery;
import io.agx.market.core.protocol.OfferedTrade;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.TradeData;
import java.math.BigDecimal;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Reads, subscribes and publishes with the Java client, which comes back after a cut by itself, and misses nothing.
 *
 * <p>{@code java -cp 'market-server/target/lib/*' docs/quickstart/QuickStart.java}, with MARKET_URL (http://localhost:8080 by default) and
 * MARKET_TOKEN (a token with the scope publish: {@code bin/market token --sub me --scope publish}).
 */
class QuickStart {
    public static void main(String[] arguments) throws Exception {
        String url = System.getenv().getOrDefault("MARKET_URL", "http://localhost:8080");
        ClientConfig config = ClientConfig.builder(URI.create(url.replaceFirst("http", "ws") + "/ws"))
                .token(System.getenv("MARKET_TOKEN"))
                .lifecycle(event -> {
                    if (event instanceof LifecycleEvent.Reconnected) {
                        System.out.println("recovered true");
                    }
                })
                .build();
        Symbol symbol = new Symbol("BTC-USDT");
        try (MarketClient client = MarketClient.connect(config).join()) {
            System.out.println("ticker " + client.ticker(symbol).join().last());
            List<KlineData> candles =
                    client.klines(KlinesQuery.latest(symbol, KlineInterval.MINUTE_1)).join();
            candles.forEach(candle -> System.out.println(
                    "candle " + candle.openTimeMillis() + " " + candle.close() + (candle.closed() ? " closed" : " open")));

            // The last five trades, and then each new one: once, and in order. From here on none is missed.
            String id = "java-" + System.currentTimeMillis();
            AtomicBoolean seen = new AtomicBoolean();
            CountDownLatch left = new CountDownLatch(60);
            client.subscribeTrade(RoomName.trade(symbol), 5, (room, trades) -> {
                for (TradeData trade : trades) {
                    System.out.println("trade " + trade.seq() + " " + trade.id() + " " + trade.price());
                    if (seen.get() || trade.id().equals(id)) {
                        seen.set(true);
                        left.countDown();
                    }
                }
            }).join();

            // Answered when durable; sent again with the same id it is a duplicate, and changes nothing.
            OfferedTrade mine = new OfferedTrade(
                    symbol.value(), id, new BigDecimal("64000.1"), new BigDecimal("0.5"), Side.BUY, null);
            System.out.println("published " + client.publish(List.of(mine)).join());
            left.await();
        }
    }
}
