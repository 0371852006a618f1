package io.agx.market.server.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import io.agx.market.core.model.Instrument;
import io.agx.market.server.durability.RestClient;
import io.agx.market.server.testing.FaultProxy;
import io.agx.market.server.testing.RunningMarket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A page under live load whose connections break in every way: {@code -Dmarket.browser.faults} times (50), as {@code -Dmarket.browser.seed}
 * says (printed).
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class BrowserFaultsIT {
    private static final int FAULTS = Integer.getInteger("market.browser.faults", 50);
    private static final long SEED = Long.getLong("market.browser.seed", System.nanoTime() % 1_000_000);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int FIRST_TRADES = 20;
    private static final List<String> SYMBOLS = List.of("BTC-USDT", "ETH-USDT");
    private static final List<String> INTERVALS = List.of("1m", "1s");

    @TempDir
    private Path dataDir;

    private final Map<FaultProxy.Fault, Integer> struck = new EnumMap<>(FaultProxy.Fault.class);

    @Test
    void aPageHasEveryTradeOnceAndTheRightCandlesWhateverBreaks() throws Exception {
        System.out.println("browser faults: count=" + FAULTS + " seed=" + SEED);
        Random random = new Random(SEED);
        try (RunningMarket server = RunningMarket.listening(dataDir);
                FaultProxy proxy = new FaultProxy(server::port);
                Chromium chromium = new Chromium();
                BrowserContext context = chromium.context()) {
            List<Instrument> instruments = new ArrayList<>();
            SYMBOLS.forEach(symbol -> instruments.add(server.define(symbol)));
            instruments.forEach(instrument -> server.trade(instrument, FIRST_TRADES));
            Page page = chromium.open(context, proxy.port());
            start(page, proxy);
            try (TradeLoad load = new TradeLoad(server, instruments)) {
                load.start();
                for (int fault = 0; fault < FAULTS; fault++) {
                    strike(page, proxy, random);
                }
            }

            for (Instrument instrument : instruments) {
                String symbol = instrument.symbol().value();
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(json(page, "received['trade:" + symbol + "']"))
                                .as("trades of " + symbol + ", seed " + SEED)
                                .isEqualTo(trades(server, symbol)));
                for (String interval : INTERVALS) {
                    await().atMost(PATIENCE)
                            .untilAsserted(() -> assertCandlesAreThoseOfRest(page, server, symbol, interval));
                }
            }
            assertThat(json(page, "events.filter((each) => each.event === 'gap' && !each.filled)"))
                    .as("gaps, seed " + SEED)
                    .isEmpty();
            assertThat(json(page, "events.filter((each) => each.event === 'listenerError')"))
                    .isEmpty();
            System.out.println("struck " + struck + "; the page's counters: " + json(page, "client.counters"));
        }
    }

    private static void start(Page page, FaultProxy proxy) {
        page.evaluate("""
                async ([url, symbols, intervals]) => {
                  await start({ url, heartbeatMillis: 300, deadlineMillis: 1500, probeMillis: 500, connectTimeoutMillis: 2000,
                    reconnect: { minDelayMillis: 100, maxDelayMillis: 500 } });
                  for (const symbol of symbols) {
                    await record(`trade:${symbol}`);
                    await Promise.all(intervals.map((interval) => record(`kline:${symbol}:${interval}@raw`)));
                  }
                  await record('ticker:*');
                }""", List.of("ws://127.0.0.1:" + proxy.port() + "/ws", SYMBOLS, INTERVALS));
    }

    /** Breaks the connections; then waits until trades come again, mostly: now and then the next fault hits the way back. */
    private void strike(Page page, FaultProxy proxy, Random random) {
        FaultProxy.Fault fault = FaultProxy.Fault.random(random);
        await().atMost(PATIENCE).until(() -> proxy.strike(fault) > 0);
        struck.merge(fault, 1, Integer::sum);
        if (random.nextInt(4) > 0) {
            page.waitForFunction(
                    "([symbols, before]) => symbols.every((symbol, i) => received[`trade:${symbol}`].length > before[i] + 20)",
                    List.of(
                            SYMBOLS,
                            SYMBOLS.stream()
                                    .map(symbol ->
                                            page.evaluate("(symbol) => received[`trade:${symbol}`].length", symbol))
                                    .toList()),
                    new Page.WaitForFunctionOptions().setTimeout(PATIENCE.toMillis()));
        }
    }

    /** All trades since the page was there. */
    private static ArrayNode trades(RunningMarket server, String symbol) throws Exception {
        ArrayNode all = JsClient.JSON.createArrayNode();
        JsonNode next;
        do {
            int fromSeq = FIRST_TRADES + 1 + all.size();
            next = new RestClient(server.port())
                    .ok("/api/v1/trades?symbol=" + symbol + "&fromSeq=" + fromSeq + "&limit=1500");
            next.forEach(all::add);
        } while (!next.isEmpty());
        return all;
    }

    private static void assertCandlesAreThoseOfRest(Page page, RunningMarket server, String symbol, String interval)
            throws Exception {
        // Of each candle the last that was told.
        JsonNode told = json(
                page,
                "[...new Map(received['kline:" + symbol + ":" + interval
                        + "@raw'].map((candle) => [candle.openTime, candle]))"
                        + ".values()].filter((candle) => candle.closed).sort((a, b) => a.openTime - b.openTime)");
        ArrayNode expected = JsClient.JSON.createArrayNode();
        long from = told.path(0).path("openTime").asLong(Long.MAX_VALUE);
        long to = told.path(told.size() - 1).path("openTime").asLong(0);
        for (long next = from; next <= to; ) {
            JsonNode page1500 = new RestClient(server.port())
                    .ok("/api/v1/klines?symbol=" + symbol + "&interval=" + interval + "&startTime=" + next + "&endTime="
                            + to + "&limit=1500");
            page1500.forEach(expected::add);
            next = expected.get(expected.size() - 1).get("openTime").asLong() + 1;
        }
        assertThat(told)
                .as("candles of " + symbol + " " + interval + ", seed " + SEED)
                .isEqualTo(expected);
        assertThat(told.size()).isPositive();
    }

    static JsonNode json(Page page, String expression) {
        try {
            return JsClient.JSON.readTree((String) page.evaluate("JSON.stringify(" + expression + ")"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
