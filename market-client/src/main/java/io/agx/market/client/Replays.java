package io.agx.market.client;

import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.RequestId;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.RoomRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** The replays of a client, by the id of their commands. Owned by the client's thread. */
final class Replays {
    private final Session session;
    private final Requests requests;
    private final Map<RequestId, Running> running = new HashMap<>();

    private record Running(ReplayListener listener, CompletableFuture<ReplayResult> done) {}

    Replays(Session session, Requests requests) {
        this.session = session;
        this.requests = requests;
    }

    void start(ReplayRequest replay, ReplayListener listener, CompletableFuture<ReplayResult> done) {
        if (!session.isLive()) {
            Completions.fail(
                    done, new MarketException(Requests.DROPPED, "there is no connection now", !session.isClosed()));
            return;
        }
        Running replayed = new Running(listener, done);
        ClientCommand command = requests.add(
                id -> new ClientCommand.Replay(
                        id,
                        replay.symbol(),
                        replay.fromTimeMillis(),
                        replay.toTimeMillis(),
                        replay.speed(),
                        replay.rooms().stream().map(RoomRequest::of).toList()),
                false,
                session.requestDeadline(),
                answer -> begun(answer, done),
                failure -> failed(replayed, failure));
        running.put(Objects.requireNonNull(command.id()), replayed);
        session.send(command);
    }

    private void failed(Running replay, MarketException why) {
        running.values().remove(replay);
        Completions.fail(replay.done(), why);
        if (why.code().equals(MarketException.TIMEOUT)) {
            stop(); // It may begin yet, and the server plays one at a time.
        }
    }

    /** Ends a client's replay; the server has one a connection at most. */
    @SuppressWarnings("ReferenceEquality") // A future has no other equality.
    void stop(CompletableFuture<ReplayResult> done) {
        if (running.values().stream().anyMatch(replay -> replay.done() == done)) {
            stop();
        }
    }

    private void stop() {
        session.send(requests.add(
                ClientCommand.StopReplay::new,
                false,
                session.requestDeadline(),
                answer -> {},
                failure -> {})); // It has ended by itself meanwhile.
    }

    void played(ReceivedEvent.Played played) {
        Running replay = running.get(played.id());
        if (replay == null) {
            return;
        }
        ReceivedEvent update = played.update();
        ReplayListener listener = replay.listener();
        if (update instanceof ReceivedEvent.TickerUpdate tickers) {
            tell(() -> listener.onTickers(RoomName.parse(tickers.room()), tickers.tickers()));
        } else if (update instanceof ReceivedEvent.KlineUpdate kline) {
            tell(() -> listener.onKline(RoomName.parse(kline.room()), kline.kline()));
        } else if (update instanceof ReceivedEvent.TradeUpdate trades) {
            tell(() -> listener.onTrades(RoomName.parse(trades.room()), trades.trades()));
        }
    }

    /** An answer that ends a replay. Returns whether it was one. */
    boolean ended(ReceivedEvent.Answer answer) {
        Running replay = answer.id() == null ? null : running.get(answer.id());
        if (replay == null || answer instanceof ReceivedEvent.Replaying) {
            return false;
        }
        if (answer instanceof ReceivedEvent.Replayed end) {
            ReplayResult result = new ReplayResult(end.toTimeMillis(), end.trades(), end.lastSeq());
            tell(() -> replay.done().completeAsync(() -> result)); // Behind what was played.
        } else if (answer instanceof ReceivedEvent.Failed failed) {
            Completions.fail(replay.done(), new MarketException(failed.code(), failed.message(), failed.temporary()));
        }
        running.remove(answer.id());
        requests.forget(answer.id());
        return true;
    }

    void onLost() {
        MarketException why = new MarketException(Requests.DROPPED, "the connection ended before the replay", true);
        running.values().forEach(replay -> Completions.fail(replay.done(), why));
        running.clear();
    }

    /** The rooms were answered: if none is played, nothing follows. */
    private void begun(ReceivedEvent.Answer answer, CompletableFuture<ReplayResult> done) {
        if (answer instanceof ReceivedEvent.Replaying replaying
                && replaying.rooms().stream().noneMatch(ReceivedEvent.RoomResult::ok)) {
            ReceivedEvent.RoomResult first = replaying.rooms().get(0);
            Completions.fail(done, new MarketException(first.code(), first.message(), false));
            running.remove(answer.id());
        }
    }

    private void tell(Runnable call) {
        session.deliveries().post(call);
    }
}
