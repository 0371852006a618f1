package io.agx.market.server.feed;

import static io.agx.market.server.feed.CsvFixtures.plain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CsvScalesTest {
    @TempDir
    Path folder;

    @Test
    void dropsTrailingZerosAndFindsCountAndTimes() throws IOException {
        CsvTradeFile file = plain(
                folder,
                "timestamp,price,amount",
                "1385337613,800.050000000000,0.278380490000",
                "1385337600,800.000000000000,0.100000000000",
                "1385337620,801.100000000000,3");

        assertThat(file.scales(BadLines.STOP)).isEqualTo(new CsvScales(2, 8, 3, 0, 1385337600000L, 1385337620000L));
    }

    @Test
    void isAllZerosForAFileWithoutTrades() throws IOException {
        assertThat(plain(folder, "time,price,qty").scales(BadLines.STOP)).isEqualTo(new CsvScales(0, 0, 0, 0, 0, 0));
    }

    @Test
    void stopsAtABadLineUnlessToldToSkip() throws IOException {
        CsvTradeFile file = plain(folder, "1385337600,1.5,1", "1385337601,oops,1");

        assertThatThrownBy(() -> file.scales(BadLines.STOP)).hasMessageContaining("line 2, column price");
        assertThat(file.scales(BadLines.SKIP)).isEqualTo(new CsvScales(1, 0, 1, 1, 1385337600000L, 1385337600000L));
    }

    @Test
    void takesEighteenDecimalsButNotNineteen() throws IOException {
        assertThat(plain(folder, "1385337600,0.000000000000000001,1")
                        .scales(BadLines.STOP)
                        .priceScale())
                .isEqualTo(18);
        assertThatThrownBy(() ->
                        plain(folder, "1385337600,0.0000000000000000001,1").scales(BadLines.STOP))
                .hasMessageContaining("must have at most 18 decimals");
    }
}
