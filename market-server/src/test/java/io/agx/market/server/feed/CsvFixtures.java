package io.agx.market.server.feed;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.InstrumentStatus;
import io.agx.market.core.model.Symbol;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Trade files and an instrument for them. */
final class CsvFixtures {
    static final Instrument BTC_USD =
            new Instrument(1, new Symbol("BTC-USD"), "BTC", "USD", 2, 8, 1, 1, InstrumentStatus.TRADING);

    private CsvFixtures() {}

    static CsvTradeFile plain(Path folder, String... lines) throws IOException {
        Path path = folder.resolve("trades.csv");
        Files.writeString(path, String.join("\n", lines) + "\n");
        return new CsvTradeFile(path);
    }

    static CsvTradeFile gzip(Path folder, String... lines) throws IOException {
        Path path = folder.resolve("trades.csv.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(path))) {
            out.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return new CsvTradeFile(path);
    }

    /** One trade a second from 1385337600, priced 1, 2, 3 … units. */
    static CsvTradeFile counting(Path folder, int count) throws IOException {
        String[] lines = new String[count];
        for (int i = 0; i < count; i++) {
            lines[i] = (1385337600L + i) + "," + (i + 1) / 100 + "." + (i + 1) % 100 / 10 + (i + 1) % 10 + ",0.5";
        }
        return plain(folder, lines);
    }

    static List<NewTrade> read(CsvTradeFile file) throws IOException {
        return read(file, BadLines.STOP);
    }

    static List<NewTrade> read(CsvTradeFile file, BadLines badLines) throws IOException {
        List<NewTrade> trades = new ArrayList<>();
        try (CsvTradeReader reader = file.open(BTC_USD, badLines, true)) {
            while (reader.next()) {
                trades.add(reader.trade());
            }
        }
        return trades;
    }
}
