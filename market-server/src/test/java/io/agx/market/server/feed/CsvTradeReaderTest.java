package io.agx.market.server.feed;

import static io.agx.market.server.feed.CsvFixtures.BTC_USD;
import static io.agx.market.server.feed.CsvFixtures.gzip;
import static io.agx.market.server.feed.CsvFixtures.plain;
import static io.agx.market.server.feed.CsvFixtures.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.model.FixedPoint;
import io.agx.market.core.model.Side;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CsvTradeReaderTest {
    @TempDir
    Path folder;

    @Test
    void readsTimePriceAmountWithHeader() throws IOException {
        CsvTradeFile file = plain(
                folder,
                "timestamp,price,amount",
                "1385337600,800.010000000000,0.100000000000",
                "1385337613,800.050000000000,0.278380490000");

        assertThat(read(file))
                .containsExactly(
                        new NewTrade(
                                BTC_USD, "1385337600000000", 80001, 10_000_000, Side.UNKNOWN, 1385337600000L, true),
                        new NewTrade(
                                BTC_USD, "1385337613000000", 80005, 27_838_049, Side.UNKNOWN, 1385337613000L, true));
    }

    @Test
    void readsTheSameWithoutHeaderWithCarriageReturnsEmptyLinesAndNoLastLineEnd() throws IOException {
        CsvTradeFile bare = plain(folder, "1385337600,800.01,0.1", "1385337613,800.05,0.27838049");
        List<NewTrade> expected = read(bare);

        Path odd = folder.resolve("odd.csv");
        Files.writeString(
                odd, "\uFEFFTimestamp,Price,Amount\r\n\r\n1385337600, 800.01 ,0.1\r\n\n1385337613,800.05,0.27838049");

        assertThat(read(new CsvTradeFile(odd))).isEqualTo(expected).hasSize(2);
    }

    @Test
    void readsGzipWhateverTheNameSays() throws IOException {
        String[] lines = {"1385337600,800.01,0.1", "1385337613,800.05,0.2"};
        CsvTradeFile zipped = gzip(folder, lines);
        Path renamed = Files.move(zipped.path(), folder.resolve("renamed.csv"));

        assertThat(read(new CsvTradeFile(renamed)))
                .isEqualTo(read(plain(folder, lines)))
                .hasSize(2);
    }

    @Test
    void readsColumnsInAnyOrderAndPassesOverUnknownOnes() throws IOException {
        CsvTradeFile file = plain(
                folder,
                "side,exchange,trade_id,size,Price,ts",
                "buy,x,a-1,0.5,800.01,1385337600123",
                "SELL,x,a-2,1,800,1385337600124",
                ",x,a-3,2,801,1385337600125");

        assertThat(read(file))
                .containsExactly(
                        new NewTrade(BTC_USD, "a-1", 80001, 50_000_000, Side.BUY, 1385337600123L, true),
                        new NewTrade(BTC_USD, "a-2", 80000, 100_000_000, Side.SELL, 1385337600124L, true),
                        new NewTrade(BTC_USD, "a-3", 80100, 200_000_000, Side.UNKNOWN, 1385337600125L, true));
    }

    @ParameterizedTest
    @CsvSource({
        "1385337600,1385337600000",
        "1385337600.5,1385337600500",
        "1385337600.123987,1385337600123",
        "1385337600.0,1385337600000",
        "1385337600123,1385337600123",
        "1385337600123987,1385337600123",
    })
    void readsSecondsMillisAndMicros(String stamp, long expectedMillis) throws IOException {
        assertThat(read(plain(folder, stamp + ",1,1")))
                .extracting(NewTrade::timeMillis)
                .containsExactly(expectedMillis);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "13853376,1,1|time|was \"13853376\"",
                "1385337600.,1,1|time|must be epoch seconds",
                "1385337600123.5,1,1|time|must be epoch seconds",
                "138533760x,1,1|time|was \"138533760x\"",
                "1385337600,1e5,1|price|must be a plain decimal such as 800.01, was \"1e5\"",
                "1385337600,-1,1|price|was \"-1\"",
                "1385337600,,1|price|was \"\"",
                "1385337600,.5,1|price|was \".5\"",
                "1385337600,5.,1|price|was \"5.\"",
                "1385337600,1.2.3,1|price|was \"1.2.3\"",
                "1385337600,1.001,1|price|must have at most 2 decimals, was \"1.001\"",
                "1385337600,99999999999999999999,1|price|is too large, was",
                "1385337600,92233720368547758.08,1|price|is too large, was",
                "1385337600,1,0.000000001|qty|must have at most 8 decimals, was \"0.000000001\"",
                "1385337600,1||line without a header must have the 3 columns timestamp,price,amount but has 2",
                "1385337600,1,1,1||but has 4",
            })
    void namesFileLineColumnAndValueOfABadLine(String bad, String column, String detail) throws IOException {
        CsvTradeFile file = plain(folder, "1385337599,1,1", bad, "1385337601,1,1");

        assertThatThrownBy(() -> read(file))
                .isInstanceOfSatisfying(CsvTradeException.class, e -> {
                    assertThat(e.lineNumber()).isEqualTo(2);
                    assertThat(e.column()).isEqualTo(column == null ? "" : column);
                })
                .hasMessageContaining(file.path() + ", line 2")
                .hasMessageContaining(column == null ? ":" : "column " + column + ":")
                .hasMessageContaining(detail);
    }

    @Test
    void namesBadSideAndBadId() throws IOException {
        assertThatThrownBy(() -> read(plain(folder, "time,price,qty,side", "1385337600,1,1,long")))
                .hasMessageContaining("line 2, column side: must be buy, sell, unknown or empty, was \"long\"");
        assertThatThrownBy(() -> read(plain(folder, "time,price,qty,id", "1385337600,1,1,")))
                .hasMessageContaining("line 2, column id: must be 1 to 36 printable ASCII characters, was \"\"");
    }

    @Test
    void refusesHeadersThatLackOrRepeatAColumn() throws IOException {
        assertThatThrownBy(() -> read(plain(folder, "time,price", "1385337600,1")))
                .hasMessageContaining("line 1: header has no column for qty, was \"time,price\"");
        assertThatThrownBy(() -> read(plain(folder, "time,ts,price,qty", "1385337600,1,1,1")))
                .hasMessageContaining("header has two columns for time");
    }

    @Test
    void leavesOutBadLinesWhenToldAndKeepsTheIdsOfTheOthers() throws IOException {
        String[] good = {"1385337600,1,1", "1385337600,2,1", "1385337600,3,1"};
        List<NewTrade> all = read(plain(folder, good));
        CsvTradeFile file = plain(folder, good[0], "1385337600,abc,1", good[2], "x".repeat(10_000), "1385337601,4,1");

        try (CsvTradeReader reader = file.open(BTC_USD, BadLines.SKIP, true)) {
            assertThat(reader.next()).isTrue();
            assertThat(reader.trade()).isEqualTo(all.get(0));
            assertThat(reader.next()).isTrue();
            assertThat(reader.trade()).isEqualTo(all.get(2));
            assertThat(reader.next()).isTrue();
            assertThat(reader.trade().price()).isEqualTo(400);
            assertThat(reader.lineNumber()).isEqualTo(5);
            assertThat(reader.next()).isFalse();
            assertThat(reader.skippedCount()).isEqualTo(2);
            assertThat(reader.firstSkipped()).get().asString().contains("line 2, column price");
        }
    }

    @Test
    void stopsAtOverlongLine() throws IOException {
        CsvTradeFile file = plain(folder, "1385337600,1,1", "9".repeat(300_000));

        assertThatThrownBy(() -> read(file)).hasMessageContaining("line 2: line must be at most 4096 bytes");
    }

    @Test
    void stopsWhereCompressedDataEndsEarlyEvenIfBadLinesAreSkipped() throws IOException {
        String[] lines = new String[20_000];
        Arrays.setAll(lines, i -> (1385337600L + i) + "," + i * 7919L % 100_003 + ",0.5");
        CsvTradeFile file = gzip(folder, lines);
        byte[] bytes = Files.readAllBytes(file.path());
        Files.write(file.path(), Arrays.copyOf(bytes, bytes.length / 2));

        assertThatThrownBy(() -> read(file, BadLines.SKIP))
                .isInstanceOf(CsvTradeException.class)
                .hasMessageContaining("compressed data is damaged or ends early");
    }

    @Test
    void numbersTradesOfOneTimeTheSameOnEveryRead() throws IOException {
        CsvTradeFile file =
                plain(folder, "1385337600,1,1", "1385337600,2,1", "1385337601,3,1", "1385337600,4,1", "1385337601,5,1");

        assertThat(read(file))
                .extracting(NewTrade::id)
                .containsExactly(
                        "1385337600000000",
                        "1385337600000001",
                        "1385337601000000",
                        "1385337600000002",
                        "1385337601000001")
                .isEqualTo(read(file).stream().map(NewTrade::id).toList());
    }

    @Test
    void readsLinesAcrossBufferBordersLikeAPlainParser() throws IOException {
        String[] lines = new String[60_000];
        Arrays.setAll(lines, i -> (1385337600L + i / 3) + "," + i + "." + i % 10 + "0,0." + (100 + i % 900) + "000");

        List<NewTrade> trades = read(gzip(folder, lines));

        assertThat(trades).hasSize(lines.length);
        for (int i = 0; i < lines.length; i++) {
            String[] fields = lines[i].split(",", -1);
            assertThat(trades.get(i).price()).isEqualTo(FixedPoint.parse(fields[1], 2));
            assertThat(trades.get(i).quantity()).isEqualTo(FixedPoint.parse(fields[2], 8));
            assertThat(trades.get(i).timeMillis()).isEqualTo(Long.parseLong(fields[0]) * 1000);
        }
    }
}
