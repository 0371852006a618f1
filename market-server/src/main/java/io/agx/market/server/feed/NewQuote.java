package io.agx.market.server.feed;

import io.agx.market.core.model.Instrument;

/**
 * The best prices of a book as a source tells them, before they are validated. Immutable.
 *
 * @param instrument whose, as the instrument registry knows it
 * @param bid highest price that is offered, in units of 10^-priceScale of the instrument
 * @param bidQuantity how much, in units of 10^-quantityScale of the instrument
 * @param ask lowest price that is asked, in price units
 * @param askQuantity how much, in quantity units
 * @param timeMillis when it was so, epoch milliseconds UTC
 */
public record NewQuote(
        Instrument instrument, long bid, long bidQuantity, long ask, long askQuantity, long timeMillis) {}
