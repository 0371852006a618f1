package io.agx.market.server.http;

import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.Problem;
import io.agx.market.server.feed.LogUnavailableException;
import io.agx.market.server.feed.TradeResult;
import io.agx.market.server.publish.ParsedTrade;
import io.agx.market.server.publish.Publishing;
import io.agx.market.server.publish.Publishing.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The trades of one request on their way to the log, in chunks, a few of them not durable yet while the next are read. Owned by the
 * request's thread, which waits here for the log and for its answers.
 */
final class TradeStream {
    /** Trades of a chunk: with eight in flight, a force of 0.75 ms sets no pace. */
    static final int CHUNK = 500;

    private static final int MAX_CHUNKS = 8;
    private static final long MAX_PUSHED_BACK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long MAX_DURABLE_SECONDS = 10;

    private final Publishing publishing;
    private final PublishAnswer answer = new PublishAnswer();
    private final ArrayDeque<Chunk> inFlight = new ArrayDeque<>();
    private List<ParsedTrade> parsed = new ArrayList<>();
    private long[] lines = new long[CHUNK];

    private static final class Chunk {
        private final List<ParsedTrade> parsed;
        private final long[] lines;
        private final CompletableFuture<List<TradeResult>> durable;

        Chunk(List<ParsedTrade> parsed, long[] lines, CompletableFuture<List<TradeResult>> durable) {
            this.parsed = parsed;
            this.lines = lines;
            this.durable = durable;
        }
    }

    TradeStream(Publishing publishing) {
        this.publishing = publishing;
    }

    /** Takes the next trade; now and then offers a chunk. @throws HttpProblem if the log takes none */
    void add(ParsedTrade trade, long line) {
        lines[parsed.size()] = line;
        parsed.add(trade);
        if (parsed.size() == CHUNK) {
            offer();
        }
    }

    /** Offers the rest, and waits until all is durable. */
    PublishAnswer finish() {
        offer();
        settleAll();
        return answer;
    }

    /** The problem with what it left behind: chunks before are kept. */
    HttpProblem because(HttpProblem problem) {
        try {
            settleAll();
        } catch (HttpProblem e) {
            inFlight.clear();
        }
        if (answer.keptCount() == 0) {
            return problem;
        }
        Problem told = problem.problem();
        return new HttpProblem(
                problem.status(),
                new Problem(
                        told.code(),
                        told.field(),
                        told.message() + "; " + answer.keptCount()
                                + " trades of the request before were kept, offer the same again"),
                problem.retryAfterSeconds());
    }

    private void offer() {
        if (parsed.isEmpty()) {
            return;
        }
        if (inFlight.size() == MAX_CHUNKS) {
            settle(inFlight.remove());
        }
        inFlight.add(new Chunk(parsed, lines, offer(publishing, parsed, false).durable()));
        parsed = new ArrayList<>(CHUNK);
        lines = new long[CHUNK];
    }

    private void settleAll() {
        while (!inFlight.isEmpty()) {
            settle(inFlight.remove());
        }
    }

    private void settle(Chunk chunk) {
        answer.add(settle(publishing, chunk.parsed, chunk.durable), chunk.lines);
    }

    /** Offers trades, again for a second if they are pushed back. @throws HttpProblem 503 */
    static Outcome.Taken offer(Publishing publishing, List<ParsedTrade> trades, boolean atomic) {
        long deadline = System.nanoTime() + MAX_PUSHED_BACK_NANOS;
        while (true) {
            Outcome outcome = publishing.offer(trades, atomic);
            if (outcome instanceof Outcome.Taken taken) {
                return taken;
            }
            if (outcome instanceof Outcome.Refused refused) {
                throw new AtomicRefusal(refused.results());
            }
            if (System.nanoTime() - deadline > 0) {
                throw new HttpProblem(
                        503, new Problem(ErrorCode.BACK_PRESSURE, null, "too much is in flight; nothing was kept"), 1);
            }
            long retryAfterMillis = ((Outcome.PushedBack) outcome).retryAfterMillis();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(retryAfterMillis));
        }
    }

    /** Waits until trades are durable and their users told. @throws HttpProblem if they are not */
    static List<TradeResult> settle(
            Publishing publishing, List<ParsedTrade> trades, CompletableFuture<List<TradeResult>> durable) {
        List<TradeResult> results = await(durable);
        try {
            publishing.tell(Publishing.fillsOf(trades, results));
        } catch (LogUnavailableException e) {
            throw new HttpProblem(
                    503,
                    new Problem(
                            ErrorCode.LOG_UNAVAILABLE,
                            null,
                            "the trades are kept, but their users could not be told: " + e.reason()
                                    + "; offer the same trades again"),
                    1);
        }
        return results;
    }

    /** What a trade log that takes nothing means to a publisher. */
    static HttpProblem unavailable(LogUnavailableException e) {
        int status = e.reason() == LogUnavailableException.Reason.DISK_FULL ? 507 : 503;
        return new HttpProblem(
                status, new Problem(ErrorCode.LOG_UNAVAILABLE, null, "nothing was kept: " + e.reason()), 1);
    }

    private static List<TradeResult> await(CompletableFuture<List<TradeResult>> durable) {
        @Nullable Throwable cause;
        try {
            return durable.get(MAX_DURABLE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            cause = e.getCause();
        } catch (TimeoutException e) {
            cause = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            cause = e;
        }
        if (cause instanceof LogUnavailableException unavailable) {
            throw unavailable(unavailable);
        }
        throw new HttpProblem(
                503,
                new Problem(
                        ErrorCode.LOG_UNAVAILABLE,
                        null,
                        "not known to be durable yet; offer the same trades again, ids keep them from doubling"),
                1);
    }

    /** All or nothing was asked for, and it was nothing. Carries no stack trace. */
    static final class AtomicRefusal extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient List<TradeResult> results;

        AtomicRefusal(List<TradeResult> results) {
            super("another trade of the batch is not valid", null, false, false);
            this.results = results;
        }

        List<TradeResult> results() {
            return results;
        }
    }
}
