package io.agx.market.server.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.server.publish.Publishing;
import jakarta.servlet.http.HttpServletRequest;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
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

    /**
     * Reads all of it as one JSON array.
     *
     * @param what its elements are called, such as {@code trades}
     * @param most elements
     * @param element reads the one whose start is the parser's current token
     * @throws HttpProblem 400 if it is none, 413 if it has more
     */
    <T> List<T> array(String what, int most, Element<T> element) throws IOException {
        List<T> elements = new ArrayList<>();
        try (JsonParser json = Publishing.JSON.createParser(this)) {
            if (json.nextToken() != JsonToken.START_ARRAY) {
                throw new HttpProblem(400, ErrorCode.BAD_REQUEST, null, "the body must be a JSON array of " + what);
            }
            while (json.nextToken() != JsonToken.END_ARRAY) {
                if (elements.size() == most) {
                    throw tooMany(what, most);
                }
                elements.add(element.read(json));
            }
            if (json.nextToken() != null) {
                throw new HttpProblem(400, ErrorCode.BAD_JSON, null, "something follows the array");
            }
        } catch (JsonProcessingException e) {
            throw JsonBody.badJson(e);
        }
        return elements;
    }

    /** Reads one element of an array. */
    interface Element<T> {
        T read(JsonParser json) throws IOException;
    }

    static HttpProblem tooMany(String what, int most) {
        return new HttpProblem(413, ErrorCode.TOO_LARGE, null, "a request may have " + most + " " + what);
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
