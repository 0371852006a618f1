package io.agx.market.server.room;

import io.agx.market.core.protocol.json.EventEncoder;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One message, encoded once for everyone who gets it. Made and conflated on the flush thread; its bytes and text are read by
 * any thread that writes.
 */
public final class Publication {
    private final byte[] json;
    private final Kind kind;
    private final long key;
    private final long fromSeq;
    private final long toSeq;
    private @Nullable Supplier<Publication> whole;
    private @Nullable Content content;
    // Filled at the first call by any thread; the value is the same whoever makes it.
    private volatile @Nullable String text;
    // The flush thread's own, filled at the first call.
    private byte @Nullable [] frame;
    private byte @Nullable [] compressedFrame;
    // The flush thread's own: the last variant that tells of merged messages, and of how many. Most who waited waited
    // alike.
    private @Nullable Publication variant;
    private int variantSkipped;

    private enum Kind {
        REPLY,
        STATE,
        CLOSE,
        LOG
    }

    private Publication(byte[] json, Kind kind, long key, long fromSeq, long toSeq) {
        this.json = json;
        this.kind = kind;
        this.key = key;
        this.fromSeq = fromSeq;
        this.toSeq = toSeq;
    }

    /** A message outside of any room. */
    public static Publication reply(byte[] json) {
        return new Publication(json, Kind.REPLY, 0, 0, 0);
    }

    /**
     * A value that a newer one of the same key replaces.
     *
     * @param key a candle's open time; 0 in a room of one value
     */
    static Publication state(byte[] json, long key) {
        return new Publication(json, Kind.STATE, key, 0, 0);
    }

    /** A candle's close: as a state, but never replaced. */
    static Publication close(byte[] json, long key) {
        return new Publication(json, Kind.CLOSE, key, 0, 0);
    }

    /**
     * What changed of a larger state.
     *
     * @param whole the whole state after the change, for those who still wait for an earlier one; asked at most once
     */
    static Publication change(byte[] json, Supplier<Publication> whole) {
        Publication change = new Publication(json, Kind.STATE, 0, 0, 0);
        change.whole = whole;
        return change;
    }

    /** Elements {@code fromSeq} to {@code toSeq} of a log. */
    static Publication log(byte[] json, long fromSeq, long toSeq) {
        return new Publication(json, Kind.LOG, 0, fromSeq, toSeq);
    }

    /** Says that elements {@code fromSeq} to {@code toSeq} of a log are missing. */
    public static Publication gap(byte[] json, long fromSeq, long toSeq) {
        return new Publication(json, Kind.LOG, 0, fromSeq, toSeq);
    }

    /** Notes what the message was made of; called before it is shared. */
    Publication of(Content madeOf) {
        content = madeOf;
        return this;
    }

    /** What the message was made of; null outside of rooms, and of what was made for one connection. */
    @Nullable
    Content content() {
        return content;
    }

    /**
     * The rest of a log message for a member that has its beginning.
     *
     * @param afterSeq from {@link #fromSeq()} to before {@link #toSeq()}
     */
    public Publication tail(long afterSeq) {
        if (!(content instanceof Content.Trades all)) {
            throw new IllegalStateException("no trades to cut after " + afterSeq);
        }
        int from = (int) (afterSeq + 1 - fromSeq);
        return all.encoding().apply(all.trades().subList(from, all.trades().size()));
    }

    /** The UTF-8 bytes; not to be changed. */
    public byte[] json() {
        return json;
    }

    /** The same as text; made at the first call and kept, for transports that take text only. */
    public String text() {
        String made = text;
        if (made == null) {
            made = new String(json, StandardCharsets.UTF_8);
            text = made;
        }
        return made;
    }

    /** The message as one WebSocket frame; made at the first call and kept. Called on the flush thread; not to be changed. */
    public byte[] frame() {
        byte[] made = frame;
        if (made == null) {
            made = TextFrame.of(json);
            frame = made;
        }
        return made;
    }

    /** The same for those who negotiated compression: compressed at the first call, once for all of them. */
    public byte[] compressedFrame(FrameCompressor compressor) {
        byte[] made = compressedFrame;
        if (made == null) {
            made = compressor.frame(json);
            compressedFrame = made;
        }
        return made;
    }

    public int sizeBytes() {
        return json.length;
    }

    /** Which value it is: a candle's open time; 0 in a room of one value. */
    public long key() {
        return key;
    }

    /** Whether it must reach its reader as it is; else a newer message of the same key makes it needless. */
    public boolean isFinal() {
        return kind != Kind.STATE;
    }

    /** What to send instead of this message and an older one that it replaces. */
    public Publication merged() {
        if (whole == null) {
            return this;
        }
        Publication made = whole.get();
        whole = () -> made;
        return made;
    }

    /** First element of a log message. */
    public long fromSeq() {
        return fromSeq;
    }

    /** Last element of a log message. */
    public long toSeq() {
        return toSeq;
    }

    /** This message, telling its reader that others were merged into it; called on the flush thread. */
    public Publication withSkipped(int skipped) {
        Publication made = variant;
        if (made == null || variantSkipped != skipped) {
            made = new Publication(EventEncoder.withSkipped(json, skipped), kind, key, fromSeq, toSeq);
            variant = made;
            variantSkipped = skipped;
        }
        return made;
    }
}
