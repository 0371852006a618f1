package io.agx.market.server.jetty;

import io.agx.market.server.room.FrameCompressor;
import io.agx.market.server.room.Publication;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one write, side by side in one direct buffer that all connections share. Owned by the flush thread.
 *
 * <p>Subscribers of the same rooms are flushed one after the other with the same messages, so the buffer is filled for the
 * first of them and found filled by the others.
 */
final class FrameBuffer {
    /** Twice what an outbox gives to one write: the frames' headers must find room even where messages are tiny. */
    private static final int CAPACITY_BYTES = 131_072;

    /** What goes to Jetty's writing at a time: it copies all of it at each attempt. */
    private static final int SLICE_BYTES = 65_536;

    private final ByteBuffer direct = ByteBuffer.allocateDirect(CAPACITY_BYTES);
    private final @Nullable FrameCompressor compressor;
    private final List<Publication> held = new ArrayList<>();
    private int heldBytes;

    /** @param compressor for connections that negotiated compression; null for the others */
    FrameBuffer(@Nullable FrameCompressor compressor) {
        this.compressor = compressor;
    }

    /** Makes the frames of these messages the content. */
    void hold(List<Publication> messages) {
        if (!isHeld(messages)) {
            fill(messages);
        }
        direct.position(0).limit(heldBytes);
    }

    /** Writes as much as the channel takes, once; returns whether that was all. A message too long for the buffer is left to {@link #rest}. */
    boolean writeTo(WritableByteChannel channel) throws IOException {
        if (heldBytes == 0) {
            return false;
        }
        channel.write(direct);
        return !direct.hasRemaining();
    }

    /** A copy of what is not written yet. */
    Rest rest() {
        ArrayDeque<byte[]> pieces = new ArrayDeque<>();
        if (heldBytes == 0) {
            held.forEach(message -> pieces.add(frame(message)));
        } else {
            byte[] copy = new byte[direct.remaining()];
            direct.get(direct.position(), copy);
            pieces.add(copy);
        }
        return new Rest(pieces);
    }

    private boolean isHeld(List<Publication> messages) {
        int size = messages.size();
        if (size != held.size()) {
            return false;
        }
        for (int i = size - 1; i >= 0; i--) { // From the end: there subscribers differ most.
            if (messages.get(i) != held.get(i)) {
                return false;
            }
        }
        return true;
    }

    private void fill(List<Publication> messages) {
        held.clear();
        held.addAll(messages);
        heldBytes = 0;
        direct.clear();
        for (int i = 0; i < messages.size(); i++) {
            byte[] frame = frame(messages.get(i));
            if (frame.length > direct.remaining()) {
                return; // Held as messages only.
            }
            direct.put(frame);
        }
        heldBytes = direct.position();
    }

    private byte[] frame(Publication message) {
        return compressor == null ? message.frame() : message.compressedFrame(compressor);
    }

    /** What is left of a write, in slices. Owned by the write. */
    static final class Rest {
        private final ArrayDeque<byte[]> pieces;
        private int offset;

        private Rest(ArrayDeque<byte[]> pieces) {
            this.pieces = pieces;
        }

        boolean hasNext() {
            return !pieces.isEmpty();
        }

        ByteBuffer next() {
            byte[] piece = pieces.element();
            int length = Math.min(SLICE_BYTES, piece.length - offset);
            ByteBuffer slice = ByteBuffer.wrap(piece, offset, length);
            offset += length;
            if (offset == piece.length) {
                pieces.remove();
                offset = 0;
            }
            return slice;
        }
    }
}
