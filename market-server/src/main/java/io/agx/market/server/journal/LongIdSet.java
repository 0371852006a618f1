package io.agx.market.server.journal;

/**
 * A set of positive longs by open addressing. A slot holds 64 neighbours as bits: dense ids, which is what most sources give, cost
 * 0.4 bytes each, and scattered ones 21 to 43. Not thread-safe.
 */
final class LongIdSet {
    private static final int MIN_SLOTS = 4;

    /** Id divided by 64, plus 1: 0 is an empty slot. */
    private long[] blocks = new long[MIN_SLOTS];

    private long[] bits = new long[MIN_SLOTS];
    private int used;

    boolean contains(long id) {
        int slot = slotOf((id >>> 6) + 1);
        return (bits[slot] & 1L << id) != 0;
    }

    void add(long id) {
        long block = (id >>> 6) + 1;
        int slot = slotOf(block);
        if (blocks[slot] == 0) {
            if ((used + 1) * 4L > blocks.length * 3L) {
                grow();
                slot = slotOf(block);
            }
            blocks[slot] = block;
            used++;
        }
        bits[slot] |= 1L << id;
    }

    /** The slot stays in use: only ids added a moment ago are removed. */
    void remove(long id) {
        bits[slotOf((id >>> 6) + 1)] &= ~(1L << id);
    }

    /** Memory taken, in slots of 16 bytes. */
    int slotCount() {
        return blocks.length;
    }

    /** The slot of a block, or the empty one where it would go. */
    private int slotOf(long block) {
        int mask = blocks.length - 1;
        int slot = (int) ((block * 0x9E3779B97F4A7C15L) >>> 32) & mask;
        while (blocks[slot] != block && blocks[slot] != 0) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldBlocks = blocks;
        long[] oldBits = bits;
        blocks = new long[oldBlocks.length * 2];
        bits = new long[blocks.length];
        for (int i = 0; i < oldBlocks.length; i++) {
            if (oldBlocks[i] != 0) {
                int slot = slotOf(oldBlocks[i]);
                blocks[slot] = oldBlocks[i];
                bits[slot] = oldBits[i];
            }
        }
    }
}
