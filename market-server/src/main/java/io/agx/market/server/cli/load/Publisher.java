package io.agx.market.server.cli.load;

import io.agx.market.client.MarketClient;
import io.agx.market.client.MarketException;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.protocol.OfferedTrade;
import io.agx.market.core.protocol.ReceivedEvent.PublishResult;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Publishes trades at an even rate, on a thread of its own, the instruments taking turns, one request at a time. The schedule is fixed: what is
 * late makes the rest no later. Trades have the server's time.
 */
final class Publisher {
    /**
     * An instrument to trade.
     *
     * @param price around which it trades, up and down by 10 ticks
     */
    record Market(Symbol symbol, BigDecimal price, BigDecimal tick, BigDecimal qty) {}

    private static final int MAX_BATCH = 500;
    private static final int PRICES = 21;
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final MarketClient client;
    private final List<Market> markets;
    private final double tradesPerSecond;
    private final String idPrefix = "load-" + Long.toString(System.currentTimeMillis(), 36) + "-";
    private final Map<Symbol, Long> lastSeq = new ConcurrentHashMap<>();
    private final Thread thread = new Thread(this::run, "market-load-publisher");
    private volatile boolean stopping;
    private volatile long accepted;
    private volatile @Nullable String failure;

    Publisher(MarketClient client, List<Market> markets, double tradesPerSecond) {
        this.client = client;
        this.markets = List.copyOf(markets);
        this.tradesPerSecond = tradesPerSecond;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Returns when what was offered is answered. */
    void stop() throws InterruptedException {
        stopping = true;
        thread.join();
    }

    /** Trades that the server took. */
    long accepted() {
        return accepted;
    }

    /** The newest trade of an instrument that the server took; 0 if there is none. */
    long lastSeq(Symbol symbol) {
        return lastSeq.getOrDefault(symbol, 0L);
    }

    /** Why it ended before it was told to, or null. */
    @Nullable
    String failure() {
        return failure;
    }

    private void run() {
        long startNanos = System.nanoTime();
        long next = 0;
        while (!stopping && failure == null) {
            long due = (long) ((System.nanoTime() - startNanos) / 1e9 * tradesPerSecond) - next;
            if (due > 0) {
                int count = (int) Math.min(MAX_BATCH, due);
                publish(next, count);
                next += count;
            } else {
                LockSupport.parkNanos(PERIOD_NANOS);
            }
        }
    }

    private void publish(long first, int count) {
        List<OfferedTrade> trades = new ArrayList<>(count);
        for (long number = first; number < first + count; number++) {
            trades.add(trade(number));
        }
        try {
            List<PublishResult> results = client.publish(trades).join();
            for (int i = 0; i < results.size(); i++) {
                take(marketOf(first + i), results.get(i));
            }
        } catch (CompletionException e) {
            failure = String.valueOf(e.getCause() instanceof MarketException why ? why.getMessage() : e.getCause());
        }
    }

    private OfferedTrade trade(long number) {
        Market market = marketOf(number);
        BigDecimal moves = BigDecimal.valueOf(number / markets.size() % PRICES - PRICES / 2);
        return new OfferedTrade(
                market.symbol().value(),
                idPrefix + number,
                market.price().add(market.tick().multiply(moves)),
                market.qty(),
                number % 2 == 0 ? Side.BUY : Side.SELL,
                null);
    }

    private Market marketOf(long number) {
        return markets.get((int) (number % markets.size()));
    }

    private void take(Market market, PublishResult result) {
        if (!result.ok()) {
            failure = "a trade was rejected: " + result.code() + ", " + result.message();
        } else if (!result.duplicate()) {
            lastSeq.put(market.symbol(), result.seq());
            accepted = accepted + 1; // One writer.
        }
    }
}
