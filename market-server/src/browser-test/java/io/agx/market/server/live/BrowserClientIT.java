package io.agx.market.server.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import io.agx.market.core.model.Instrument;
import io.agx.market.server.identity.Scope;
import io.agx.market.server.identity.SecretFile;
import io.agx.market.server.identity.TokenIssuer;
import io.agx.market.server.testing.FaultProxy;
import io.agx.market.server.testing.RunningMarket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The browser client in Chromium, against the real server. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class BrowserClientIT {
    private static final String TRADES = "trade:BTC-USDT";

    @TempDir
    private Path dataDir;

    private static Chromium chromium;

    @BeforeAll
    static void startChromium() {
        chromium = new Chromium();
    }

    @AfterAll
    static void stopChromium() {
        chromium.close();
    }

    @Test
    void comesBackToARestartedServerAndMissesNothing() throws Exception {
        RunningMarket server = RunningMarket.listening(dataDir);
        int port = server.port();
        Instrument instrument = server.define("BTC-USDT");
        try (BrowserContext context = chromium.context()) {
            Page page = chromium.open(context, port);
            start(page, port, Map.of());
            server.offer(instrument, 50);
            awaitSeq(page, 50);
            server.close();
            server = restarted(port);
            awaitReconnects(page, 1);
            offerWithNewIds(server, 50);
            awaitSeq(page, 100);

            assertThat(seqs(page)).containsExactlyElementsOf(upTo(100));
            assertThat(events(page, "gap")).isEmpty();
        } finally {
            server.close();
        }
    }

    @Test
    void saysWhoItIsAmongTheSubprotocolsAndHearsWhyItIsRefused() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                BrowserContext context = chromium.context()) {
            TokenIssuer issuer = new TokenIssuer(SecretFile.read(dataDir.resolve(SecretFile.NAME)), "", "");
            long now = System.currentTimeMillis();
            String good = issuer.issue("alice", Set.of(Scope.PUBLISH), now, 60_000);
            String expired = issuer.issue("alice", Set.of(), now - 120_000, 60_000);
            Page page = chromium.open(context, server.port());
            String ask = """
                    ([url, token]) => new Promise((resolve) => {
                      const client = new market.MarketClient({ url, token });
                      client.on('authenticated', ({ userId }) => (client.close(), resolve(userId)));
                      client.on('disconnected', ({ code, reason }) => resolve(code + ' ' + reason));
                    })""";
            List<String> addresses = new ArrayList<>();
            page.onWebSocket(socket -> addresses.add(socket.url()));

            assertThat(page.evaluate(ask, List.of("" + server.webSocket(), good)))
                    .isEqualTo("alice");
            assertThat(page.evaluate(ask, List.of("" + server.webSocket(), expired)))
                    .isEqualTo("4001 token_expired");
            assertThat(addresses).hasSize(2).containsOnly("" + server.webSocket());
        }
    }

    @Test
    void componentsOfAPageShareOneConnection() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                BrowserContext context = chromium.context()) {
            Instrument instrument = server.define("BTC-USDT");
            Page page = chromium.open(context, server.port());
            AtomicInteger sockets = new AtomicInteger();
            page.onWebSocket(socket -> sockets.incrementAndGet());
            page.evaluate("""
                    async (url) => {
                      const components = [market.shared(url), market.shared(url)];
                      window.same = components[0] === components[1];
                      window.client = components[0];
                      received.first = [];
                      received.second = [];
                      await components[0].subscribe('trade:BTC-USDT', (trades) => received.first.push(...trades)).ready;
                      window.second = components[1].subscribe('trade:BTC-USDT', (trades) => received.second.push(...trades));
                      await second.ready;
                    }""", server.webSocket().toString());
            server.trade(instrument, 10);
            page.waitForFunction("received.first.length === 10 && received.second.length === 10");
            page.evaluate("second.unsubscribe()");
            server.trade(instrument, 10);
            page.waitForFunction("received.first.length === 20");

            assertThat(page.evaluate("same")).isEqualTo(true);
            assertThat(page.evaluate("received.second.length")).isEqualTo(10);
            assertThat(sockets).hasValue(1);
        }
    }

    @Test
    void aPageWhoseTimersSleepForMinutesKeepsItsConnection() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                BrowserContext context = chromium.context()) {
            Instrument instrument = server.define("BTC-USDT");
            context.clock().install();
            Page page = chromium.open(context, server.port());
            start(page, server.port(), Map.of());
            long seq = 0;
            for (int minute = 0; minute < 10; minute++) {
                context.clock().fastForward(60_000);
                server.trade(instrument, 5);
                seq += 5;
                awaitSeq(page, seq);
            }

            assertThat(seqs(page)).containsExactlyElementsOf(upTo(seq));
            assertThat(events(page, "disconnected")).isEmpty();
        }
    }

    @Test
    void findsADeadConnectionAtOnceWhenTheNetworkIsBackOrThePageIsSeen() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                FaultProxy proxy = new FaultProxy(server::port);
                BrowserContext context = chromium.context()) {
            Instrument instrument = server.define("BTC-USDT");
            Page page = chromium.open(context, proxy.port());
            start(page, proxy.port(), Map.of());

            proxy.strike(FaultProxy.Fault.BLACK_HOLE);
            context.setOffline(true);
            server.trade(instrument, 10);
            long onlineNanos = System.nanoTime();
            context.setOffline(false);
            awaitSeq(page, 10);
            long onlineMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - onlineNanos);

            proxy.strike(FaultProxy.Fault.BLACK_HOLE);
            server.trade(instrument, 10);
            long seenNanos = System.nanoTime();
            page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
            awaitSeq(page, 20);
            long seenMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - seenNanos);
            System.out.println("back after online: " + onlineMillis + " ms, after visible: " + seenMillis + " ms");

            assertThat(seqs(page)).containsExactlyElementsOf(upTo(20));
            // Without the signs of waking it would be the deadline, 25 s.
            assertThat(onlineMillis).isLessThan(10_000);
            assertThat(seenMillis).isLessThan(10_000);
        }
    }

    @Test
    void comesBackAtOnceWhenItWasOfflineWithoutAServer() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                FaultProxy proxy = new FaultProxy(server::port);
                BrowserContext context = chromium.context()) {
            Instrument instrument = server.define("BTC-USDT");
            Page page = chromium.open(context, proxy.port());
            // Its own backoff would take minutes.
            start(page, proxy.port(), Map.of("minDelayMillis", 300_000, "maxDelayMillis", 300_000));
            context.setOffline(true);
            proxy.strike(FaultProxy.Fault.CUT);
            page.waitForFunction("client.state === 'waiting'");
            server.trade(instrument, 10);
            context.setOffline(false);
            awaitSeq(page, 10);

            assertThat(seqs(page)).containsExactlyElementsOf(upTo(10));
        }
    }

    @Test
    void aPageThatIsBusyForSecondsMissesNothing() throws Exception {
        try (RunningMarket server = RunningMarket.listening(dataDir);
                BrowserContext context = chromium.context()) {
            Instrument instrument = server.define("BTC-USDT");
            Page page = chromium.open(context, server.port());
            start(page, server.port(), Map.of());
            page.evaluate(
                    "setTimeout(() => { const end = performance.now() + 4000; while (performance.now() < end); }, 0)");
            for (int batch = 0; batch < 20; batch++) {
                server.offer(instrument, 500);
            }
            awaitSeq(page, 10_000);

            assertThat(seqs(page)).containsExactlyElementsOf(upTo(10_000));
            assertThat(events(page, "disconnected")).isEmpty();
        }
    }

    /** A client of the page, and its trades from now on. */
    private static void start(Page page, int port, Map<String, Object> reconnect) {
        page.evaluate("""
                async ([url, reconnect, room]) => {
                  await start({ url, reconnect: { minDelayMillis: 200, maxDelayMillis: 1000, ...reconnect } });
                  await record(room);
                }""", List.of("ws://127.0.0.1:" + port + "/ws", reconnect, TRADES));
    }

    private RunningMarket restarted(int port) throws IOException {
        return RunningMarket.listening(dataDir, config -> config.withAddress("127.0.0.1", port));
    }

    /** The market of a restarted server has seen the ids of the one before. */
    private static void offerWithNewIds(RunningMarket server, int count) throws Exception {
        Instrument instrument =
                server.server().history().instruments().iterator().next();
        server.offer(instrument, count);
        server.offer(instrument, count);
    }

    private static void awaitSeq(Page page, long seq) {
        page.waitForFunction(
                "([room, seq]) => received[room].at(-1)?.seq >= seq",
                List.of(TRADES, (double) seq),
                new Page.WaitForFunctionOptions().setTimeout(60_000).setPollingInterval(20));
    }

    private static void awaitReconnects(Page page, int count) {
        await().atMost(30, TimeUnit.SECONDS)
                .until(() -> events(page, "reconnected").size() == count);
    }

    private static List<Long> seqs(Page page) {
        return BrowserFaultsIT.json(page, "received['" + TRADES + "'].map((trade) => trade.seq)")
                .valueStream()
                .map(JsonNode::asLong)
                .toList();
    }

    private static JsonNode events(Page page, String name) {
        return BrowserFaultsIT.json(page, "events.filter((each) => each.event === '" + name + "')");
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }
}
