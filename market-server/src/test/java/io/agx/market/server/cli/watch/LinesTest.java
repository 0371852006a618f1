package io.agx.market.server.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.client.LifecycleEvent;
import io.agx.market.core.model.Side;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LinesTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void aTickerIsOneLineOfNamedValues() {
        assertThat(new PlainLines().ticker(Samples.TICKERS, Samples.ticker("BTC-USDT", "64001.23", 9)))
                .isEqualTo("2026-07-30T12:34:56.789Z ticker:* symbol=BTC-USDT last=64001.23 change=-1.25"
                        + " changePercent=-0.019 high=123456.7 low=0.00001 volume=12345678.5 count=42 seq=9");
    }

    @Test
    void aCandleIsOneLineAtItsOpenTime() {
        assertThat(new PlainLines().kline(Samples.CANDLES, Samples.kline(Samples.TIME - 56_789, "100.5", true)))
                .isEqualTo("2026-07-30T12:34:00.000Z kline:BTC-USDT:1m open=100 high=101.5 low=99.25 close=100.5"
                        + " volume=3 count=7 closed=true cause=clock seq=7");
    }

    @Test
    void aTradeIsOneLine() {
        assertThat(new PlainLines().trade(Samples.TRADES, Samples.trade(3, "0.00000001", Side.SELL)))
                .isEqualTo("2026-07-30T12:34:56.789Z trade:BTC-USDT side=sell price=0.00000001 qty=0.5 seq=3");
    }

    @Test
    void jsonHasTheRoomAndThenTheFieldsOfTheWireInTheirOrder() {
        JsonLines json = new JsonLines();

        assertThat(json.trade(Samples.TRADES, Samples.trade(3, "0.00000001", Side.BUY)))
                .isEqualTo("{\"room\":\"trade:BTC-USDT\",\"seq\":3,\"id\":\"id \\\"3\",\"price\":\"0.00000001\","
                        + "\"qty\":\"0.5\",\"quoteQty\":\"50\",\"takerSide\":\"buy\",\"time\":1785414896789}");
        assertThat(json.trade(Samples.TRADES, Samples.trade(3, "1", Side.UNKNOWN)))
                .contains("\"takerSide\":null");
        assertThat(json.ticker(Samples.TICKERS, Samples.ticker("BTC-USDT", "1", 9)))
                .startsWith("{\"room\":\"ticker:*\",\"symbol\":\"BTC-USDT\",\"seq\":9,")
                .contains("\"quoteVolume\":\"99999999999999999999.000001\"");
        assertThat(json.kline(Samples.CANDLES, Samples.kline(0, "100.5", false)))
                .startsWith(
                        "{\"room\":\"kline:BTC-USDT:1m\",\"symbol\":\"BTC-USDT\",\"interval\":\"1m\",\"openTime\":0,")
                .endsWith("\"firstSeq\":1,\"seq\":7,\"closed\":false,\"cause\":\"trade\"}");
    }

    @Test
    void dataGoesToOneStreamAndEventsToTheOther() {
        View view = lines(new PrintWriter(out));

        view.event(new LifecycleEvent.Gap(Samples.TRADES, 4, 8, ""));
        view.event(new LifecycleEvent.KlineGap(Samples.CANDLES, Samples.TIME, Samples.TIME + 60_000, ""));
        view.trade(Samples.TRADES, Samples.trade(9, "1", Side.BUY));

        assertThat(out.toString()).hasLineCount(1).contains("seq=9").doesNotContain("\u001b");
        assertThat(err.toString())
                .isEqualToNormalizingNewlines("market: GAP in trade:BTC-USDT: trades 4 to 8 will not come\n"
                        + "market: GAP in kline:BTC-USDT:1m: closes from 2026-07-30T12:34:56.789Z to 2026-07-30T12:35:56.789Z"
                        + " will not come\n");
    }

    @Test
    void whatTheServerSendsCannotMoveTheCursor() {
        View view = lines(new PrintWriter(out));

        view.ticker(Samples.TICKERS, Samples.ticker("A\u001b[2J\nB", "1", 1));
        view.event(new LifecycleEvent.Notice("x\u001b[2Jy\u009bz"));

        assertThat(out.toString()).hasLineCount(1).doesNotContain("\u001b").contains("symbol=A [2J B");
        assertThat(err.toString()).doesNotContain("\u001b").contains("x [2Jy z");
    }

    @Test
    void knowsWhenNobodyReads() {
        PrintStream gone = new PrintStream(
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("Broken pipe");
                    }
                },
                true,
                StandardCharsets.UTF_8);
        View view = lines(new PrintWriter(gone, true, StandardCharsets.UTF_8));
        assertThat(view.isBroken()).isFalse();

        view.trade(Samples.TRADES, Samples.trade(9, "1", Side.BUY));

        assertThat(view.isBroken()).isTrue();
    }

    private View lines(PrintWriter to) {
        return new LineView(new PlainLines(), to, new PrintWriter(err, true));
    }
}
