package io.agx.market.server.config;

import io.agx.market.core.model.FixedPoint;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.InstrumentStatus;
import io.agx.market.core.model.Symbol;
import java.util.Locale;

/**
 * An instrument as the configuration defines it: {@link Instrument} without its number. Immutable.
 *
 * @param tickSize in price units, as {@link Instrument#tickSize()}
 * @param stepSize in quantity units
 */
public record InstrumentConfig(
        Symbol symbol,
        String baseAsset,
        String quoteAsset,
        int priceScale,
        int quantityScale,
        long tickSize,
        long stepSize,
        InstrumentStatus status) {

    public InstrumentConfig {
        numbered(1, symbol, baseAsset, quoteAsset, priceScale, quantityScale, tickSize, stepSize, status);
    }

    /** The instrument under a number. */
    public Instrument numbered(int id) {
        return numbered(id, symbol, baseAsset, quoteAsset, priceScale, quantityScale, tickSize, stepSize, status);
    }

    private static Instrument numbered(
            int id,
            Symbol symbol,
            String baseAsset,
            String quoteAsset,
            int priceScale,
            int quantityScale,
            long tickSize,
            long stepSize,
            InstrumentStatus status) {
        return new Instrument(id, symbol, baseAsset, quoteAsset, priceScale, quantityScale, tickSize, stepSize, status);
    }

    /** As in the file. */
    @Override
    public String toString() {
        return "{ symbol = \"" + symbol + "\", base = " + baseAsset + ", quote = " + quoteAsset + ", price-scale = "
                + priceScale + ", quantity-scale = " + quantityScale + ", tick-size = \""
                + FixedPoint.format(tickSize, priceScale) + "\", step-size = \""
                + FixedPoint.format(stepSize, quantityScale) + "\", status = "
                + status.name().toLowerCase(Locale.ROOT) + " }";
    }
}
