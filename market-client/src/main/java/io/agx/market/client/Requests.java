package io.agx.market.client;

import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.RequestId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Commands that wait for their answers, by id. Owned by the client's thread. Bounded by {@link #BOUND}. */
final class Requests {
    /** Most commands without an answer; one more is refused. */
    static final int BOUND = 1_024;

    /** Code of a command that ended with its connection. */
    static final String DROPPED = "dropped";

    private final Map<RequestId, Pending> pending = new LinkedHashMap<>();
    private long lastId;

    /**
     * One command.
     *
     * @param resent whether it is sent again on the next connection, or dropped (the rooms of a {@code subscribe} are sent
     *     anew, all together)
     */
    record Pending(
            ClientCommand command,
            boolean resent,
            long deadlineNanos,
            Consumer<ReceivedEvent.Answer> onAnswer,
            Consumer<MarketException> onFailure) {}

    boolean isFull() {
        return pending.size() >= BOUND;
    }

    /** Whether a command of this id waits for its answer. */
    boolean isAwaited(@Nullable RequestId id) {
        return pending.containsKey(id);
    }

    ClientCommand add(
            Function<RequestId, ClientCommand> command,
            boolean resent,
            long deadlineNanos,
            Consumer<ReceivedEvent.Answer> onAnswer,
            Consumer<MarketException> onFailure) {
        RequestId id = RequestId.of(++lastId);
        ClientCommand named = command.apply(id);
        pending.put(id, new Pending(named, resent, deadlineNanos, onAnswer, onFailure));
        return named;
    }

    /** Hands an answer to its command; one that nobody waits for is ignored. */
    void answer(ReceivedEvent.Answer answer) {
        Pending request = answer.id() == null ? null : pending.remove(answer.id());
        if (request == null) {
            return;
        }
        if (answer instanceof ReceivedEvent.Failed failed) {
            request.onFailure().accept(new MarketException(failed.code(), failed.message(), failed.temporary()));
        } else {
            request.onAnswer().accept(answer);
        }
    }

    /** Nobody waits for this answer any more. */
    void forget(@Nullable RequestId id) {
        pending.remove(id);
    }

    /** After a reconnect: what is to be sent again, in order. The rest fails as {@link #DROPPED}. */
    List<ClientCommand> resend() {
        List<Pending> dropped =
                pending.values().stream().filter(request -> !request.resent()).toList();
        pending.values().removeAll(dropped);
        for (Pending request : dropped) {
            request.onFailure().accept(new MarketException(DROPPED, "the connection ended before the answer", true));
        }
        return pending.values().stream().map(Pending::command).toList();
    }

    void expire(long nowNanos) {
        List<Pending> expired = new ArrayList<>();
        for (Iterator<Pending> each = pending.values().iterator(); each.hasNext(); ) {
            Pending request = each.next();
            if (nowNanos - request.deadlineNanos() >= 0) {
                each.remove();
                expired.add(request);
            }
        }
        for (Pending request : expired) {
            request.onFailure()
                    .accept(new MarketException(
                            MarketException.TIMEOUT,
                            "no answer to " + request.command().event() + " in time",
                            true));
        }
    }

    void failAll(MarketException failure) {
        List<Pending> all = new ArrayList<>(pending.values());
        pending.clear();
        all.forEach(request -> request.onFailure().accept(failure));
    }
}
