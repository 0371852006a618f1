package io.agx.market.server.journal;

import java.util.ArrayList;
import java.util.List;

/**
 * Says of trade ids that are texts which were surely never added, in 2 bytes an id instead of 120. Owned by the journal's thread.
 *
 * <p>A chain of split block Bloom filters (<a href="https://github.com/apache/parquet-format/blob/master/BloomFilter.md">as in
 * Parquet</a>, with words of 64 bits), each twice as large as the one before: memory follows use, and nothing is ever hashed anew. Of
 * ids that were not added, about one in 1,000 by each filter of the chain is taken for one that may have been. Once the bound is
 * reached the last one takes all that comes, and takes more and more for such.
 */
final class TextIdFilter {
    private static final int WORDS = 8;
    private static final int BLOCK_BYTES = WORDS * Long.BYTES;

    /** 16 bits an id: with 32 ids a block each of an id's 8 bits is set with 0.4 by others, all of them with 0.4^8 = 0.0006. */
    private static final int IDS_OF_BLOCK = 32;

    /** Half a million ids. */
    private static final int FIRST_BLOCKS = (1 << 20) / BLOCK_BYTES;

    /** One bit of each word is an id's: the top 6 bits of a product. The factors are Parquet's. */
    private static final int[] SALTS = {
        0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31
    };

    private final long maxBytes;
    /** The newest last. */
    private final List<Filter> chain = new ArrayList<>();

    private long bytes;

    /** @param maxBytes of the whole chain; less than a block counts as one */
    TextIdFilter(long maxBytes) {
        this.maxBytes = Math.max(BLOCK_BYTES, maxBytes);
        long blocks = Math.min(FIRST_BLOCKS, Long.highestOneBit(this.maxBytes / BLOCK_BYTES));
        append((int) blocks);
    }

    void add(int instrumentId, String id) {
        Filter newest = chain.get(chain.size() - 1);
        if (newest.isFull() && bytes + 2 * newest.bytes() <= maxBytes) {
            newest = append(2 * newest.blocks());
        }
        newest.add(hash(instrumentId, id));
    }

    /** False only if it was never added. */
    boolean mayContain(int instrumentId, String id) {
        long hash = hash(instrumentId, id);
        for (Filter filter : chain) {
            if (filter.mayContain(hash)) {
                return true;
            }
        }
        return false;
    }

    /** Memory taken. */
    long bytes() {
        return bytes;
    }

    private Filter append(int blocks) {
        Filter filter = new Filter(blocks);
        chain.add(filter);
        bytes += filter.bytes();
        return filter;
    }

    /** FNV-1a over the characters, and the finalizer of MurmurHash3, for FNV's high bits are poor. */
    private static long hash(int instrumentId, String id) {
        long hash = 0xcbf29ce484222325L ^ instrumentId;
        for (int i = 0; i < id.length(); i++) {
            hash = (hash ^ id.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
        hash = (hash ^ hash >>> 33) * 0xc4ceb9fe1a85ec53L;
        return hash ^ hash >>> 33;
    }

    private static final class Filter {
        private final long[] words;
        private final int blockMask;
        private long count;

        /** @param blocks a power of two */
        Filter(int blocks) {
            words = new long[blocks * WORDS];
            blockMask = blocks - 1;
        }

        int blocks() {
            return blockMask + 1;
        }

        long bytes() {
            return (long) words.length * Long.BYTES;
        }

        boolean isFull() {
            return count >= (long) blocks() * IDS_OF_BLOCK;
        }

        void add(long hash) {
            int block = blockOf(hash);
            for (int i = 0; i < WORDS; i++) {
                words[block + i] |= bit(hash, i);
            }
            count++;
        }

        boolean mayContain(long hash) {
            int block = blockOf(hash);
            for (int i = 0; i < WORDS; i++) {
                if ((words[block + i] & bit(hash, i)) == 0) {
                    return false;
                }
            }
            return true;
        }

        /** Of the high half, as the bits are of the low one. */
        private int blockOf(long hash) {
            return ((int) (hash >>> 32) & blockMask) * WORDS;
        }

        private static long bit(long hash, int word) {
            return 1L << (((int) hash * SALTS[word]) >>> 26);
        }
    }
}
