package io.agx.market.server.identity;

import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A set of JSON Web Keys at a URL, fetched in the background every five minutes while tokens come, before the first token after a time without
 * any, and at once for a key that is not known yet; between two fetches lies a floor, whatever tokens come. When the URL fails, the last good set
 * stays. Thread-safe.
 *
 * <p>A caller waits for a fetch that its token needs, {@link #MAX_WAIT_MILLIS} at most, and {@link #MAX_WAITING} of them at a time: a
 * key server that hangs costs others nothing.
 */
public final class UrlKeys implements KeySource {
    /** How long a token may wait for keys. */
    static final long MAX_WAIT_MILLIS = 1_500;

    /** Of the container's 200 threads. */
    private static final int MAX_WAITING = 8;

    private static final long FLOOR_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long REFRESH_NANOS = TimeUnit.MINUTES.toNanos(5);

    private static final Logger LOG = LoggerFactory.getLogger(UrlKeys.class);

    private final URI uri;
    private final LongSupplier nanoClock;
    private final KeyFetcher fetcher;
    private final Semaphore waiting = new Semaphore(MAX_WAITING);
    private volatile @Nullable KeySet keys;
    // Guarded by this.
    private @Nullable CompletableFuture<KeySet> fetching;
    private boolean fetched;
    private long fetchedNanos;
    private long keysNanos;

    /**
     * Starts the first fetch and does not wait for it.
     *
     * @param uri {@code https}, or {@code http} on loopback: keys that somebody on the way can exchange are nobody's
     * @param nanoClock monotonic
     * @throws IllegalArgumentException if it is another
     */
    public UrlKeys(URI uri, LongSupplier nanoClock) {
        if (uri.getHost() == null || !("https".equals(uri.getScheme()) || isPlainLoopback(uri))) {
            throw new IllegalArgumentException("keys must be at an https URL (http on loopback only), was "
                    + uri.getScheme() + "://" + uri.getHost());
        }
        this.uri = uri;
        this.nanoClock = nanoClock;
        this.fetcher = new KeyFetcher(uri);
        LOG.info("keys are being fetched: host={} begun={}", uri.getHost(), fetchIfDue(FLOOR_NANOS) != null);
    }

    private static boolean isPlainLoopback(URI uri) {
        String host = uri.getHost();
        boolean literal = host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
        try {
            return "http".equals(uri.getScheme())
                    && literal
                    && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    @Override
    public KeySet current() {
        KeySet known = keys;
        CompletableFuture<KeySet> fetch = fetchIfDue(known == null ? FLOOR_NANOS : REFRESH_NANOS);
        if (known != null && (fetch == null || !areOld())) {
            return known;
        }
        await(fetch);
        known = keys;
        if (known == null) {
            throw new ProtocolException(
                    ErrorCode.KEYS_UNAVAILABLE, "token", "the keys that tokens are checked with cannot be had now");
        }
        return known;
    }

    /** After a time without tokens, in which nothing was fetched, a key may long be withdrawn: the first token waits for the fetch. */
    private synchronized boolean areOld() {
        return nanoClock.getAsLong() - keysNanos >= 2 * REFRESH_NANOS;
    }

    @Override
    public KeySet newerThan(KeySet seen) {
        KeySet known = keys;
        if (seen.equals(known)) { // The same set, not one of the same keys.
            await(fetchIfDue(FLOOR_NANOS));
            known = keys;
        }
        return known == null ? seen : known;
    }

    @Override
    public String description() {
        return "the keys at " + uri.getScheme() + "://" + uri.getAuthority() + uri.getPath();
    }

    /** The fetch that is under way, or a new one if the last began so long ago; null if neither. */
    private synchronized @Nullable CompletableFuture<KeySet> fetchIfDue(long sinceNanos) {
        if (fetching != null) {
            return fetching;
        }
        long now = nanoClock.getAsLong();
        if (fetched && now - fetchedNanos < sinceNanos) {
            return null;
        }
        fetched = true;
        fetchedNanos = now;
        CompletableFuture<KeySet> started = fetcher.fetch().whenComplete(this::finished);
        fetching = started.isDone() ? null : started;
        return started;
    }

    private synchronized void finished(@Nullable KeySet set, @Nullable Throwable failure) {
        fetching = null;
        if (set != null) {
            KeySet before = keys;
            keys = set;
            keysNanos = nanoClock.getAsLong();
            if (before == null || before.size() != set.size()) {
                LOG.info("keys were fetched: host={} keys={}", uri.getHost(), set.size());
            }
            return;
        }
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        LOG.warn(
                "keys cannot be fetched, those before stay: host={} known={} cause={}",
                uri.getHost(),
                keys == null ? 0 : keys.size(),
                String.valueOf(cause));
    }

    private void await(@Nullable CompletableFuture<KeySet> fetch) {
        if (fetch == null || !waiting.tryAcquire()) {
            return;
        }
        try {
            fetch.get(MAX_WAIT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // What is known stays; the failure was logged where it happened.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            waiting.release();
        }
    }
}
