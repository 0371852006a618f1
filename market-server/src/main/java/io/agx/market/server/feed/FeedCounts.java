package io.agx.market.server.feed;

/**
 * What became of the trades that a source offered, since its start. Immutable.
 *
 * @param accepted durable
 * @param duplicates already in the log
 * @param rejected not valid
 * @param lost in groups that the log did not take
 * @param backPressured times that a batch had to be offered again
 */
public record FeedCounts(long accepted, long duplicates, long rejected, long lost, long backPressured) {
    static final FeedCounts NONE = new FeedCounts(0, 0, 0, 0, 0);

    /** Trades of which the fate is known. */
    public long settled() {
        return accepted + duplicates + rejected + lost;
    }
}
