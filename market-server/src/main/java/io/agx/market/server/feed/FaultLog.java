package io.agx.market.server.feed;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/** Tells the operator of a feed's repeated faults at most once a minute per kind, and when they end. Owned by one thread. */
final class FaultLog {
    private static final long PERIOD_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Logger log;
    private final Pacing pacing;
    private boolean losing;
    private long nextLostNanos;
    private long nextRejectedNanos;

    FaultLog(Logger log, Pacing pacing) {
        this.log = log;
        this.pacing = pacing;
        this.nextLostNanos = pacing.nanoTime();
        this.nextRejectedNanos = nextLostNanos;
    }

    void onLost(LogUnavailableException cause, long lostCount) {
        losing = true;
        long now = pacing.nanoTime();
        if (now - nextLostNanos >= 0) {
            nextLostNanos = now + PERIOD_NANOS;
            log.warn("trade log takes no trades reason={} lost={}", cause.reason(), lostCount, cause);
        }
    }

    void onAcked(List<NewTrade> batch, List<TradeResult> results) {
        if (losing) {
            losing = false;
            nextLostNanos = pacing.nanoTime();
            log.info("trade log takes trades again");
        }
        for (int i = 0; i < results.size(); i++) {
            if (results.get(i) instanceof TradeResult.Rejected rejected) {
                onRejected(batch.get(i), rejected);
            }
        }
    }

    private void onRejected(NewTrade trade, TradeResult.Rejected rejected) {
        long now = pacing.nanoTime();
        if (now - nextRejectedNanos >= 0) {
            nextRejectedNanos = now + PERIOD_NANOS;
            log.warn(
                    "trade rejected symbol={} id={} code={} message={}",
                    trade.instrument().symbol(),
                    trade.id(),
                    rejected.code(),
                    rejected.message());
        }
    }
}
