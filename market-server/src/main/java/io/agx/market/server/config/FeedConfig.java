package io.agx.market.server.config;

import io.agx.market.server.feed.ReplaySpeed;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Where trades come from, besides those that are published over the API. Immutable.
 *
 * @param kind which feed
 * @param file what a replay reads, else nothing
 * @param symbol the replayed instrument, else empty
 * @param speed of a replay: a factor, or {@code max}
 * @param tradesPerSecond of the simulated feed, over all instruments
 */
public record FeedConfig(Kind kind, Optional<Path> file, String symbol, String speed, double tradesPerSecond) {
    /** Which feed runs. */
    public enum Kind {
        SIMULATED,
        NONE,
        REPLAY
    }

    /** Trades per second of the simulated feed unless told otherwise. */
    public static final double DEFAULT_TRADES_PER_SECOND = 40;

    static final double MAX_TRADES_PER_SECOND = 100_000;

    public static final FeedConfig SIMULATED = simulated(DEFAULT_TRADES_PER_SECOND);

    public static final FeedConfig NONE =
            new FeedConfig(Kind.NONE, Optional.empty(), "", "1", DEFAULT_TRADES_PER_SECOND);

    /** @param tradesPerSecond above 0, at most 100,000 */
    public static FeedConfig simulated(double tradesPerSecond) {
        if (!(tradesPerSecond > 0 && tradesPerSecond <= MAX_TRADES_PER_SECOND)) {
            throw new IllegalArgumentException(
                    "trades per second must be above 0 and at most 100000, was " + tradesPerSecond);
        }
        return new FeedConfig(Kind.SIMULATED, Optional.empty(), "", "1", tradesPerSecond);
    }

    public static FeedConfig replay(Path file, String symbol, String speed) {
        return new FeedConfig(Kind.REPLAY, Optional.of(file), symbol, speed, DEFAULT_TRADES_PER_SECOND);
    }

    /**
     * Reads the texts of the options.
     *
     * @param feed {@code simulated}, {@code none} or {@code replay:FILE}
     * @param symbol of the replayed instrument; empty for one made of the file's name
     * @param speed of a replay: a factor or {@code max}
     * @param rate trades per second of the simulated feed
     * @throws IllegalArgumentException if one is none of these; the message names it
     */
    public static FeedConfig parse(String feed, String symbol, String speed, double rate) {
        ReplaySpeed.parse(speed);
        if (feed.equals("none")) {
            return NONE;
        }
        if (feed.equals("simulated")) {
            return simulated(rate);
        }
        if (feed.startsWith("replay:") && feed.length() > "replay:".length()) {
            Path file = Path.of(feed.substring("replay:".length()));
            if (file.getFileName() == null) {
                throw new IllegalArgumentException("feed must name a file to replay, was \"" + feed + "\"");
            }
            return replay(file, symbol.isEmpty() ? symbolOf(file) : symbol, speed);
        }
        throw new IllegalArgumentException("feed must be simulated, none or replay:FILE, was \"" + feed + "\"");
    }

    /** {@code trades/btc-usd.csv.gz} is {@code BTC-USD}. */
    static String symbolOf(Path file) {
        String name = file.getFileName().toString().toUpperCase(Locale.ROOT);
        int dot = name.indexOf('.');
        String kept = (dot > 0 ? name.substring(0, dot) : name).replaceAll("[^A-Z0-9._-]", "-");
        return kept.substring(0, Math.min(32, kept.length()));
    }
}
