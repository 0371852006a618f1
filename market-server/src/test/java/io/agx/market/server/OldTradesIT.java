package io.agx.market.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Trade;
import io.agx.market.server.cli.ExitCode;
import io.agx.market.server.cli.MarketCommand;
import io.agx.market.server.config.FeedConfig;
import io.agx.market.server.config.MarketConfig;
import io.agx.market.server.durability.RandomTrades;
import io.agx.market.server.feed.LogUnavailableException;
import io.agx.market.server.feed.LogUnavailableException.Reason;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.feed.Offer;
import io.agx.market.server.feed.TradeResult;
import io.agx.market.server.journal.LogEntry;
import io.agx.market.server.journal.LogReader;
import io.agx.market.server.journal.SegmentedTradeLog;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Trades of a log that has more segments than the journal's index remembers, offered again to one whose database is empty yet. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class OldTradesIT {
    private static final int TRADES = 4_000;
    /** More than 8 segments, which the index remembers, of about 250 trades. */
    private static final long SEGMENT_BYTES = 8_192;

    @TempDir
    private Path folder;

    private final long seed = System.nanoTime();
    private final RandomTrades source = new RandomTrades(seed, System.currentTimeMillis() - TimeUnit.DAYS.toMillis(20));
    private final Instrument instrument = RandomTrades.instrument(1);
    private final List<Trade> trades = new ArrayList<>();

    @BeforeEach
    void writeLog() throws IOException {
        try (SegmentedTradeLog log = SegmentedTradeLog.open(folder.resolve("log"), SEGMENT_BYTES)) {
            log.append(new LogEntry.InstrumentDefined(instrument));
            while (trades.size() < TRADES) {
                List<Trade> group = source.next(instrument, trades.size() + 1L, 50);
                trades.addAll(group);
                group.forEach(trade -> log.append(new LogEntry.TradeAccepted(1, trade)));
                log.force();
            }
            assertThat(log.segmentCount()).isGreaterThan(10);
        }
    }

    @Test
    void anOldTradeIsRefusedUntilTheDatabaseHasWhatTheIndexForgot() throws Exception {
        Trade old = trades.get(0);
        Trade newest = trades.get(TRADES - 1);
        try (MarketServer market =
                        new MarketServer(MarketConfig.defaults(folder).withFeed(FeedConfig.NONE));
                Connection other = connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SELECT * FROM checkpoint FOR UPDATE"); // So the store's writer gets nowhere.
            market.start();

            assertThatThrownBy(() -> offer(market, old.id()))
                    .as("seed %s", seed)
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOfSatisfying(
                            LogUnavailableException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.IO_ERROR));
            assertThat(offer(market, newest.id())).isEqualTo(new TradeResult.Duplicate());
            assertThat(offer(market, Long.toString(TRADES + 1))).isEqualTo(new TradeResult.Accepted(TRADES + 1));
            assertThat(market.notReady()).isEmpty();

            other.rollback();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .ignoreExceptionsMatching(e -> e.getCause() instanceof LogUnavailableException)
                    .untilAsserted(() -> assertThat(offer(market, old.id())).isEqualTo(new TradeResult.Duplicate()));
        }
        assertThat(tradesInLog()).isEqualTo(TRADES + 1);
    }

    @Test
    void aFileThatIsImportedAgainAddsNothingHoweverOldItsTrades() throws Exception {
        Path csv = folder.resolve("trades.csv");
        try (BufferedWriter lines = Files.newBufferedWriter(csv)) {
            lines.write("time,id,price,qty,side\n");
            for (Trade trade : trades) {
                lines.write(trade.timeMillis() + "," + trade.id() + ",1.5,2,buy\n");
            }
        }
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said, true);

        int code = MarketCommand.run(
                new MarketActions(false),
                name -> null,
                out,
                out,
                "import",
                csv.toString(),
                "--symbol",
                instrument.symbol().toString(),
                "--data",
                folder.toString());

        assertThat(code).as("%s", said).isEqualTo(ExitCode.OK);
        assertThat(said.toString()).contains(": 0 imported, 4,000 duplicates, 0 rejected");
        assertThat(tradesInLog()).isEqualTo(TRADES);
    }

    private TradeResult offer(MarketServer market, String id) throws Exception {
        Trade like = trades.get(0);
        Offer offer = market.ingest()
                .offer(List.of(new NewTrade(
                        instrument, id, like.price(), like.quantity(), like.takerSide(), like.timeMillis(), false)));
        return ((Offer.Accepted) offer).durable().get(10, TimeUnit.SECONDS).get(0);
    }

    private long tradesInLog() throws IOException {
        try (SegmentedTradeLog log = SegmentedTradeLog.open(folder.resolve("log"), SEGMENT_BYTES)) {
            long count = 0;
            try (LogReader reader = log.reader(log.startPosition())) {
                for (LogEntry entry = reader.next(); entry != null; entry = reader.next()) {
                    count += entry instanceof LogEntry.TradeAccepted ? 1 : 0;
                }
            }
            return count;
        }
    }

    private Connection connect() throws Exception {
        return DriverManager.getConnection("jdbc:h2:file:" + folder.resolve("db/market"));
    }
}
