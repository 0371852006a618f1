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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Offers trades over REST until they are durable. Offering again is safe, for the server knows a trade by its id: so what may have
 * been kept or not (no answer, a lost connection) and what was not (too much in flight) is simply offered again. Owned by the client's thread.
 */
final class TradePublisher {
    private static final long MIN_RETRY_MILLIS = 200;
    private static final long MAX_RETRY_MILLIS = 5_000;
    private static final int OK = 200;

    private final HttpClient http;
    private final Timers timers;
    private final Duration timeout;

    /** @param timeout for the answer, all tries together */
    TradePublisher(HttpClient http, Timers timers, Duration timeout) {
        this.http = http;
        this.timers = timers;
        this.timeout = timeout;
    }

    /** @param token who offers them; empty for nobody */
    void publish(URI restBase, String token, List<OfferedTrade> trades, CompletableFuture<List<PublishResult>> future) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(restBase + "/trades"))
                .header("Content-Type", "application/json")
                .timeout(timeout)
                .POST(HttpRequest.BodyPublishers.ofByteArray(RestCodec.encode(trades)));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        send(request.build(), future, timers.nanos() + timeout.toNanos(), MIN_RETRY_MILLIS);
    }

    private void send(
            HttpRequest request, CompletableFuture<List<PublishResult>> future, long deadlineNanos, long retryMillis) {
        CompletionStage<HttpResponse<String>> answer = http.sendAsync(request, HttpResponse.BodyHandlers.ofString());
        answer.whenComplete((response, failure) ->
                timers.execute(() -> answered(request, future, deadlineNanos, retryMillis, response, failure)));
    }

    private void answered(
            HttpRequest request,
            CompletableFuture<List<PublishResult>> future,
            long deadlineNanos,
            long retryMillis,
            @Nullable HttpResponse<String> response,
            @Nullable Throwable failure) {
        try {
            if (response != null && response.statusCode() == OK) {
                List<PublishResult> results = RestCodec.decodeResults(response.body());
                future.completeAsync(() -> results);
                return;
            }
            MarketException why = response == null ? unreachable(failure) : refused(response);
            long waitMillis = Math.max(retryMillis, response == null ? 0 : RetryAfter.millis(response));
            if (!why.temporary() || timers.nanos() + waitMillis * 1_000_000 - deadlineNanos > 0) {
                future.completeExceptionally(why);
                return;
            }
            long next = Math.min(2 * retryMillis, MAX_RETRY_MILLIS);
            timers.schedule(() -> send(request, future, deadlineNanos, next), waitMillis);
        } catch (ProtocolException e) {
            future.completeExceptionally(
                    new MarketException(ErrorCode.INTERNAL.code(), String.valueOf(e.getMessage()), false));
        }
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
