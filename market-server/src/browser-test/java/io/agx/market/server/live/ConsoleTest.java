package io.agx.market.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Symbol;
import io.agx.market.server.durability.RestClient;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.testing.RunningMarket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server with a market, and the console of it in Chromium: what the tests of the console have in common. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
abstract class ConsoleTest {
    static final JsonMapper JSON = new JsonMapper();
    static final long MINUTE = 60_000;

    @TempDir
    Path dataDir;

    static Chromium chromium;

    /** Errors and warnings of the page. */
    final List<String> complaints = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void startChromium() {
        chromium = new Chromium();
    }

    @AfterAll
    static void stopChromium() {
        chromium.close();
    }

    void open(Page page, RunningMarket server, String hash) {
        if (page.url().equals("about:blank")) {
            page.onConsoleMessage(message -> {
                if (message.type().equals("error") || message.type().equals("warning")) {
                    complaints.add(message.text() + " " + message.location());
                }
            });
            page.onPageError(complaints::add);
        }
        page.navigate("about:blank");
        page.navigate("http://127.0.0.1:" + server.port() + "/" + hash);
    }

    /** Playwright's own waiting evaluates text within the page, which the page's policy forbids, as it should. */
    static void await(Page page, String condition) {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!Boolean.TRUE.equals(page.evaluate(condition))) {
            assertThat(deadlineNanos - System.nanoTime()).as(condition).isPositive();
            page.waitForTimeout(20);
        }
    }

    static LocatorAssertions expect(Locator locator) {
        return PlaywrightAssertions.assertThat(locator);
    }

    static JsonNode candles(Page page) throws Exception {
        return JSON.readTree(
                (String) page.evaluate("JSON.stringify(document.querySelector('#market .chart').candles())"));
    }

    /** Each candle that is shown as closed: all but the newest, which have moved on since, or whose grace has not passed. */
    static void assertSameAsRest(RunningMarket server, JsonNode shown) throws Exception {
        RestClient rest = new RestClient(server.port());
        String interval = shown.get(0).get("interval").asText();
        int at = 0;
        int end = shown.size();
        while (!shown.get(end - 1).get("closed").asBoolean()) {
            end--;
        }
        assertThat(end).as("closed candles of %d", shown.size()).isGreaterThanOrEqualTo(shown.size() - 6);
        while (at < end) {
            JsonNode page = rest.ok(
                    "/api/v1/klines?symbol=" + shown.get(0).get("symbol").asText() + "&interval=" + interval
                            + "&startTime=" + shown.get(at).get("openTime").asLong() + "&limit=1000");
            for (int i = 0; i < page.size() && at < end; i++, at++) {
                for (String field : List.of("openTime", "open", "high", "low", "close", "volume", "count", "closed")) {
                    assertThat(shown.get(at).get(field))
                            .as("%s of candle %d of %d", field, at, shown.size())
                            .isEqualTo(page.get(i).get(field));
                }
            }
        }
    }

    static void keepImage(Page page, String name) {
        String folder = System.getProperty("market.console.images");
        if (folder != null) {
            page.waitForTimeout(400);
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of(folder, name + ".png")));
        }
    }

    /** Instruments {@code ADA-USDT} and so on, in the order of their symbols, and trades of them. */
    static final class Market implements AutoCloseable {
        private static final List<String> ASSETS = List.of(
                "ADA", "AVAX", "BCH", "BNB", "BTC", "DOGE", "DOT", "ETH", "FIL", "LINK", "LTC", "NEAR", "SOL", "SUI");

        private final RunningMarket server;
        private final List<Instrument> instruments = new ArrayList<>();
        private final Random random = new Random(7);
        private final long[] prices;
        private final AtomicBoolean ended = new AtomicBoolean();
        private final String run = Long.toString(System.nanoTime(), 36);
        private long nextId;
        private Thread publisher;

        Market(RunningMarket server, int count) {
            this.server = server;
            prices = new long[count];
            for (int i = 0; i < count; i++) {
                prices[i] = 10_000 + 100L * i;
                String symbol = i < ASSETS.size() ? ASSETS.get(i) + "-USDT" : String.format("T%04d-USDT", i);
                instruments.add(
                        server.server().instruments().find(new Symbol(symbol)).orElseGet(() -> server.define(symbol)));
            }
        }

        /** Four trades of each a minute, up to now. */
        void history(int minutes) {
            long now = System.currentTimeMillis();
            for (int minute = minutes; minute > 0; minute--) {
                List<NewTrade> batch = new ArrayList<>();
                for (int i = 0; i < instruments.size(); i++) {
                    for (int quarter = 0; quarter < 4; quarter++) {
                        batch.add(next(i, now - minute * MINUTE + quarter * MINUTE / 4, minute > 1));
                    }
                }
                server.publish(batch).join();
            }
            trade(1);
        }

        /** So many trades of each, now; in the cache when this returns. */
        void trade(int count) {
            for (int n = 0; n < count; n++) {
                List<NewTrade> batch = new ArrayList<>();
                for (int i = 0; i < instruments.size(); i++) {
                    batch.add(next(i, System.currentTimeMillis(), false));
                }
                server.publish(batch).join();
            }
        }

        /** From now on so many trades a second of each, evenly. */
        void begin(int perSecond) {
            publisher = new Thread(() -> {
                long periodNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
                long due = System.nanoTime();
                while (!ended.get()) {
                    trade(1);
                    due += periodNanos;
                    LockSupport.parkNanos(due - System.nanoTime());
                }
            });
            publisher.start();
        }

        private NewTrade next(int i, long timeMillis, boolean backfill) {
            prices[i] = Math.max(100, prices[i] + random.nextInt(61) - 30);
            Side side = random.nextBoolean() ? Side.BUY : Side.SELL;
            return new NewTrade(
                    instruments.get(i),
                    run + nextId++,
                    prices[i],
                    1 + random.nextInt(5_000),
                    side,
                    timeMillis,
                    backfill);
        }

        @Override
        public void close() {
            end();
        }

        /** No more trades. */
        void end() {
            ended.set(true);
            if (publisher != null) {
                try {
                    publisher.join();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
