package io.agx.market.server.live;

import io.agx.market.client.ClientConfig;
import io.agx.market.client.MarketClient;
import io.agx.market.core.model.Side;
import io.agx.market.core.protocol.OfferedTrade;
import io.agx.market.core.protocol.ReceivedEvent.PublishResult;
import java.math.BigDecimal;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A publisher that may be killed at any moment: says on its output up to which trade all are durable, and begins there when it is started
 * again. Arguments: address, first trade, number after the last.
 */
final class PublisherProcess {
    static final int BATCH = 50;
    private static final int IN_FLIGHT = 10;

    private PublisherProcess() {}

    public static void main(String[] args) throws Exception {
        long last = Long.parseLong(args[2]);
        try (MarketClient client = MarketClient.connect(
                        ClientConfig.builder(URI.create(args[0])).build())
                .get(20, TimeUnit.SECONDS)) {
            ArrayDeque<CompletableFuture<List<PublishResult>>> inFlight = new ArrayDeque<>();
            long durable = Long.parseLong(args[1]);
            for (long next = durable; next < last || !inFlight.isEmpty(); ) {
                if (next < last && inFlight.size() < IN_FLIGHT) {
                    inFlight.add(client.publish(batch(next, Math.min(last, next + BATCH))));
                    next += BATCH;
                    continue;
                }
                List<PublishResult> results = inFlight.remove().get(30, TimeUnit.SECONDS);
                if (!results.stream().allMatch(PublishResult::ok)) {
                    throw new IllegalStateException("refused: " + results);
                }
                durable += results.size();
                System.out.println(durable);
            }
        }
    }

    /** The trades of some numbers, always the same. */
    static List<OfferedTrade> batch(long from, long to) {
        List<OfferedTrade> trades = new ArrayList<>();
        for (long i = from; i < to; i++) {
            trades.add(new OfferedTrade(
                    "BTC-USDT",
                    "k" + i,
                    BigDecimal.valueOf(1_000 + i % 977, 2),
                    BigDecimal.valueOf(1 + i % 13, 3),
                    Side.BUY,
                    1_700_000_000_000L + i));
        }
        return trades;
    }
}
