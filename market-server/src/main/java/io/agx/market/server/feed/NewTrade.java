package io.agx.market.server.feed;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Side;

/**
 * A trade as a source tells it, before it is validated and has a {@code seq}. Immutable.
 *
 * @param instrument what was traded, as the instrument registry knows it
 * @param id the source's id, meant to be unique per instrument; 1 to 36 characters
 * @param price in units of 10^-priceScale of the instrument
 * @param quantity in units of 10^-quantityScale of the instrument
 * @param takerSide who took liquidity
 * @param timeMillis when it happened, epoch milliseconds UTC
 * @param backfill whether it is fed in as history rather than as it happens
 */
public record NewTrade(
        Instrument instrument,
        String id,
        long price,
        long quantity,
        Side takerSide,
        long timeMillis,
        boolean backfill) {}
