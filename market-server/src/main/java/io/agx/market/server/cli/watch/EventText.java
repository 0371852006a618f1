package io.agx.market.server.cli.watch;

import io.agx.market.client.LifecycleEvent;
import java.util.Optional;

/** What happens to a connection, as sentences for people. Of an outage, only its first failed attempt is told. Owned by one thread. */
final class EventText {
    private boolean unreachable;

    /** The sentence, or nothing if there is nothing new to say. */
    Optional<String> sentence(LifecycleEvent event) {
        if (event instanceof LifecycleEvent.Unreachable failed) {
            boolean first = !unreachable;
            unreachable = true;
            return first && failed.willRetry()
                    ? Optional.of("cannot connect: " + reason(failed.reason()) + "; trying on until it works")
                    : Optional.empty();
        }
        if (event instanceof LifecycleEvent.Connected) {
            unreachable = false;
            return Optional.of("connected");
        }
        if (event instanceof LifecycleEvent.Reconnected) {
            unreachable = false;
            return Optional.of("connected again");
        }
        if (event instanceof LifecycleEvent.Resubscribed) {
            return Optional.empty();
        }
        return Optional.of(other(event));
    }

    private static String other(LifecycleEvent event) {
        if (event instanceof LifecycleEvent.Disconnected lost) {
            return "disconnected: " + lost(lost) + (lost.willReconnect() ? "; reconnecting" : "");
        }
        if (event instanceof LifecycleEvent.Draining drain) {
            return "the server stops; back in " + drain.reconnectAfterMillis() + " ms"
                    + (drain.url().isEmpty() ? "" : " at another one");
        }
        if (event instanceof LifecycleEvent.Gap gap) {
            return "GAP in " + gap.room() + ": trades " + gap.fromSeq() + " to " + gap.toSeq() + " will not come";
        }
        if (event instanceof LifecycleEvent.KlineGap gap) {
            return "GAP in " + gap.room() + ": closes "
                    + (gap.fromTimeMillis() == 0 ? "" : "from " + Times.utc(gap.fromTimeMillis()) + " ") + "to "
                    + Times.utc(gap.toTimeMillis()) + " will not come";
        }
        if (event instanceof LifecycleEvent.Filled filled) {
            return filled.room() + ": trades " + filled.fromSeq() + " to " + filled.toSeq() + " read from history";
        }
        if (event instanceof LifecycleEvent.Stale stale) {
            return stale.room() + " is stale"
                    + (stale.sinceTimeMillis() == 0 ? "" : " since " + Times.utc(stale.sinceTimeMillis()));
        }
        if (event instanceof LifecycleEvent.Fresh fresh) {
            return fresh.room() + " is fresh again";
        }
        if (event instanceof LifecycleEvent.Conflated conflated) {
            return conflated.room() + ": " + conflated.count() + " values left out, for they are not read fast enough";
        }
        if (event instanceof LifecycleEvent.HistoryChanged) {
            return "the server has another history now: sequence numbers start anew";
        }
        if (event instanceof LifecycleEvent.Refused refused) {
            return refused(refused.room().toString(), refused.code(), refused.message());
        }
        if (event instanceof LifecycleEvent.Authenticated user) {
            return "as " + user.userId() + ", until " + Times.utc(user.expiresTimeMillis());
        }
        if (event instanceof LifecycleEvent.Notice notice) {
            return "notice: " + notice.message();
        }
        return event.toString();
    }

    static String refused(String room, String code, String message) {
        return "room " + room + " was refused: " + code + ", " + message;
    }

    static String lost(LifecycleEvent.Disconnected event) {
        String reason = event.reason().isEmpty() ? "" : ", " + reason(event.reason());
        return event.code() == 1006 ? "no close frame (1006)" + reason : "code " + event.code() + reason;
    }

    /** The JDK's exception for everything from a refused connection to an unknown host has no text. */
    static String reason(String text) {
        return text.equals("java.net.ConnectException") ? "nobody answers at this address" : text;
    }
}
