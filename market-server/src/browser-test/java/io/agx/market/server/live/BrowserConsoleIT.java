package io.agx.market.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Media;
import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Side;
import io.agx.market.server.config.FeedConfig;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.gateway.GatewayLimits;
import io.agx.market.server.identity.Scope;
import io.agx.market.server.subscriber.SubscriberLimits;
import io.agx.market.server.testing.RunningMarket;
import io.agx.market.server.testing.Tokens;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The web console in Chromium, as people use it. Figures are printed; with {@code -Dmarket.console.strict=true}, on a quiet machine, they are held to
 * their bars. With {@code -Dmarket.console.images=FOLDER} screenshots are kept there.
 */
class BrowserConsoleIT extends ConsoleTest {
    private static final boolean STRICT = Boolean.getBoolean("market.console.strict");
    private static final int INSTRUMENTS = Integer.getInteger("market.console.instruments", 300);

    @Test
    void showsALiveMarketSoonAfterItIsOpened() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                Market market = new Market(server, 20);
                BrowserContext context = chromium.context()) {
            market.history(60);
            market.begin(20);
            Page page = context.newPage();
            context.addInitScript("""
                    new MutationObserver(() => {
                      const seen = document.querySelector('.rows .cell.last')?.textContent ?? '';
                      window.paintedAt ??= /\\d/.test(seen) ? performance.now() : undefined;
                      window.liveAt ??= document.querySelector('.rows .flash0, .rows .flash1') === null ? undefined : performance.now();
                    }).observe(document, { childList: true, subtree: true, attributes: true, characterData: true });""");
            open(page, server, "");
            await(page, "window.liveAt !== undefined");
            double paintedMillis = ((Number) page.evaluate("paintedAt")).doubleValue();
            double liveMillis = ((Number) page.evaluate("liveAt")).doubleValue();
            System.out.printf(
                    "console: prices after %.0f ms, the first change after %.0f ms%n", paintedMillis, liveMillis);
            expect(page.locator(".badge")).hasAttribute("data-state", "live");
            expect(page.locator("#symbol")).hasText("ADA-USDT");
            expect(page.locator("#tape tr").first()).containsText(":");
            await(page, "document.querySelector('.chart').candles().length >= 60");
            expect(page.locator(".trend path").first()).hasAttribute("d", Pattern.compile("M.*L.*"));
            keepImage(page, "console-market");
            page.emulateMedia(new Page.EmulateMediaOptions()
                    .setColorScheme(ColorScheme.DARK)
                    .setMedia(Media.SCREEN));
            keepImage(page, "console-market-dark");

            if (STRICT) {
                assertThat(paintedMillis).isLessThan(1_500);
                assertThat(liveMillis).isLessThan(2_000);
            }
            assertThat(complaints).isEmpty();
        }
    }

    @Test
    void scrollsBackThroughHistoryAndHasEveryCandleAsRestHasIt() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                Market market = new Market(server, 1);
                BrowserContext context = chromium.context()) {
            market.history(4_200);
            Page page = context.newPage();
            open(page, server, "#/market/ADA-USDT");
            await(page, "document.querySelector('.chart').candles().length >= 1000");
            Locator canvas = page.locator("#market .canvas");
            canvas.hover();
            // However long it takes on a busy machine; each page is asked for when the chart's edge comes near.
            long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (System.nanoTime() < endNanos
                    && !page.locator(".chart-note").textContent().equals("start of history")) {
                page.mouse().wheel(-2_500, 0);
                page.waitForTimeout(20);
            }

            JsonNode shown = candles(page);
            assertThat(shown.size())
                    .as(
                            "four pages and the beginning; %s; %s",
                            page.locator(".chart-note").textContent(), complaints)
                    .isGreaterThanOrEqualTo(4_200);
            assertSameAsRest(server, shown);
            expect(page.locator(".chart-note")).hasText("start of history");
            assertThat(complaints).isEmpty();
        }
    }

    @Test
    void showsThatTheServerIsGoneAndHasNoHoleWhenItIsBack() throws Exception {
        RunningMarket server = RunningMarket.listening(dataDir);
        int port = server.port();
        try (BrowserContext context = chromium.context()) {
            Market market = new Market(server, 2);
            market.history(30);
            Page page = context.newPage();
            open(page, server, "#/market/ADA-USDT?interval=1s");
            await(page, "document.querySelector('.chart').candles().length > 10");
            expect(page.locator(".banner")).isHidden();
            server.close();
            expect(page.locator(".banner")).isVisible();
            expect(page.locator(".badge")).hasAttribute("data-state", "waiting");
            keepImage(page, "console-offline");
            server = RunningMarket.listening(dataDir, config -> config.withAddress("127.0.0.1", port));
            market = new Market(server, 2);
            market.trade(40);
            expect(page.locator(".banner")).isHidden(new LocatorAssertions.IsHiddenOptions().setTimeout(40_000));
            market.trade(40);
            page.waitForTimeout(1_500); // The chart shows what comes in the next candle.

            JsonNode shown = candles(page);
            for (int i = 1; i < shown.size(); i++) {
                assertThat(shown.get(i).get("openTime").asLong()
                                - shown.get(i - 1).get("openTime").asLong())
                        .as("candle %d of %d", i, shown.size())
                        .isEqualTo(1_000);
            }
            assertSameAsRest(server, shown);
            page.locator(".badge").click();
            expect(page.locator("#connection .events")).containsText("back again");
            assertThat(complaints).allMatch(complaint -> complaint.contains("WebSocket") || complaint.contains("ERR_"));
        } finally {
            server.close();
        }
    }

    @Test
    void changesIntervalOffsetAndRateAndKeepsThemInTheAddress() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                Market market = new Market(server, 3);
                BrowserContext context = chromium.context()) {
            market.history(3_000);
            Page page = context.newPage();
            open(page, server, "");
            page.locator(".rows [data-symbol='AVAX-USDT'] button").click();
            expect(page.locator("#symbol")).hasText("AVAX-USDT");
            page.locator("select[name=interval]").first().selectOption("1d");
            page.locator("select[name=offset]").selectOption("+08:00");
            page.locator("select[name=rate]").selectOption("1s");

            assertThat(page.url()).endsWith("#/market/AVAX-USDT?interval=1d&offset=%2B08%3A00&rate=1s");
            await(page, "document.querySelector('.chart').candles().length >= 3");
            long open = candles(page).get(1).get("openTime").asLong();
            assertThat(Math.floorMod(open + 8 * 60 * MINUTE, 24 * 60 * MINUTE)).isZero();
            page.reload();
            expect(page.locator("#symbol")).hasText("AVAX-USDT");
            expect(page.locator("select[name=offset]")).hasValue("+08:00");
            page.goBack();
            assertThat(complaints).isEmpty();
        }
    }

    @Test
    void saysOfAnAddressThatItNamesNoInstrumentAndWorksOn() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                Market market = new Market(server, 2);
                BrowserContext context = chromium.context()) {
            market.history(30);
            Page page = context.newPage();
            open(page, server, "");
            page.evaluate("token => sessionStorage.setItem('market.token', token)", Tokens.token("alice", Set.of()));
            for (String symbol : List.of("a:b", "ADA-USDT@1s", "ADA-USDT~price", "*", "NO-SUCH")) {
                open(page, server, "#/market/" + symbol);
                expect(page.locator(".chart-note").first()).hasText("There is no instrument " + symbol + ".");
                expect(page.locator("#symbol")).hasText(symbol);
                expect(page.locator("#status")).containsText("Sign out");
                expect(page.locator("#tape tr:visible")).hasCount(0);
            }
            page.locator(".rows [data-symbol='AVAX-USDT'] button").click();
            expect(page.locator("#symbol")).hasText("AVAX-USDT");
            await(page, "document.querySelector('.chart').candles().length >= 30");
            expect(page.locator("#tape tr").first()).containsText(":");
            assertThat(complaints).isEmpty();
        }
    }

    @Test
    void learnsOfANewInstrumentAfterManyReconnects() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                Market market = new Market(server, 1);
                BrowserContext context = chromium.context()) {
            market.trade(1);
            Page page = context.newPage();
            context.addInitScript("""
                    window.sockets = [];
                    window.WebSocket = class extends WebSocket {
                      constructor(...all) {
                        super(...all);
                        sockets.push(this);
                        this.addEventListener('message', ({ data }) => {
                          this.answered ||= data.includes('"event":"instruments"');
                        });
                      }
                    };""");
            open(page, server, "");
            for (int connection = 1; connection <= 7; connection++) {
                await(page, "sockets.length === " + connection + " && sockets.at(-1).answered === true");
                if (connection < 7) {
                    // The page comes back at once instead of after its backoff.
                    page.evaluate("""
                            () => new Promise((resolve) => {
                              sockets.at(-1).addEventListener('close', () => resolve(dispatchEvent(new Event('online'))));
                              sockets.at(-1).close(4999);
                            })""");
                }
            }
            Instrument instrument = server.define("NEW-USDT");
            server.publish(List.of(new NewTrade(
                            instrument, "first", 12_300, 1_000, Side.BUY, System.currentTimeMillis(), false)))
                    .join();

            expect(page.locator(".rows [data-symbol='NEW-USDT'] .cell.last")).hasText("123.00");
            assertThat(complaints).isEmpty();
        }
    }

    @Test
    void findsSortsAndWalksTheListByKeyboard() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                Market market = new Market(server, 60);
                BrowserContext context = chromium.context()) {
            market.trade(1);
            Page page = context.newPage();
            open(page, server, "");
            await(page, "document.querySelector('.grid').getAttribute('aria-rowcount') === '61'");
            assertThat(page.locator(".rows .row:visible").count())
                    .as("rows that exist")
                    .isLessThan(60);
            page.locator(".rows [data-symbol='ADA-USDT'] button").focus();
            page.keyboard().press("End");
            expect(page.locator(".rows .row:focus-within")).hasAttribute("data-symbol", "T0059-USDT");
            page.keyboard().press("Enter");
            expect(page.locator("#symbol")).hasText("T0059-USDT");
            page.locator("#filter").fill("t002");
            await(page, "document.querySelector('.grid').getAttribute('aria-rowcount') === '11'");
            page.locator("#filter").fill("");
            page.locator(".columnheader.last button, .head .last button").click();
            expect(page.locator(".head .last")).hasAttribute("aria-sort", "descending");
            assertThat(complaints).isEmpty();
        }
    }

    @Test
    void playsThePast() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                Market market = new Market(server, 1);
                BrowserContext context = chromium.context()) {
            market.history(90);
            Page page = context.newPage();
            open(page, server, "#/replay");
            await(page, "document.querySelector('#replay input[name=from]').value !== ''");
            page.locator("#replay select[name=speed]").selectOption("1000");
            page.locator("#replay button[type=submit]").click();
            expect(page.locator("#replay [role=status]").first())
                    .containsText("trades played", new LocatorAssertions.ContainsTextOptions().setTimeout(20_000));
            JsonNode played = JSON.readTree(
                    (String) page.evaluate("JSON.stringify(document.querySelector('#replay .chart').candles())"));
            assertThat(played.size()).isBetween(58, 62);
            keepImage(page, "console-replay");
            assertThat(complaints).isEmpty();
        }
    }

    @Test
    void speaksChineseAndEnglishAndCanBeSwitched() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                Market market = new Market(server, 2);
                BrowserContext context = chromium.context(new Browser.NewContextOptions().setLocale("zh-CN"))) {
            market.history(30);
            Page page = context.newPage();
            open(page, server, "");
            expect(page.locator("nav a").first()).hasText("行情");
            assertThat(page.evaluate("document.documentElement.lang")).isEqualTo("zh-CN");
            await(page, "document.querySelector('.chart').candles().length >= 30");
            keepImage(page, "console-zh");
            page.locator("#language").click();
            expect(page.locator("nav a").first()).hasText("Market");
            assertThat(page.evaluate("import('./js/texts.js').then((texts) => texts.missingKeys().join())"))
                    .isEqualTo("");
            assertThat(complaints).isEmpty();
        }
    }

    @Test
    void isReadableOnAPhoneAndOnAWall() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                Market market = new Market(server, 20);
                BrowserContext context = chromium.context()) {
            market.history(60);
            Page page = context.newPage();
            for (int width : new int[] {360, 2_560}) {
                page.setViewportSize(width, width == 360 ? 740 : 1_300);
                for (String view : List.of("#/market", "#/replay", "#/gateway")) {
                    open(page, server, view);
                    page.waitForTimeout(200);
                    assertThat(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
                            .as("%s at %d px scrolls sideways", view, width)
                            .isEqualTo(true);
                }
                open(page, server, "#/market/AVAX-USDT");
                await(page, "document.querySelector('.chart').candles().length >= 60");
                keepImage(page, width == 360 ? "console-phone" : "console-wall");
            }
            assertThat(complaints).isEmpty();
        }
    }

    @Test
    void hasNoSeriousFaultOfAccessibility() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                Market market = new Market(server, 20);
                BrowserContext context = chromium.context()) {
            market.history(60);
            Page page = context.newPage();
            for (ColorScheme scheme : new ColorScheme[] {ColorScheme.LIGHT, ColorScheme.DARK}) {
                page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
                for (String view : List.of("#/market", "#/replay", "#/gateway")) {
                    open(page, server, view);
                    await(page, "document.querySelector('.badge').dataset.state === 'live'");
                    page.locator(".badge").click();
                    assertThat(new AxeBuilder(page)
                                    .analyze().getViolations().stream()
                                            .filter(rule -> List.of("serious", "critical")
                                                    .contains(rule.getImpact()))
                                            .map(rule -> rule.getId() + ": "
                                                    + rule.getNodes().get(0).getHtml())
                                            .toList())
                            .as("%s, %s", view, scheme)
                            .isEmpty();
                }
            }
        }
    }

    @Test
    void ringsForMessagesAndShowsWhatTheySay() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                Market market = new Market(server, 1);
                BrowserContext context = chromium.context()) {
            market.history(30);
            Page page = context.newPage();
            open(page, server, "");
            page.locator("#status > button").click();
            page.locator("dialog[open] textarea").fill(Tokens.token("alice", Set.of()) + "x");
            page.locator("dialog[open] button[type=submit]").click();
            expect(page.locator("dialog[open] .error")).containsText("refused");
            page.locator("dialog[open] textarea").fill(Tokens.token("alice", Set.of()));
            page.locator("dialog[open] button[type=submit]").click();
            expect(page.locator(".bell")).isVisible();
            expect(page.locator("#status")).containsText("Sign out");

            server.server()
                    .inbox()
                    .send(List.of(new UserMessage(
                            "alice",
                            0,
                            "notice",
                            "Maintenance tonight",
                            "From 22:00 to 22:10 UTC.",
                            null,
                            "desk",
                            null,
                            0,
                            null)))
                    .join();
            expect(page.locator(".bell .number")).hasText("1");
            expect(page.locator(".toast")).containsText("Maintenance tonight");
            HttpResponse<String> published = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(server.rest("/trades"))
                                    .POST(
                                            HttpRequest.BodyPublishers.ofString(
                                                    "[{\"symbol\":\"ADA-USDT\",\"id\":\"fill\","
                                                            + "\"price\":\"100.00\",\"qty\":\"1.000\",\"buyerUserId\":\"alice\"}]"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(published.statusCode()).as(published.body()).isEqualTo(200);
            expect(page.locator(".bell .number")).hasText("2");
            page.locator(".bell").click();
            expect(page.locator(".messages li")).hasCount(2);
            expect(page.locator(".messages li").nth(1)).containsText("From 22:00 to 22:10 UTC.");
            keepImage(page, "console-messages");
            page.locator(".messages li button").first().click();
            expect(page.locator(".bell .number")).hasText("1");
            page.locator("#inbox .bar button").click();
            expect(page.locator(".bell .number")).hasText("");
            page.locator("#status > button").click();
            expect(page.locator(".bell")).isHidden();
            assertThat(complaints).isEmpty();
        }
    }

    @Test
    void showsOperatorsRoomsConnectionsTheFramesOfOneAndDrains() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                Market market = new Market(server, 5);
                BrowserContext context = chromium.context()) {
            market.history(30);
            market.begin(10);
            Page page = context.newPage();
            open(page, server, "#/gateway");
            expect(page.locator("#gateway [role=status]").first()).containsText("scope admin");
            page.evaluate(
                    "token => sessionStorage.setItem('market.token', token)",
                    Tokens.token("operator", Set.of(Scope.ADMIN)));
            page.reload();
            context.newPage()
                    .navigate(
                            "http://127.0.0.1:" + server.port() + "/"); // Without a token, and in a room of each trade.
            expect(page.locator("#gateway .summary")).containsText("Connections 2");
            expect(page.locator("#gateway .table").first()).containsText("ticker:*");
            Locator connection = page.locator("#gateway .table button").first();
            expect(page.locator("#gateway")).containsText("operator");
            await(
                    page,
                    "[...document.querySelectorAll('.plot output')].every((output) => /[1-9]/.test(output.textContent))");
            connection.click();
            expect(page.locator(".trace li.out").first()).containsText("ticker:*");
            page.evaluate("location.hash = '#/gateway'");
            page.waitForTimeout(3_000); // For the plots.
            keepImage(page, "console-gateway");
            page.locator("#gateway button.danger").first().click();
            expect(page.locator("dialog[open]")).containsText("Drain this server?");
            page.locator("dialog[open] button").first().click();
            expect(page.locator("dialog[open]")).hasCount(0);
            page.locator("#gateway button.danger").first().click();
            page.locator("dialog[open] button.danger").click();
            expect(page.locator(".banner")).isVisible();
            page.locator(".badge").click();
            expect(page.locator("#connection .events")).containsText("the server stops");
        }
    }

    @Test
    void turnsGreyWhatStandsStillAndBackWhenItGoesOn() throws Exception {
        long timeMillis = 1_385_337_600_000L;
        Path file = Files.writeString(
                dataDir.resolveSibling(dataDir.getFileName() + ".csv"),
                "timestamp,price,amount\n" + timeMillis / 1_000 + ",810.00,1.5\n");
        FeedConfig replay = FeedConfig.replay(file, "BTC-USD", "1");
        SubscriberLimits everySecond = new SubscriberLimits(1_024, 1L << 20, 1_000, 20_000, 60_000, 15_000);
        try (RunningMarket server = RunningMarket.listening(
                        dataDir,
                        config -> config.withFeed(replay)
                                .withGateway(new GatewayLimits(65_536, 20, 100, 100, 1_000, everySecond)));
                BrowserContext context = chromium.context()) {
            Instrument instrument = server.server().instruments().all().get(0);
            // The market's clock is the replay's, and stands at its first trade until that begins.
            server.publish(List.of(new NewTrade(instrument, "first", 81_000, 100, Side.BUY, timeMillis, false)))
                    .join();
            Page page = context.newPage();
            open(page, server, "#/market/BTC-USD");
            await(page, "document.querySelector('.chart').candles().length === 1");
            await(page, "document.querySelector('.chart.stale') !== null");
            expect(page.locator(".chart-note")).containsText("stalled since");
            expect(page.locator(".badge")).hasAttribute("data-state", "stale");
            page.evaluate("location.hash = '#/gateway'"); // Of a room that is left nothing is stale.
            expect(page.locator(".badge")).hasAttribute("data-state", "live");
            page.evaluate("location.hash = '#/market/BTC-USD'");
            await(page, "document.querySelector('.chart.stale') !== null");
            server.server().startFeed();
            await(page, "document.querySelector('.chart.stale') === null");
            expect(page.locator(".badge")).hasAttribute("data-state", "live");
            assertThat(complaints).isEmpty();
        }
    }

    @Test
    void leavesTheMainThreadFreeWithManyInstruments() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                Market market = new Market(server, INSTRUMENTS);
                BrowserContext context = chromium.context()) {
            market.trade(1);
            market.begin(4);
            Page page = context.newPage();
            open(page, server, "");
            await(
                    page,
                    "document.querySelector('.grid').getAttribute('aria-rowcount') === '" + (INSTRUMENTS + 1) + "'");
            page.waitForTimeout(2_000);
            CDPSession devtools = context.newCDPSession(page);
            devtools.send("Performance.enable");
            double busyBefore = busySeconds(devtools);
            long beforeNanos = System.nanoTime();
            page.waitForTimeout(5_000);
            double busy = busySeconds(devtools) - busyBefore;
            double share = busy / ((System.nanoTime() - beforeNanos) / 1e9);
            System.out.printf(
                    "console: %d instruments, 4 updates/s each: main thread busy %.1f %%%n", INSTRUMENTS, share * 100);

            if (STRICT) {
                assertThat(share).isLessThan(0.30);
            }
            assertThat(complaints).isEmpty();
        }
    }

    private static double busySeconds(CDPSession devtools) {
        for (var metric : devtools.send("Performance.getMetrics").getAsJsonArray("metrics")) {
            if (metric.getAsJsonObject().get("name").getAsString().equals("TaskDuration")) {
                return metric.getAsJsonObject().get("value").getAsDouble();
            }
        }
        throw new AssertionError("Chromium tells no TaskDuration");
    }
}
