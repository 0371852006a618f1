package io.agx.market.server.http;

import io.agx.market.core.protocol.ErrorCode;
import jakarta.servlet.http.HttpServletRequest;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request that publishes, plain or {@code Content-Encoding: gzip}: at most so many bytes as they are after inflating, and
 * whole within a time, however they drip. Reading it throws {@link HttpProblem}. Not thread-safe; to be closed.
 */
final class PublishedBody extends InputStream {
    private final InputStream raw;
    private final InputStream in;
    private final @Nullable GzipInput gzip;
    private final long maxBytes;
    private final long deadlineNanos;
    private final long seconds;
    private final LongSupplier nanoClock;
    private long count;

    private PublishedBody(InputStream raw, boolean inflated, long maxBytes, long seconds, LongSupplier nanoClock) {
        this.raw = raw;
        gzip = inflated ? new GzipInput(raw) : null;
        in = gzip == null ? raw : gzip;
        this.maxBytes = maxBytes;
        this.seconds = seconds;
        this.nanoClock = nanoClock;
        deadlineNanos = nanoClock.getAsLong() + TimeUnit.SECONDS.toNanos(seconds);
    }

    /**
     * Opens the body of a request.
     *
     * @param maxBytes inflated
     * @param seconds from now until its end
     * @throws HttpProblem 415 if it is encoded in another way
     */
    static PublishedBody of(HttpServletRequest request, long maxBytes, long seconds) throws IOException {
        return new PublishedBody(
                request.getInputStream(),
                isGzip(request.getHeader("Content-Encoding")),
                maxBytes,
                seconds,
                System::nanoTime);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (nanoClock.getAsLong() - deadlineNanos > 0) {
            throw new HttpProblem(408, ErrorCode.BAD_REQUEST, null, "the body must be whole within " + seconds + " s");
        }
        int read;
        try {
            read = in.read(bytes, offset, length);
        } catch (ZipException | EOFException e) {
            if (gzip == null) {
                throw e;
            }
            throw new HttpProblem(
                    400, ErrorCode.BAD_REQUEST, "Content-Encoding", "the body is no whole gzip: " + e.getMessage());
        } catch (RuntimeException e) {
            // A container's own: it came slower than allowed, or broke HTTP.
            throw new HttpProblem(408, ErrorCode.BAD_REQUEST, null, "the body came too slowly, or not whole");
        }
        count += Math.max(0, read);
        if (count > maxBytes) {
            throw new HttpProblem(413, ErrorCode.TOO_LARGE, null, "the body may have " + maxBytes + " bytes");
        }
        return read;
    }

    @Override
    public void close() throws IOException {
        if (gzip != null) {
            gzip.close();
        }
        raw.close();
    }

    private static boolean isGzip(@Nullable String encoding) {
        if (encoding == null) {
            return false;
        }
        return switch (encoding.strip().toLowerCase(Locale.ROOT)) {
            case "", "identity" -> false;
            case "gzip", "x-gzip" -> true;
            default ->
                throw new HttpProblem(
                        415, ErrorCode.NOT_SUPPORTED, "Content-Encoding", "a body may be gzip, or not be encoded");
        };
    }
}
