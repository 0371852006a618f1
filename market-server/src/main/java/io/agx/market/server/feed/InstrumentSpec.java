package io.agx.market.server.feed;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.InstrumentStatus;
import io.agx.market.core.model.Symbol;

/**
 * An instrument of the simulated market: how it is defined, where its price starts, how busy it is. Immutable.
 *
 * @param symbol the name
 * @param baseAsset what the quantity counts
 * @param quoteAsset what the price counts
 * @param priceScale decimals of a price
 * @param quantityScale decimals of a quantity
 * @param tickSize in price units
 * @param stepSize in quantity units
 * @param startPrice in price units, on the tick
 * @param medianQuantity half of its trades are smaller; in quantity units
 * @param weight its part of all trades is this by the sum of all weights
 */
public record InstrumentSpec(
        Symbol symbol,
        String baseAsset,
        String quoteAsset,
        int priceScale,
        int quantityScale,
        long tickSize,
        long stepSize,
        long startPrice,
        long medianQuantity,
        int weight) {

    /** The instrument to register, under the number that the registry gives it. */
    public Instrument instrument(int id) {
        return new Instrument(
                id,
                symbol,
                baseAsset,
                quoteAsset,
                priceScale,
                quantityScale,
                tickSize,
                stepSize,
                InstrumentStatus.TRADING);
    }
}
