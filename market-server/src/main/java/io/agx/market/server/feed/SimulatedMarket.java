package io.agx.market.server.feed;

import io.agx.market.core.model.FixedPoint;
import io.agx.market.core.model.Symbol;
import java.util.List;

/** The 20 instruments of the simulated feed. Constants: names and magnitudes are realistic, the numbers are made up. */
public final class SimulatedMarket {
    /** In order of activity. */
    public static final List<InstrumentSpec> INSTRUMENTS = List.of(
            spec("BTC", "USDT", "0.01", "0.00001", "64250.00", "0.00420", 260),
            spec("ETH", "USDT", "0.01", "0.0001", "3120.00", "0.0850", 190),
            spec("SOL", "USDT", "0.01", "0.001", "148.30", "1.700", 110),
            spec("XRP", "USDT", "0.0001", "0.1", "0.5230", "380.0", 70),
            spec("DOGE", "USDT", "0.00001", "1", "0.12410", "1600", 60),
            spec("BNB", "USDT", "0.1", "0.001", "578.4", "0.350", 50),
            spec("ADA", "USDT", "0.0001", "0.1", "0.4460", "420.0", 36),
            spec("AVAX", "USDT", "0.01", "0.01", "27.85", "6.40", 30),
            spec("LINK", "USDT", "0.01", "0.01", "14.21", "11.00", 28),
            spec("TRX", "USDT", "0.0001", "0.1", "0.1205", "1300.0", 24),
            spec("LTC", "USDT", "0.01", "0.001", "84.60", "1.600", 24),
            spec("SHIB", "USDT", "0.00000001", "1", "0.00001834", "9500000", 22),
            spec("DOT", "USDT", "0.001", "0.01", "6.212", "22.00", 20),
            spec("BCH", "USDT", "0.1", "0.001", "412.7", "0.320", 18),
            spec("ETH", "BTC", "0.00001", "0.0001", "0.04856", "0.0600", 16),
            spec("UNI", "USDT", "0.001", "0.01", "7.945", "16.00", 14),
            spec("NEAR", "USDT", "0.001", "0.1", "5.310", "24.0", 14),
            spec("XLM", "USDT", "0.0001", "1", "0.0968", "1100", 12),
            spec("ATOM", "USDT", "0.001", "0.01", "6.871", "15.00", 12),
            spec("SOL", "BTC", "0.0000001", "0.01", "0.0023080", "0.90", 10));

    private SimulatedMarket() {}

    /** The scales are the decimals of tick and step, as written. */
    private static InstrumentSpec spec(
            String base, String quote, String tick, String step, String price, String median, int weight) {
        int priceScale = decimals(tick);
        int quantityScale = decimals(step);
        return new InstrumentSpec(
                new Symbol(base + "-" + quote),
                base,
                quote,
                priceScale,
                quantityScale,
                FixedPoint.parse(tick, priceScale),
                FixedPoint.parse(step, quantityScale),
                FixedPoint.parse(price, priceScale),
                FixedPoint.parse(median, quantityScale),
                weight);
    }

    private static int decimals(String decimal) {
        int point = decimal.indexOf('.');
        return point < 0 ? 0 : decimal.length() - point - 1;
    }
}
