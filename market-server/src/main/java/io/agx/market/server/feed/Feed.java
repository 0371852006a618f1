package io.agx.market.server.feed;

/** A source of trades that runs by itself. Started and stopped once, by the composition root. */
public interface Feed extends AutoCloseable {
    /** One line for the operator: what it feeds, how fast. */
    String description();

    /** Begins to offer trades, on a thread of the feed's own. */
    void start();

    /** Stops offering and ends the thread within a second; idempotent. */
    @Override
    void close();
}
