package io.agx.market.server.identity;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Fetches a set of keys over HTTP, within bounds of time and length. Thread-safe; waits for nothing. */
final class KeyFetcher {
    private static final Duration CONNECT = Duration.ofSeconds(2);
    /** For all of it, the last byte of the body included. */
    private static final long TOTAL_MILLIS = 3_000;

    private static final int OK = 200;

    private final URI uri;
    private final HttpClient http;

    KeyFetcher(URI uri) {
        this.uri = uri;
        // A redirect could lead anywhere, also to what only this machine can reach.
        http = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
    }

    /** Fails with what went wrong, 3 s from now at the latest. */
    CompletableFuture<KeySet> fetch() {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Accept", "application/jwk-set+json, application/json")
                .build();
        CompletableFuture<HttpResponse<byte[]>> answer = http.sendAsync(request, info -> new BoundedBody());
        CompletableFuture<KeySet> keys =
                answer.thenApply(KeyFetcher::read).orTimeout(TOTAL_MILLIS, TimeUnit.MILLISECONDS);
        return keys.whenComplete((set, failure) -> answer.cancel(true)); // Ends what the time-out left under way.
    }

    private static KeySet read(HttpResponse<byte[]> answer) {
        try {
            if (answer.statusCode() != OK) {
                throw new IOException("HTTP " + answer.statusCode());
            }
            return KeyReader.read(answer.body(), false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes no more than keys may have. */
    private static final class BoundedBody implements HttpResponse.BodySubscriber<byte[]> {
        private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private Flow.@Nullable Subscription subscription;

        @Override
        public CompletionStage<byte[]> getBody() {
            return whole;
        }

        @Override
        public void onSubscribe(Flow.Subscription newSubscription) {
            subscription = newSubscription;
            newSubscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> parts) {
            for (ByteBuffer part : parts) {
                byte[] copy = new byte[part.remaining()];
                part.get(copy);
                bytes.writeBytes(copy);
            }
            if (bytes.size() > KeyReader.MAX_BYTES && subscription != null) {
                subscription.cancel();
                whole.completeExceptionally(new IOException("more than " + KeyReader.MAX_BYTES + " bytes"));
            }
        }

        @Override
        public void onError(Throwable failure) {
            whole.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            whole.complete(bytes.toByteArray());
        }
    }
}
