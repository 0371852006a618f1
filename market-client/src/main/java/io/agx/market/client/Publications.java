package io.agx.market.client;

import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.ClientCommand.Published;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.OfferedQuote;
import io.agx.market.core.protocol.OfferedTrade;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.ReceivedEvent.PublishResult;
import io.agx.market.core.protocol.json.RestCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Publishes over the connection, as much at a time as the server gives credit for; what is not answered when a connection ends is sent
 * again on the next, and kept once, for the server knows a trade by its id. Where a connection may not publish, or a server cannot take it,
 * a publication goes over REST, whole. Owned by the client's thread. Bounded by {@link #MAX_WAITING}.
 */
final class Publications {
    /** Trades of one call: as many as a REST request takes, which is the other way. */
    static final int MAX_TRADES = 20_000;

    /** Trades that wait for credit or for a connection. */
    static final int MAX_WAITING = 100_000;

    /** Quotes of one call, which is one command. */
    static final int MAX_QUOTES = 250;

    private static final int CHUNK_TRADES = 500;
    /** Of the 64 KiB that a server takes in one message, the rest is the envelope's. */
    private static final int CHUNK_BYTES = 60_000;

    private static final long RETRY_MILLIS = 50;

    private final Session session;
    private final Requests requests;
    private final Timers timers;
    // By number, so that what is pushed back waits where it was.
    private final TreeMap<Long, Chunk> waiting = new TreeMap<>();
    private @Nullable Rest rest;
    private long chunkCount;
    private int waitingTrades;
    private int inFlight;
    private long credit;
    private boolean refused;
    private boolean pausing;

    Publications(Session session, Requests requests, Timers timers) {
        this.session = session;
        this.requests = requests;
        this.timers = timers;
    }

    /** The other way. */
    interface Rest {
        void publish(List<OfferedTrade> trades, CompletableFuture<List<PublishResult>> future);

        /** Nothing more will be answered: fails what is under way. */
        void failAll(MarketException why);
    }

    /** Called before the first connection. */
    void onRest(Rest way) {
        rest = way;
    }

    /** All trades of one call. */
    private static final class Publication {
        private final List<OfferedTrade> trades;
        private final CompletableFuture<List<PublishResult>> future;
        private final @Nullable PublishResult[] results;
        private final long deadlineNanos;
        private int unanswered;
        private boolean ended;

        Publication(List<OfferedTrade> trades, CompletableFuture<List<PublishResult>> future, long deadlineNanos) {
            this.trades = trades;
            this.future = future;
            this.deadlineNanos = deadlineNanos;
            this.results = new PublishResult[trades.size()];
            this.unanswered = trades.size();
        }
    }

    /** @param number of all chunks, in the order in which they were published */
    private record Chunk(long number, Publication of, int from, int count, String json) {}

    void publish(List<OfferedTrade> trades, CompletableFuture<List<PublishResult>> future) {
        if (session.isClosed()) {
            Completions.fail(future, MarketException.closed());
        } else if (trades.size() > MAX_TRADES) {
            Completions.fail(
                    future,
                    new MarketException(
                            ErrorCode.TOO_LARGE.code(),
                            "at most " + MAX_TRADES + " trades are published at once, were " + trades.size(),
                            false));
        } else if (waitingTrades + trades.size() > MAX_WAITING) {
            Completions.fail(
                    future,
                    new MarketException(
                            MarketException.TOO_MANY, "more than " + MAX_WAITING + " trades wait to be sent", true));
        } else if (trades.isEmpty()) {
            future.completeAsync(List::of);
        } else {
            Publication publication = new Publication(trades, future, session.requestDeadline());
            for (Chunk chunk : chunks(publication)) {
                await(chunk);
            }
            pump();
        }
    }

    /** Quotes go out now or never: newer ones will follow. */
    void publishQuotes(List<OfferedQuote> quotes, CompletableFuture<List<PublishResult>> future) {
        if (session.isClosed()) {
            Completions.fail(future, MarketException.closed());
        } else if (!session.isLive() || requests.isFull()) {
            Completions.fail(future, new MarketException(Requests.DROPPED, "there is no connection now", true));
        } else {
            String json = "["
                    + String.join(",", quotes.stream().map(RestCodec::encode).toList()) + "]";
            session.send(requests.add(
                    id -> new ClientCommand.Publish(id, Published.QUOTES, json, quotes.size(), false),
                    false,
                    session.requestDeadline(),
                    answer -> {
                        if (answer instanceof ReceivedEvent.Published published) {
                            future.completeAsync(published::results);
                        } else {
                            Completions.fail(future, unexpected());
                        }
                    },
                    failure -> Completions.fail(future, failure)));
        }
    }

    /** A new connection: what was sent on the one before has been sent again. */
    void onLive(ReceivedEvent.Welcome welcome) {
        credit = welcome.limits().getOrDefault("publishCredit", 0L);
        refused = credit == 0;
        pausing = false;
        pump();
    }

