package io.agx.market.server.delivery;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a swarm needs to know of a message, read in one pass without a tree. Owned by the swarm's thread and used anew for every
 * message: what it holds is of the last one.
 */
final class PushReader {
    private static final JsonFactory JSON = new JsonFactory();
    /** Objects and arrays around a trade: of a live push 3 (envelope, array, trade), of a snapshot 5 (room and its array as well). */
    private static final int LIVE_DEPTH = 3;

    private static final int SNAPSHOT_DEPTH = 5;

    String event = "";
    long serverTimeMillis;
    long fromSeq;
    long toSeq;
    boolean ok;
    boolean recovered;

    @Nullable
    String epoch;

    @Nullable
    String transport;
    /** {@code seq} of live trades, or of the one room of {@code subscribed}. */
    final Seqs live = new Seqs();
    /** {@code seq} of the trades in a snapshot. */
    final Seqs snapshot = new Seqs();

    /** Numbers in the order in which they stand. */
    static final class Seqs {
        private long[] values = new long[64];
        private int count;

        int count() {
            return count;
        }

        long at(int index) {
            return values[index];
        }

        private void add(long value) {
            if (count == values.length) {
                values = Arrays.copyOf(values, count * 2);
            }
            values[count++] = value;
        }
    }

    void read(byte[] message) {
        event = "";
        serverTimeMillis = 0;
        fromSeq = 0;
        toSeq = 0;
        ok = false;
        recovered = false;
        epoch = null;
        transport = null;
        live.count = 0;
        snapshot.count = 0;
        int depth = 0;
        try (JsonParser json = JSON.createParser(message)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token.isStructStart()) {
                    depth++;
                } else if (token.isStructEnd()) {
                    depth--;
                } else if (token.isScalarValue() && json.currentName() != null) {
                    set(json, json.currentName(), depth);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void set(JsonParser json, String name, int depth) throws IOException {
        switch (name) {
            case "event" -> event = depth == 1 ? json.getText() : event;
            case "serverTime" -> serverTimeMillis = depth == 1 ? json.getLongValue() : serverTimeMillis;
            case "fromSeq" -> fromSeq = json.getLongValue();
            case "toSeq" -> toSeq = json.getLongValue();
            case "ok" -> ok = json.getBooleanValue();
            case "recovered" -> recovered = json.getBooleanValue();
            case "epoch" -> epoch = json.getText();
            case "transport" -> transport = json.getText();
            case "seq" -> {
                if (depth == LIVE_DEPTH) {
                    live.add(json.getLongValue());
                } else if (depth == SNAPSHOT_DEPTH) {
                    snapshot.add(json.getLongValue());
                }
            }
            default -> {
                // Nothing that a swarm counts.
            }
        }
    }
}
