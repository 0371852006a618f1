package io.agx.market.server.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agx.market.client.ClientConfig;
import io.agx.market.client.MarketClient;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.protocol.OfferedQuote;
import io.agx.market.core.protocol.ReceivedEvent.PublishResult;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.TickerData;
import io.agx.market.server.testing.RunningMarket;
import io.agx.market.server.testing.Tokens;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Quotes and trades at random over real connections, against a straight loop over what was published. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class QuotesIT {
    private static final int ROUNDS = 400;
    /** So many rounds are published as fast as they can, then their newest quote must come without a trade. */
    private static final int PUSHED_EVERY = 20;

    private static final List<String> SYMBOLS = List.of("BTC-USDT", "ETH-USDT", "BTC-USDC");

    @TempDir
    private Path dataDir;

    /** What the newest quote is, by a straight loop: the latest time, and of one time the last that came. */
    private record Book(BigDecimal bid, BigDecimal bidQty, BigDecimal ask, BigDecimal askQty, long time) {}

    @Test
    void everyRoomEndsWithTheNewestQuoteOfEachInstrumentAndShowsNoneThatWasNotTold() throws Exception {
        long seed = System.nanoTime();
        System.out.println("quotes, seed " + seed);
        Random random = new Random(seed);
        Map<String, Book> newest = new ConcurrentHashMap<>();
        Map<String, List<Book>> told = new ConcurrentHashMap<>();
        Map<String, TickerData> inAll = new ConcurrentHashMap<>();
        Map<String, TickerData> inPattern = new ConcurrentHashMap<>();
        Map<String, TickerData> inOwn = new ConcurrentHashMap<>();
        List<TickerData> seen = Collections.synchronizedList(new ArrayList<>());
        try (RunningMarket market = RunningMarket.listening(dataDir);
                MarketClient reader = connect(market.webSocket());
                MarketClient publisher = connect(market.webSocket(Tokens.PUBLISHER))) {
            List<Instrument> instruments = SYMBOLS.stream().map(market::define).toList();
            instruments.forEach(instrument -> market.trade(instrument, 1));
            join(reader, "ticker:*@100ms", inAll, seen);
            join(reader, "ticker:BTC-*@raw", inPattern, seen);
            join(reader, "ticker:BTC-USDT@raw", inOwn, seen);
            long base = System.currentTimeMillis() - 1_000;
            for (int round = 0; round < ROUNDS; round++) {
                List<OfferedQuote> quotes = new ArrayList<>();
                int count = 1 + random.nextInt(4);
                for (int i = 0; i < count; i++) {
                    String symbol = SYMBOLS.get(random.nextInt(SYMBOLS.size()));
                    long bid = 1_000 + random.nextInt(1_000);
                    long ask = bid + random.nextInt(4); // Some are crossed, and refused.
                    OfferedQuote quote = new OfferedQuote(
                            symbol,
                            BigDecimal.valueOf(bid, 2),
                            BigDecimal.valueOf(1 + random.nextInt(9), 3),
                            BigDecimal.valueOf(ask, 2),
                            BigDecimal.valueOf(1 + random.nextInt(9), 3),
                            base + random.nextInt(200) + round);
                    quotes.add(quote);
                }
                List<PublishResult> results = publisher.publishQuotes(quotes).get(10, TimeUnit.SECONDS);
                for (int i = 0; i < count; i++) {
                    OfferedQuote quote = quotes.get(i);
                    boolean good = quote.bid().compareTo(quote.ask()) < 0;
                    assertThat(results.get(i).ok())
                            .as("seed %d %s", seed, quote)
                            .isEqualTo(good);
                    if (good) {
                        Book book = book(quote);
                        told.computeIfAbsent(quote.symbol(), symbol -> new ArrayList<>())
                                .add(book);
                        newest.merge(quote.symbol(), book, (a, b) -> b.time >= a.time ? b : a);
                    }
                }
                if (random.nextInt(10) == 0) {
                    market.offer(instruments.get(random.nextInt(instruments.size())), 1);
                }
                if (round % PUSHED_EVERY == 0 && newest.containsKey("BTC-USDT")) {
                    Book expected = newest.get("BTC-USDT");
                    await().untilAsserted(() -> assertThat(isOf(inOwn.get("BTC-USDT"), expected))
                            .as("seed %d, pushed by itself", seed)
                            .isTrue());
                }
            }

            for (String symbol : SYMBOLS) {
                Book expected = newest.get(symbol);
                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(() -> assertThat(isOf(inAll.get(symbol), expected))
                                .as("seed %d", seed)
                                .isTrue());
                if (symbol.startsWith("BTC-")) {
                    await().untilAsserted(() -> assertThat(isOf(inPattern.get(symbol), expected))
                            .as("seed %d", seed)
                            .isTrue());
                }
                assertThat(isOf(reader.ticker(new Symbol(symbol)).get(10, TimeUnit.SECONDS), expected))
                        .as("seed %d", seed)
                        .isTrue();
            }
            await().untilAsserted(() -> assertThat(isOf(inOwn.get("BTC-USDT"), newest.get("BTC-USDT")))
                    .as("seed %d", seed)
                    .isTrue());
            for (TickerData ticker : List.copyOf(seen)) {
                assertThat(ticker.bid() == null
                                || told.get(ticker.symbol()).stream().anyMatch(book -> isOf(ticker, book)))
                        .as("seed %d, seen %s", seed, ticker)
                        .isTrue();
            }
        }
    }

    private static void join(MarketClient client, String room, Map<String, TickerData> last, List<TickerData> seen)
            throws Exception {
        client.subscribeTicker(
                        RoomName.parse(room),
                        (name, tickers) -> tickers.forEach(ticker -> {
                            seen.add(ticker);
                            last.put(ticker.symbol(), ticker);
                        }))
                .get(10, TimeUnit.SECONDS);
    }

    private static Book book(OfferedQuote quote) {
        return new Book(quote.bid(), quote.bidQty(), quote.ask(), quote.askQty(), quote.timeMillis());
    }

    private static boolean isOf(TickerData ticker, Book book) {
        return ticker != null
                && ticker.bid() != null
                && ticker.bid().compareTo(book.bid) == 0
                && ticker.bidQty().compareTo(book.bidQty) == 0
                && ticker.ask().compareTo(book.ask) == 0
                && ticker.askQty().compareTo(book.askQty) == 0;
    }

    private static MarketClient connect(URI address) throws Exception {
        return MarketClient.connect(ClientConfig.builder(address).build()).get(20, TimeUnit.SECONDS);
    }
}
