package io.agx.market.core.cache;

import io.agx.market.core.model.Trade;
import java.util.AbstractList;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * The newest trades of an instrument in {@code seq} order, as an unmodifiable list. Immutable for its readers.
 *
 * <p>It shares chunks with the owner, who writes only behind the end of every window that was published.
 */
public final class TradeWindow extends AbstractList<Trade> implements RandomAccess {
    /** Trades per chunk: a power of two. */
    public static final int CHUNK = 64;

    private final Trade[][] chunks;
    private final int first;
    private final int size;

    /**
     * @param chunks arrays of {@value #CHUNK}; slots from {@code first} to {@code first + size} never change again
     * @param first slot of the oldest trade
     */
    public TradeWindow(Trade[][] chunks, int first, int size) {
        this.chunks = chunks;
        this.first = first;
        this.size = size;
    }

    @Override
    public Trade get(int index) {
        Objects.checkIndex(index, size);
        int slot = first + index;
        return chunks[slot / CHUNK][slot % CHUNK];
    }

    @Override
    public int size() {
        return size;
    }
}
