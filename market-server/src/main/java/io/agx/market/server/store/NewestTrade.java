package io.agx.market.server.store;

/** The trade with the highest (time, {@code seq}) of an instrument, as far as a ticker needs it. Immutable. */
record NewestTrade(long price, long quantity, long timeMillis) {}
