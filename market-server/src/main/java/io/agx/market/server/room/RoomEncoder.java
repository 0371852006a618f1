package io.agx.market.server.room;

import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.core.protocol.json.EventEncoder;
import java.util.function.LongSupplier;

/** Encodes what rooms publish, and counts it: once per publication, whatever the number of members. Owned by the flush thread. */
public final class RoomEncoder {
    private final LongSupplier clockMillis;
    // Written by the flush thread, read by anyone.
    private volatile long encodings;

    public RoomEncoder(LongSupplier clockMillis) {
        this.clockMillis = clockMillis;
    }

    byte[] encode(ServerEvent push) {
        encodings++;
        return EventEncoder.encode(push);
    }

    /** The time that a push carries, epoch milliseconds. */
    long nowMillis() {
        return clockMillis.getAsLong();
    }

    /** Messages encoded since the start. */
    public long encodingCount() {
        return encodings;
    }
}