    /** Fails what has waited too long to be sent; what was sent, its requests fail. */
    void expire(long nowNanos) {
        for (Chunk chunk : List.copyOf(waiting.values())) {
            if (!chunk.of.ended && nowNanos - chunk.of.deadlineNanos >= 0) {
                end(chunk.of, new MarketException(MarketException.TIMEOUT, "not published in time", true));
            }
        }
    }

    void failAll(MarketException why) {
        for (Chunk chunk : List.copyOf(waiting.values())) {
            end(chunk.of, why);
        }
        if (rest != null) {
            rest.failAll(why);
        }
    }

    private void await(Chunk chunk) {
        waiting.put(chunk.number, chunk);
        waitingTrades += chunk.count;
    }

    private void pump() {
        while (!waiting.isEmpty() && session.isLive() && !pausing) {
            Chunk next = waiting.firstEntry().getValue();
            if (refused) {
                overRest(next.of);
            } else if (inFlight + next.count > Math.max(credit, next.count) || requests.isFull()) {
                return;
            } else {
                waiting.remove(next.number);
                waitingTrades -= next.count;
                send(next);
            }
        }
    }

    private void send(Chunk chunk) {
        inFlight += chunk.count;
        session.send(requests.add(
                id -> new ClientCommand.Publish(id, Published.TRADES, chunk.json, chunk.count, false),
                true,
                chunk.of.deadlineNanos,
                answer -> answered(chunk, answer),
                failure -> failed(chunk, failure)));
    }

    private void answered(Chunk chunk, ReceivedEvent.Answer answer) {
        inFlight -= chunk.count;
        Publication of = chunk.of;
        if (!(answer instanceof ReceivedEvent.Published published)
                || published.results().size() != chunk.count) {
            end(of, unexpected());
        } else if (!of.ended) {
            for (int i = 0; i < chunk.count; i++) {
                of.results[chunk.from + i] = published.results().get(i);
            }
            of.unanswered -= chunk.count;
            if (of.unanswered == 0) {
                of.ended = true;
                of.future.completeAsync(() -> Arrays.asList(of.results));
            }
        }
        pump();
    }

    private void failed(Chunk chunk, MarketException why) {
        inFlight -= chunk.count;
        if (chunk.of.ended) {
            pump();
            return;
        }
        if (ErrorCode.NOT_AUTHENTICATED.code().equals(why.code())
                || ErrorCode.NOT_SUPPORTED.code().equals(why.code())) {
            refused = true;
            overRest(chunk.of);
        } else if (isRefusal(why) && timers.nanos() - chunk.of.deadlineNanos < 0) {
            await(chunk);
            pause();
            return;
        } else {
            end(chunk.of, why);
        }
        pump();
    }

    /** Offered again after a while; what follows waits, but for what is under way already. */
    private void pause() {
        if (!pausing) {
            pausing = true;
            timers.schedule(
                    () -> {
                        pausing = false;
                        pump();
                    },
                    RETRY_MILLIS);
        }
    }

    private static boolean isRefusal(MarketException why) {
        return why.temporary() && ErrorCode.ofCode(why.code()).isPresent();
    }

    private void overRest(Publication of) {
        of.ended = true;
        forget(of);
        Objects.requireNonNull(rest).publish(of.trades, of.future);
    }

    private void end(Publication of, MarketException why) {
        if (!of.ended) {
            of.ended = true;
            forget(of);
            Completions.fail(of.future, why);
        }
    }

    private void forget(Publication of) {
        waiting.values().removeIf(chunk -> {
            if (chunk.of == of) {
                waitingTrades -= chunk.count;
            }
            return chunk.of == of;
        });
    }

    private List<Chunk> chunks(Publication publication) {
        List<Chunk> chunks = new ArrayList<>();
        StringBuilder json = new StringBuilder();
        int from = 0;
        int bytes = 0;
        for (int i = 0; i < publication.trades.size(); i++) {
            String trade = RestCodec.encode(publication.trades.get(i));
            int length = trade.getBytes(StandardCharsets.UTF_8).length + 1;
            if (i > from && (bytes + length > CHUNK_BYTES || i - from == CHUNK_TRADES)) {
                chunks.add(new Chunk(
                        ++chunkCount,
                        publication,
                        from,
                        i - from,
                        json.append(']').toString()));
                json = new StringBuilder();
                from = i;
                bytes = 0;
            }
            json.append(i == from ? '[' : ',').append(trade);
            bytes += length;
        }
        chunks.add(new Chunk(
                ++chunkCount,
                publication,
                from,
                publication.trades.size() - from,
                json.append(']').toString()));
        return chunks;
    }

    private static MarketException unexpected() {
        return new MarketException(ErrorCode.INTERNAL.code(), "an answer of another kind", false);
    }
}
