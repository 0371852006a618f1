package io.agx.market.client;

import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.OfferedTrade;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.ReceivedEvent.PublishResult;
import io.agx.market.core.protocol.json.RestCodec;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Offers trades over REST until they are durable. Offering again is safe, for the server knows a trade by its id: so what may have
 * been kept or not (no answer, a lost connection) and what was not (too much in flight) is simply offered again. Owned by the client's thread.
 */
final class TradePublisher implements Publications.Rest {
    private static final long MIN_RETRY_MILLIS = 200;
    private static final long MAX_RETRY_MILLIS = 5_000;
    private static final int OK = 200;

    private final HttpClient http;
    private final Timers timers;
    private final Duration timeout;
    private final Supplier<URI> base;
    private final Supplier<String> token;
    private final Set<Run> running = new HashSet<>();

    /**
     * @param timeout for the answer, all tries together
     * @param base where the server's REST is now
     * @param token who offers them now; empty for nobody
     */
    TradePublisher(HttpClient http, Timers timers, Duration timeout, Supplier<URI> base, Supplier<String> token) {
        this.http = http;
        this.timers = timers;
        this.timeout = timeout;
        this.base = base;
        this.token = token;
    }

    /** One call, from its first try to its end. */
    private static final class Run {
        private final HttpRequest request;
        private final CompletableFuture<List<PublishResult>> future;
        private final long deadlineNanos;
        private long retryMillis = MIN_RETRY_MILLIS;

        Run(HttpRequest request, CompletableFuture<List<PublishResult>> future, long deadlineNanos) {
            this.request = request;
            this.future = future;
            this.deadlineNanos = deadlineNanos;
        }
    }

    @Override
    public void publish(List<OfferedTrade> trades, CompletableFuture<List<PublishResult>> future) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base.get() + "/trades"))
                .header("Content-Type", "application/json")
                .timeout(timeout)
                .POST(HttpRequest.BodyPublishers.ofByteArray(RestCodec.encode(trades)));
        String bearer = token.get();
        if (!bearer.isEmpty()) {
            request.header("Authorization", "Bearer " + bearer);
        }
        Run run = new Run(request.build(), future, timers.nanos() + timeout.toNanos());
        running.add(run);
        send(run);
    }

    @Override
    public void failAll(MarketException why) {
        running.forEach(run -> Completions.fail(run.future, why));
        running.clear();
    }

    private void send(Run run) {
        CompletionStage<HttpResponse<String>> answer =
                http.sendAsync(run.request, HttpResponse.BodyHandlers.ofString());
        answer.whenComplete((response, failure) -> timers.execute(() -> answered(run, response, failure)));
    }

    private void answered(Run run, @Nullable HttpResponse<String> response, @Nullable Throwable failure) {
        if (!running.contains(run)) {
            return; // The client was closed.
        }
        try {
            if (response != null && response.statusCode() == OK) {
                List<PublishResult> results = RestCodec.decodeResults(response.body());
                running.remove(run);
                run.future.completeAsync(() -> results);
                return;
            }
            MarketException why = response == null ? unreachable(failure) : refused(response);
            long waitMillis = Math.max(run.retryMillis, response == null ? 0 : RetryAfter.millis(response));
            if (!why.temporary() || timers.nanos() + waitMillis * 1_000_000 - run.deadlineNanos > 0) {
                end(run, why);
                return;
            }
            run.retryMillis = Math.min(2 * run.retryMillis, MAX_RETRY_MILLIS);
            timers.schedule(
                    () -> {
                        if (running.contains(run)) {
                            send(run);
                        }
                    },
                    waitMillis);
        } catch (ProtocolException e) {
            end(run, new MarketException(ErrorCode.INTERNAL.code(), String.valueOf(e.getMessage()), false));
        }
    }

    private void end(Run run, MarketException why) {
        running.remove(run);
        Completions.fail(run.future, why);
    }

    private static MarketException unreachable(@Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return new MarketException(MarketException.TIMEOUT, "no answer: " + cause, cause instanceof IOException);
    }

    private static MarketException refused(HttpResponse<String> response) {
        int status = response.statusCode();
        boolean temporary = status == 429 || status == 503 || status == 507 || status == 502 || status == 504;
        String type = response.headers().firstValue("Content-Type").orElse("");
        if (!type.startsWith("application/problem+json")) {
            return new MarketException(ErrorCode.INTERNAL.code(), "HTTP " + status, temporary);
        }
        RestCodec.ReceivedProblem problem = RestCodec.decodeProblem(response.body());
        return new MarketException(problem.code(), problem.detail(), temporary);
    }
}
