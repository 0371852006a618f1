package io.agx.market.server.cli.watch;

import io.agx.market.client.LifecycleEvent;
import io.agx.market.server.cli.watch.Paint.Tone;
import java.util.TreeMap;

/** How the connection and its rooms are right now, in one line. Not thread-safe. */
final class LinkState {
    private String state = "connecting";
    private String reason = "";
    private Tone tone = Tone.WARNING;
    private long sinceMillis;
    private final TreeMap<String, Long> stale = new TreeMap<>();
    private long gapCount;
    private long klineGapCount;
    private long missingCount;
    private long conflatedCount;

    LinkState(long nowMillis) {
        sinceMillis = nowMillis;
    }

    /** Events that are not known change nothing here. */
    void on(LifecycleEvent event, long nowMillis) {
        if (event instanceof LifecycleEvent.Connected || event instanceof LifecycleEvent.Reconnected) {
            enter("connected", "", Tone.UP, nowMillis);
        } else if (event instanceof LifecycleEvent.Unreachable failed) {
            reason = EventText.reason(failed.reason());
        } else if (event instanceof LifecycleEvent.Disconnected lost) {
            stale.clear();
            enter(
                    lost.willReconnect() ? "reconnecting" : "ended",
                    EventText.lost(lost),
                    lost.willReconnect() ? Tone.WARNING : Tone.DOWN,
                    nowMillis);
        } else if (event instanceof LifecycleEvent.Draining drain) {
            enter(
                    "draining",
                    "the server stops, back in " + drain.reconnectAfterMillis() + " ms",
                    Tone.WARNING,
                    nowMillis);
        } else if (event instanceof LifecycleEvent.Stale room) {
            stale.put(room.room().toString(), room.sinceTimeMillis());
        } else if (event instanceof LifecycleEvent.Fresh room) {
            stale.remove(room.room().toString());
        } else if (event instanceof LifecycleEvent.Gap gap) {
            gapCount++;
            missingCount += gap.toSeq() - gap.fromSeq() + 1;
        } else if (event instanceof LifecycleEvent.KlineGap) {
            klineGapCount++;
        } else if (event instanceof LifecycleEvent.Conflated conflated) {
            conflatedCount += conflated.count();
        }
    }

    Tone tone() {
        return stale.isEmpty() ? tone : Tone.WARNING;
    }

    String text(long nowMillis) {
        StringBuilder text = new StringBuilder(state).append(" for ").append(age(nowMillis - sinceMillis));
        if (!reason.isEmpty()) {
            text.append(" (").append(reason).append(')');
        }
        if (!stale.isEmpty()) {
            text.append("; stale: ").append(stale.firstKey());
            long sinceTimeMillis = stale.firstEntry().getValue();
            if (sinceTimeMillis > 0) {
                text.append(" since ").append(Times.seconds(sinceTimeMillis));
            }
            if (stale.size() > 1) {
                text.append(" and ").append(stale.size() - 1).append(" more");
            }
        }
        if (gapCount > 0) {
            text.append("; ")
                    .append(missingCount)
                    .append(" trades missing in ")
                    .append(gapCount)
                    .append(" gaps");
        }
        if (klineGapCount > 0) {
            text.append("; candles missing in ").append(klineGapCount).append(" gaps");
        }
        if (conflatedCount > 0) {
            text.append("; ").append(conflatedCount).append(" values left out here");
        }
        return text.toString();
    }

    private void enter(String newState, String why, Tone newTone, long nowMillis) {
        state = newState;
        reason = why;
        tone = newTone;
        sinceMillis = nowMillis;
    }

    private static String age(long millis) {
        long seconds = Math.max(0, millis) / 1_000;
        if (seconds < 60) {
            return seconds + " s";
        }
        return seconds < 3_600 ? seconds / 60 + " min" : seconds / 3_600 + " h " + seconds / 60 % 60 + " min";
    }
}
