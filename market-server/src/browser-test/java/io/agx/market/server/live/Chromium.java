package io.agx.market.server.live;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Route;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The system's Chromium. Owned by one thread, as Playwright wants it. */
final class Chromium implements AutoCloseable {
    /** Where the page and the client's modules seem to be: at the origin of the server under test, which has no such files. */
    private static final String FOLDER = "/page-under-test/";

    private static final String PAGE = """
            <!doctype html><title>market</title><script type="module">
            window.market = await import('./market-client.js');
            window.received = {};
            window.events = [];
            window.start = (options) => {
              window.client = new market.MarketClient(options);
              for (const event of ['disconnected', 'reconnected', 'gap', 'stale', 'fresh', 'listenerError']) {
                client.on(event, (detail) => events.push({ event, at: performance.now(), ...detail }));
              }
              return client.ready;
            };
            window.record = (room, options) => {
              const items = received[room] = [];
              return client.subscribe(room, (more) => items.push(...more), options).ready;
            };
            </script>
            """;

    private final Playwright playwright;
    private final Browser browser;

    Chromium() {
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(executable())
                        .setArgs(List.of(
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-quic",
                                "--no-first-run",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync")));
    }

    private static Path executable() {
        return Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "no Chromium in /usr/bin: install the package chromium, or leave out the profile browser"));
    }

    BrowserContext context() {
        return context(new Browser.NewContextOptions().setLocale("en"));
    }

    BrowserContext context(Browser.NewContextOptions options) {
        return browser.newContext(options.setViewportSize(1_440, 900));
    }

    /** A page of the origin of this port, with the client's module loaded from the jar. */
    Page open(BrowserContext context, int port) {
        // A page that the test gives has no address, and counts as one of the wide world.
        context.grantPermissions(List.of("local-network-access"));
        context.route("**" + FOLDER + "*", Chromium::serve);
        Page page = context.newPage();
        page.onConsoleMessage(message -> System.out.println("page: " + message.text()));
        page.onPageError(error -> System.out.println("page error: " + error));
        page.navigate("http://127.0.0.1:" + port + FOLDER + "index.html");
        page.waitForFunction("window.start !== undefined");
        return page;
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }

    private static void serve(Route route) {
        String url = route.request().url();
        String file = url.substring(url.lastIndexOf('/') + 1);
        if (file.equals("index.html")) {
            route.fulfill(new Route.FulfillOptions().setContentType("text/html").setBody(PAGE));
            return;
        }
        try (InputStream in = Chromium.class.getResourceAsStream("/market-client/js/" + file)) {
            byte[] body = Objects.requireNonNull(in, file).readAllBytes();
            route.fulfill(
                    new Route.FulfillOptions().setContentType("text/javascript").setBodyBytes(body));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
