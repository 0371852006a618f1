package io.agx.market.server.replay;

import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.core.protocol.json.EventEncoder;
import io.agx.market.server.room.Publication;
import io.agx.market.server.room.RoomLoop;
import io.agx.market.server.subscriber.Subscriber;
import java.util.ArrayList;
import java.util.List;

/**
 * From a replay's thread to its subscriber, which the flush thread owns. What is put in goes over in batches, one at a time; there is
 * room while the last one has been taken over and what waits there is within the bound.
 */
final class ReplayPipe {
    /** Bytes of a batch, or one step's messages. */
    private static final int BATCH_BYTES = 65_536;

    private final Subscriber subscriber;
    private final RoomLoop loop;
    private final long maxWaitingBytes;

    // The replay thread's own.
    private List<Publication> batch = new ArrayList<>();
    private long batchBytes;
    private long handed;
    // Written by the flush thread, read by the replay's.
    private volatile long taken;
    private volatile boolean gone;

    ReplayPipe(Subscriber subscriber, RoomLoop loop, long maxWaitingBytes) {
        this.subscriber = subscriber;
        this.loop = loop;
        this.maxWaitingBytes = maxWaitingBytes;
    }

    /** Whether the connection has ended, as far as the last batch could tell. */
    boolean isGone() {
        return gone;
    }

    /** Whether more may be put in. */
    boolean hasRoom() {
        return batchBytes < BATCH_BYTES && handed == taken && subscriber.playbackBytes() < maxWaitingBytes;
    }

    void put(ServerEvent event) {
        subscriber.note(event);
        Publication message = Publication.reply(EventEncoder.encode(event));
        batch.add(message);
        batchBytes += message.sizeBytes();
    }

    /** Hands over what was put in. */
    void flush() {
        if (batch.isEmpty()) {
            return;
        }
        List<Publication> full = batch;
        batch = new ArrayList<>();
        batchBytes = 0;
        handed++;
        long number = handed;
        loop.execute(() -> {
            gone = subscriber.hasEnded();
            full.forEach(subscriber::play);
            taken = number;
        });
    }
}
