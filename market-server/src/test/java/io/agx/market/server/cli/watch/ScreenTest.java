package io.agx.market.server.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.client.LifecycleEvent;
import io.agx.market.core.model.Side;
import io.agx.market.core.protocol.ReceivedEvent;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScreenTest {
    private static final String UP = "\u001b[32m";
    private static final String DOWN = "\u001b[31m";
    private static final String SHOW_CURSOR = "\u001b[?25h";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private TerminalSize.Size size = new TerminalSize.Size(100, 24);
    private long now = Samples.TIME;

    @Test
    void showsTickersCandlesAndTradesInTables() {
        ScreenView screen = screen(Paint.NONE);
        screen.event(new LifecycleEvent.Connected(welcome()));
        screen.ticker(Samples.TICKERS, Samples.ticker("BTC-USDT", "64001.23", 1));
        screen.kline(Samples.CANDLES, Samples.kline(Samples.TIME - 116_789, "100.5", true));
        screen.kline(Samples.CANDLES, Samples.kline(Samples.TIME - 56_789, "101.25", false));
        screen.trade(Samples.TRADES, Samples.trade(3, "99.5", Side.SELL));

        assertThat(left(screen).lines().map(String::stripTrailing))
                .containsExactly(
                        "connected for 0 s",
                        "12:34:56 connected",
                        "TICKER        LAST  CHANGE       %      HIGH      LOW      VOLUME  TRADES  SEQ",
                        "BTC-USDT  64001.23   -1.25  -0.019  123456.7  0.00001  12345678.5      42    1",
                        "",
                        "CANDLE       TIME         OPEN   HIGH    LOW   CLOSE  VOLUME  TRADES",
                        "BTC-USDT 1m  07-30 12:34   100  101.5  99.25  101.25       3       7  open",
                        "BTC-USDT 1m  07-30 12:33   100  101.5  99.25  100.5        3       7  final",
                        "",
                        "TIME          TRADE     SIDE  PRICE  QTY  SEQ",
                        "12:34:56.789  BTC-USDT  sell   99.5  0.5    3");
    }

    @Test
    void aPriceIsColouredByItsDirectionAndFadesWhenItStays() {
        ScreenView screen = screen(Paint.COLOURS);
        screen.ticker(Samples.TICKERS, Samples.ticker("BTC-USDT", "10", 1));
        assertThat(drawn(screen)).doesNotContain(UP, DOWN);

        screen.ticker(Samples.TICKERS, Samples.ticker("BTC-USDT", "11", 2));
        assertThat(drawn(screen)).contains(UP).doesNotContain(DOWN);
        screen.ticker(Samples.TICKERS, Samples.ticker("BTC-USDT", "9", 3));
        assertThat(drawn(screen)).contains(DOWN).doesNotContain(UP);

        now += Board.FADE_MILLIS;
        assertThat(drawn(screen)).contains("BTC-USDT").doesNotContain(UP, DOWN);
    }

    @Test
    void anOlderTickerDoesNotReplaceANewerOne() {
        ScreenView screen = screen(Paint.NONE);
        screen.ticker(Samples.TICKERS, Samples.ticker("BTC-USDT", "11", 2));
        screen.ticker(Samples.TICKERS, Samples.ticker("BTC-USDT", "10", 1));

        assertThat(left(screen)).contains("BTC-USDT    11");
    }

    @Test
    void drawsOnlyTheLinesThatChanged() {
        ScreenView screen = screen(Paint.NONE);
        screen.ticker(Samples.TICKERS, Samples.ticker("AAA", "10", 1));
        screen.ticker(Samples.TICKERS, Samples.ticker("BBB", "10", 1));
        assertThat(drawn(screen)).contains("AAA", "BBB");
        assertThat(drawn(screen)).isEmpty();

        screen.ticker(Samples.TICKERS, Samples.ticker("BBB", "11", 2));

        assertThat(drawn(screen)).startsWith("\u001b[5;1HBBB").doesNotContain("AAA");
    }

    @Test
    void aResizedWindowIsDrawnAnew() {
        ScreenView screen = screen(Paint.NONE);
        screen.ticker(Samples.TICKERS, Samples.ticker("AAA", "10", 1));
        drawn(screen);
        size = new TerminalSize.Size(40, 10);

        assertThat(drawn(screen)).startsWith("\u001b[2J").contains("AAA");
    }

    @Test
    void isNeverLargerThanTheWindowAndSaysWhatItLeavesOut() {
        size = new TerminalSize.Size(30, 12);
        ScreenView screen = screen(Paint.NONE);
        for (int i = 0; i < 50; i++) {
            screen.ticker(Samples.TICKERS, Samples.ticker("SYMBOL-" + i, "10", 1));
            screen.trade(Samples.TRADES, Samples.trade(i, "1", Side.BUY));
        }

        String picture = left(screen);

        assertThat(picture.lines())
                .hasSizeLessThanOrEqualTo(12)
                .allSatisfy(line -> assertThat(line.length()).isLessThan(30));
        assertThat(picture).contains("… 47 more").contains("12:34:56.789");
    }

    @Test
    void saysHonestlyHowTheConnectionIs() {
        ScreenView screen = screen(Paint.NONE);
        assertThat(drawn(screen)).contains("connecting for 0 s");
        screen.event(new LifecycleEvent.Unreachable("java.net.ConnectException", true));
        assertThat(drawn(screen)).contains("(nobody answers at this address)");
        screen.event(new LifecycleEvent.Connected(welcome()));
        screen.event(new LifecycleEvent.Stale(Samples.TRADES, Samples.TIME));
        assertThat(drawn(screen)).contains("connected for 0 s; stale: trade:BTC-USDT since 12:34:56");
        screen.event(new LifecycleEvent.Fresh(Samples.TRADES));
        screen.event(new LifecycleEvent.Gap(Samples.TRADES, 5, 9, ""));
        assertThat(drawn(screen)).contains("connected for 0 s; 5 trades missing in 1 gaps");
        screen.event(new LifecycleEvent.KlineGap(Samples.CANDLES, 0, Samples.TIME, ""));
        assertThat(drawn(screen)).contains("5 trades missing in 1 gaps; candles missing in 1 gaps");
        screen.event(new LifecycleEvent.Draining(3_000, ""));
        assertThat(drawn(screen)).contains("draining for 0 s (the server stops, back in 3000 ms)");
        screen.event(new LifecycleEvent.Disconnected(1001, "", true));
        now += 61_000;
        assertThat(drawn(screen)).contains("reconnecting for 1 min (code 1001)");
    }

    @Test
    void anotherHistoryClearsWhatWasOfTheOldOne() {
        ScreenView screen = screen(Paint.NONE);
        screen.ticker(Samples.TICKERS, Samples.ticker("BTC-USDT", "11", 200));
        screen.event(new LifecycleEvent.HistoryChanged("a", "b"));
        screen.ticker(Samples.TICKERS, Samples.ticker("BTC-USDT", "12", 1));

        assertThat(left(screen)).contains("BTC-USDT    12");
    }

    @Test
    void leavesTheTerminalAsItWasAndShowsNothingAfterwards() {
        ScreenView screen = screen(Paint.NONE);
        screen.tell("room trade:X was refused: unknown_symbol");
        screen.ticker(Samples.TICKERS, Samples.ticker("BTC-USDT", "11", 1));
        screen.redraw();

        screen.close();
        String text = out.toString();
        screen.close();
        screen.redraw();

        assertThat(text).startsWith("\u001b[?1049h\u001b[?25l").contains(SHOW_CURSOR + "\u001b[?1049l");
        assertThat(text.substring(text.lastIndexOf(SHOW_CURSOR))).contains("BTC-USDT");
        assertThat(out.toString()).isEqualTo(text);
        assertThat(err.toString()).isEqualToNormalizingNewlines("market: room trade:X was refused: unknown_symbol\n");
    }

    @Test
    void theEnvironmentSaysWhetherThereIsATerminalAndWhetherColoursAreWanted() {
        Map<String, String> terminal = Map.of("MARKET_TTY", "1", "COLUMNS", "100", "LINES", "24");

        assertThat(picture(terminal)).contains("\u001b[?25l", "\u001b[33m");
        assertThat(picture(Map.of("MARKET_TTY", "1", "COLUMNS", "100", "LINES", "24", "NO_COLOR", "1")))
                .contains("\u001b[?25l")
                .doesNotContain("\u001b[33m");
        assertThat(picture(Map.of("MARKET_TTY", "1", "TERM", "dumb"))).isEmpty();
        assertThat(picture(Map.of("MARKET_TTY", "0"))).isEmpty();
    }

    private String picture(Map<String, String> environment) {
        StringWriter text = new StringWriter();
        View view = Views.of(new PrintWriter(text), new PrintWriter(err), environment::get);
        view.redraw();
        return text.toString();
    }

    private ScreenView screen(Paint paint) {
        return new ScreenView(new PrintWriter(out), new PrintWriter(err, true), paint, () -> size, () -> now);
    }

    /** What one redraw writes. */
    private String drawn(ScreenView screen) {
        out.getBuffer().setLength(0);
        screen.redraw();
        return out.toString();
    }

    /** The picture that stays behind. */
    private String left(ScreenView screen) {
        screen.redraw();
        out.getBuffer().setLength(0);
        screen.close();
        return out.toString().replaceFirst("^\\Q\u001b[?25h\u001b[?1049l\\E", "");
    }

    private static ReceivedEvent.Welcome welcome() {
        return new ReceivedEvent.Welcome("c", "market.v1+json", Samples.TIME, "e", "n", Map.of(), 10_000);
    }
}
