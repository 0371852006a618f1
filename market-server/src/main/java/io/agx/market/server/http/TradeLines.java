package io.agx.market.server.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.server.feed.TradeResult.Rejected;
import io.agx.market.server.publish.ParsedTrade;
import io.agx.market.server.publish.Publishing;
import io.agx.market.server.publish.TradeParser;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Trades of a body of one JSON object a line, one by one as the body comes. A line that is no JSON is rejected, and the next read. */
final class TradeLines {
    /** Longest line, in bytes: as a command's message. */
    static final int MAX_LINE_BYTES = 65_536;

    private final InputStream body;
    private final TradeParser parser;
    private byte[] buffer = new byte[16_384];
    private int start;
    private int end;
    private long line;

    TradeLines(InputStream body, TradeParser parser) {
        this.body = body;
        this.parser = parser;
    }

    /**
     * The trade of the next line that has something on it, or null at the end.
     *
     * @throws HttpProblem 413 if a line is too long
     */
    @Nullable
    ParsedTrade next() throws IOException {
        while (true) {
            int newline = indexOfNewline();
            if (newline < 0 && start == end) {
                return null;
            }
            line++;
            int from = start;
            int to = newline < 0 ? end : newline;
            start = newline < 0 ? end : newline + 1;
            if (!isBlank(from, to)) {
                return parse(from, to);
            }
        }
    }

    /** The number of the line that was last given, from 1 on. */
    long line() {
        return line;
    }

    private ParsedTrade parse(int from, int to) throws IOException {
        try (JsonParser json = Publishing.JSON.createParser(buffer, from, to - from)) {
            if (json.nextToken() == JsonToken.START_OBJECT) {
                ParsedTrade trade = parser.read(json);
                return json.nextToken() == null ? trade : notOne("something follows the object on its line");
            }
            return ParsedTrade.rejected(new Rejected(ErrorCode.BAD_REQUEST.code(), "a trade must be a JSON object"));
        } catch (JsonProcessingException e) {
            return notOne("the line is not JSON within the limits of depth and length");
        }
    }

    private static ParsedTrade notOne(String message) {
        return ParsedTrade.rejected(new Rejected(ErrorCode.BAD_JSON.code(), message));
    }

    /** Reads until there is a whole line; -1 if the body ended before. */
    private int indexOfNewline() throws IOException {
        int at = start;
        while (true) {
            for (; at < end; at++) {
                if (buffer[at] == '\n') {
                    requireShort(at - start);
                    return at;
                }
            }
            requireShort(end - start);
            if (end == buffer.length) {
                at -= makeRoom();
            }
            int read = body.read(buffer, end, buffer.length - end);
            if (read < 0) {
                return -1;
            }
            end += read;
        }
    }

    private void requireShort(int bytes) {
        if (bytes > MAX_LINE_BYTES) {
            throw new HttpProblem(
                    413,
                    ErrorCode.TOO_LARGE,
                    null,
                    "a line may have " + MAX_LINE_BYTES + " bytes, line " + (line + 1) + " has more");
        }
    }

    /** By how much what waits was moved to the front. */
    private int makeRoom() {
        int moved = start;
        if (start > 0) {
            System.arraycopy(buffer, start, buffer, 0, end - start);
        } else {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
        end -= moved;
        start = 0;
        return moved;
    }

    private boolean isBlank(int from, int to) {
        for (int i = from; i < to; i++) {
            if (buffer[i] != ' ' && buffer[i] != '\t' && buffer[i] != '\r') {
                return false;
            }
        }
        return true;
    }
}
