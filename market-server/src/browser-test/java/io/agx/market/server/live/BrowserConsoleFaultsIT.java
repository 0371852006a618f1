package io.agx.market.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.BoundingBox;
import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Symbol;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.identity.Scope;
import io.agx.market.server.testing.RunningMarket;
import io.agx.market.server.testing.Tokens;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The web console when something goes wrong, comes late or is given up half way. */
class BrowserConsoleFaultsIT extends ConsoleTest {
    /** What the page sends of a command that it is not to get through becomes one that the server does not know. */
    private static final String REFUSING = """
            window.WebSocket = class extends WebSocket {
              send(text) {
                super.send(window.refused === undefined ? text : text.replace(`"${refused}"`, '"no_such_command"'));
              }
            };""";

    /** While it is hidden a page gets no frame. */
    private static final String HIDING = """
            window.frames_ = [];
            const next = window.requestAnimationFrame.bind(window);
            window.requestAnimationFrame = (draw) => window.hides ? frames_.push(draw) : next(draw);
            window.show_ = () => {
              window.hides = false;
              frames_.splice(0).forEach((draw) => next(draw));
            };""";

    @Test
    void drawsEveryCandleThatCameWhileThePageWasHidden() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                Market market = new Market(server, 1);
                BrowserContext context = chromium.context()) {
            market.trade(1);
            Page page = context.newPage();
            context.addInitScript(HIDING);
            open(page, server, "#/market/ADA-USDT?interval=1s&rate=raw");
            await(page, "document.querySelector('.chart').drawn().length >= 1");
            page.evaluate("window.hides = true");
            market.begin(20);
            await(page, "document.querySelector('.chart').candles().length >= 6");
            market.end();
            page.evaluate("show_()");

            await(page, """
                    JSON.stringify(document.querySelector('.chart').drawn().map((bar) => bar.time * 1000))
                      === JSON.stringify(document.querySelector('.chart').candles().map((kline) => kline.openTime))""");
            assertThat(complaints).isEmpty();
        }
    }

    @Test
    void tellsOfTheCandleUnderThePointerWhileOthersChange() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                Market market = new Market(server, 1);
                BrowserContext context = chromium.context()) {
            market.history(300);
            Page page = context.newPage();
            open(page, server, "#/market/ADA-USDT?interval=1h");
            await(page, "document.querySelector('.chart').drawn().length >= 5");
            Locator canvas = page.locator("#market .canvas");
            BoundingBox box = canvas.boundingBox();
            canvas.hover(new Locator.HoverOptions().setPosition(box.width * 0.33, box.height / 2));
            Locator legend = page.locator("#market .legend");
            expect(legend).containsText("final");
            String told = legend.textContent();
            Object before = page.evaluate("document.querySelector('.chart').candles().at(-1).count");
            market.trade(3);
            await(page, "document.querySelector('.chart').candles().at(-1).count > " + before);
            page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))");

            assertThat(legend.textContent()).isEqualTo(told);
            assertThat(complaints).isEmpty();
        }
    }

    @Test
    void showsOnlyTheHistoryThatTheServerHas() throws Exception {
        Path other = Files.createDirectories(dataDir.resolve("other"));
        try (RunningMarket server = RunningMarket.listening(other)) {
            new Market(server, 1).history(10);
        }
        RunningMarket server = RunningMarket.listening(Files.createDirectories(dataDir.resolve("first")));
        int port = server.port();
        try (BrowserContext context = chromium.context()) {
            new Market(server, 2).history(60);
            Page page = context.newPage();
            open(page, server, "#/market/ADA-USDT");
            await(page, "document.querySelector('.chart').candles().length >= 60");
            expect(page.locator(".rows .row:visible")).hasCount(2);
            server.close();
            server = RunningMarket.listening(other, config -> config.withAddress("127.0.0.1", port));
            await(page, "[...document.querySelectorAll('.rows .row')].filter((row) => !row.hidden).length === 1");
            await(page, "document.querySelector('.chart').drawn().length >= 10");

            assertThat(candles(page).size()).isLessThan(20);
            assertSameAsRest(server, candles(page));
            assertThat(complaints).allMatch(complaint -> complaint.contains("WebSocket") || complaint.contains("ERR_"));
        } finally {
            server.close();
        }
    }

    @Test
    void saysSoWhenItNeverGetsAConnection() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                BrowserContext context = chromium.context()) {
            Page page = context.newPage();
            context.addInitScript("""
                    window.WebSocket = class extends WebSocket {
                      constructor(...all) {
                        super(...all);
                        this.close();
                      }
                    };""");
            open(page, server, "");

            expect(page.locator(".banner")).isVisible();
            expect(page.locator(".badge")).hasAttribute("data-state", "waiting");
            assertThat(page.locator(".list").textContent()).doesNotContain("No instrument yet");
            assertThat(complaints).allMatch(complaint -> complaint.contains("WebSocket"));
        }
    }

    @Test
    void saysThatThereIsNoInstrumentOnceTheServerHasSaidSo() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                BrowserContext context = chromium.context()) {
            Page page = context.newPage();
            open(page, server, "#/constructor");

            expect(page.locator("#market .list")).containsText("No instrument yet");
            assertThat(complaints).isEmpty();
        }
    }

    @Test
    void listsTheNewestMessagesAndTellsWhatCouldNotBeMarkedAsRead() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                BrowserContext context = chromium.context()) {
            send(server, 120);
            Page page = context.newPage();
            context.addInitScript(REFUSING);
            openAs(page, server, "", Tokens.token("alice", Set.of()));
            expect(page.locator(".bell .number")).hasText("120");
            page.locator(".bell").click();
            expect(page.locator(".messages li strong").first()).hasText("Message 120");
            expect(page.locator(".messages li")).hasCount(50);
            page.evaluate("window.refused = 'read_message'");
            page.locator(".messages li button").first().click();
            expect(page.locator("#inbox [role=alert]")).containsText("It failed");
            page.evaluate("window.refused = undefined");
            page.locator(".messages li button").first().click();
            expect(page.locator(".bell .number")).hasText("119");
            expect(page.locator("#inbox [role=alert]")).hasText("");
            expect(page.locator(".messages li button").first()).isFocused();
            page.locator("#inbox .bar button").click();

            expect(page.locator(".bell .number")).hasText("");
            expect(page.locator(".messages li.unread")).hasCount(0);
            expect(page.locator(".bell")).isFocused();
            assertThat(complaints).isEmpty();
        }
    }

    @Test
    void showsItsPanelsWholeOnAPhone() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                BrowserContext context = chromium.context()) {
            send(server, 1);
            Page page = context.newPage();
            page.setViewportSize(360, 740);
            openAs(page, server, "", Tokens.token("alice", Set.of()));
            for (String button : List.of(".badge", ".bell")) {
                page.locator(button).click();
                BoundingBox box = page.locator(".popover:visible").boundingBox();
                assertThat(box.x).as(button).isGreaterThanOrEqualTo(0);
                assertThat(box.x + box.width).as(button).isLessThanOrEqualTo(360);
                page.keyboard().press("Escape");
            }
            assertThat(complaints).isEmpty();
        }
    }

    @Test
    void keepsTheListWithinReachOfTheKeyboardAndTheFocusOnItsSymbol() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                Market market = new Market(server, 60);
                BrowserContext context = chromium.context()) {
            market.trade(1);
            Page page = context.newPage();
            open(page, server, "#/market/ADA-USDT");
            await(page, "document.querySelector('.grid').getAttribute('aria-rowcount') === '61'");
            page.locator("#filter").fill("t002");
            await(page, "document.querySelector('.grid').getAttribute('aria-rowcount') === '11'");
            page.locator(".head .volume button").focus();
            page.keyboard().press("Tab");
            Locator focused = page.locator(".rows .row:focus-within");
            expect(focused).hasAttribute("data-symbol", "T0020-USDT");

            page.locator(".head .last button").click();
            // In one step: between two a row may be given to another symbol.
            page.evaluate("document.querySelector(\".row:not([hidden])[data-symbol='T0025-USDT'] button\").focus()");
            Instrument risen =
                    server.server().instruments().find(new Symbol("T0020-USDT")).orElseThrow();
            Locator row = page.locator(".rows .row:visible[data-symbol='T0020-USDT']");
            for (int n = 0; !"2".equals(row.getAttribute("aria-rowindex")); n++) {
                long now = System.currentTimeMillis();
                server.publish(List.of(new NewTrade(risen, "rise" + n, 999_900 + n, 1_000, Side.BUY, now, false)))
                        .join();
                page.waitForTimeout(200);
            }
            expect(focused).hasAttribute("data-symbol", "T0025-USDT");
            // Out of the list the focus waits for its symbol, and the arrows go on from the list's beginning.
            page.evaluate("""
                    () => {
                      const box = document.querySelector('#filter');
                      box.value = 'T0021';
                      box.dispatchEvent(new Event('input'));
                    }""");
            expect(page.locator(".grid")).isFocused();
            page.keyboard().press("ArrowDown");
            expect(focused).hasAttribute("data-symbol", "T0021-USDT");
            assertThat(complaints).isEmpty();
        }
    }

    @Test
    void goesOnWithATraceWhenAnEarlierOneFails() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                Market market = new Market(server, 1);
                BrowserContext context = chromium.context()) {
            market.begin(10);
            Page page = context.newPage();
            context.newPage().navigate("http://127.0.0.1:" + server.port() + "/");
            openAs(page, server, "#/gateway", Tokens.token("operator", Set.of(Scope.ADMIN)));
            expect(page.locator("#gateway .summary")).containsText("Connections 2");
            List<Route> held = new ArrayList<>();
            page.route("**/trace", route -> {
                if (held.isEmpty() && route.request().method().equals("POST")) {
                    held.add(route);
                } else {
                    route.resume();
                }
            });
            Locator connections = page.locator("#gateway .table button");
            connections.first().click();
            connections.nth(1).click();
            Locator frames = page.locator(".trace li");
            expect(frames.first()).isVisible();
            held.get(0)
                    .fulfill(new Route.FulfillOptions()
                            .setStatus(500)
                            .setContentType("application/problem+json")
                            .setBody("{\"detail\":\"too late\"}"));
            int count = frames.count();
            await(page, "document.querySelectorAll('.trace li').length > " + (count + 5));

            expect(page.locator(".trace-pane [role=status]")).hasText("");
            expect(page.locator(".trace-pane .bar button")).isVisible();
            page.route(
                    "**/trace",
                    route -> route.fulfill(new Route.FulfillOptions()
                            .setStatus(500)
                            .setContentType("application/problem+json")
                            .setBody("{\"detail\":\"not now\"}")));
            connections.first().click();
            expect(page.locator(".trace-pane [role=status]")).containsText("not now");
            expect(page.locator(".trace-pane .bar button")).isHidden();
        }
    }

    @Test
    void stopsAReplayThatBeginsAfterItsViewWasLeft() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                Market market = new Market(server, 1);
                BrowserContext context = chromium.context()) {
            market.history(30);
            Page page = context.newPage();
            List<String> sent = new CopyOnWriteArrayList<>();
            page.onWebSocket(socket -> socket.onFrameSent(frame -> sent.add(frame.text())));
            open(page, server, "#/replay");
            await(page, "document.querySelector('#replay input[name=from]').value !== ''");
            page.locator("#replay select[name=speed]").selectOption("1");
            page.evaluate("""
                    () => {
                      document.querySelector('#replay form').requestSubmit();
                      location.hash = '#/market';
                    }""");
            expect(page.locator("#symbol")).hasText("ADA-USDT");
            await(page, "!document.querySelector('#replay button[type=submit]').disabled");

            assertThat(sent).anyMatch(frame -> frame.contains("\"stop_replay\""));
            assertThat(complaints).isEmpty();
        }
    }

    @Test
    void forgetsATokenWhenSigningInIsCancelled() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                BrowserContext context = chromium.context()) {
            Page page = context.newPage();
            open(page, server, "");
            expect(page.locator(".badge")).hasAttribute("data-state", "live");
            Locator box = page.locator("#status dialog textarea");
            page.locator("#status > button").click();
            box.fill("a secret");
            page.keyboard().press("Escape");
            page.locator("#status > button").click();
            expect(box).hasValue("");
            box.fill(Tokens.token("alice", Set.of()));
            page.evaluate("""
                    () => {
                      document.body.id = 'cancelled';
                      document.querySelector('#status dialog form').requestSubmit();
                      document.querySelector('#status dialog button[type=button]').click();
                    }""");
            expect(page.locator("#cancelled")).hasCount(0); // It begins anew.
            expect(page.locator(".badge")).hasAttribute("data-state", "live");

            expect(page.locator("#status > button")).hasText("Sign in");
            assertThat(page.evaluate("sessionStorage.length")).isEqualTo(0);
            assertThat(complaints).isEmpty();
        }
    }

    @Test
    void tellsLongTimesInTheUnitsThatOneReads() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                BrowserContext context = chromium.context()) {
            Page page = context.newPage();
            open(page, server, "");

            assertThat(page.evaluate("""
                            import('./js/format.js').then(({ duration }) =>
                              [9.5, 450, 59_000, 310_000, 7_500_000, 86_400_000, -310_000].map(duration).join(', '))"""))
                    .isEqualTo("9.5 ms, 450 ms, 59.0 s, 5 min 10 s, 2 h 5 min, 1 d 0 h, -5 min 10 s");
        }
    }

    private static void send(RunningMarket server, int count) {
        List<UserMessage> messages = new ArrayList<>();
        for (int n = 1; n <= count; n++) {
            messages.add(new UserMessage("alice", 0, "notice", "Message " + n, "", null, "desk", null, 0, null));
        }
        server.server().inbox().send(messages).join();
    }

    private void openAs(Page page, RunningMarket server, String hash, String token) {
        open(page, server, hash);
        page.evaluate("token => sessionStorage.setItem('market.token', token)", token);
        page.reload();
    }
}
