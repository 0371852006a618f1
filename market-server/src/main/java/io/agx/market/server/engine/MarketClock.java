package io.agx.market.server.engine;

/** The time by which candles close and the 24 hours roll: the wall clock, or a replay's. Thread-safe. */
@FunctionalInterface
public interface MarketClock {
    /** The wall clock. */
    MarketClock WALL = System::currentTimeMillis;

    /** Epoch milliseconds UTC. May go back or stand still: who uses it takes the highest it has seen. */
    long millis();
}
