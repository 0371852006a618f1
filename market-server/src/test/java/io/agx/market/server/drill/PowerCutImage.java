package io.agx.market.server.drill;

import io.agx.market.server.durability.DataFolders;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;

/**
 * What a power cut may leave of a PostgreSQL cluster. Of the log (WAL) what was flushed is there, and behind it anything. Of a data file each page is as
 * it was at the last checkpoint, or later, or torn between two such states at a sector's border; and a page whose change was not flushed
 * is never the newer one, for PostgreSQL writes no page before its log.
 *
 * <p>Made of two copies of the halted cluster: one after a checkpoint, one at the cut, if there was no checkpoint in between.
 */
public final class PowerCutImage {
    private static final int PAGE = 8_192;
    private static final int SECTOR = 512;
    private static final long SEGMENT = 16L << 20;

    private final PostgresCluster cluster;
    private final Random random;
    private final Path older;
    private final String olderRedo;

    private long pages;
    private long lostPages;
    private long tornPages;

    private PowerCutImage(PostgresCluster cluster, Random random, Path older, String olderRedo) {
        this.cluster = cluster;
        this.random = random;
        this.older = older;
        this.olderRedo = olderRedo;
    }

    /** Forces all of the cluster now, and copies it: the oldest state that a page can have later. */
    public static PowerCutImage begin(PostgresCluster cluster, Path older, Random random)
            throws IOException, SQLException {
        cluster.execute("CHECKPOINT");
        String redo = redo(cluster);
        DataFolders.delete(older);
        cluster.whileHalted(() -> DataFolders.copy(cluster.data(), older));
        return new PowerCutImage(cluster, random, older, redo);
    }

    /** The cut is now: makes what it leaves in another folder. */
    public void cut(Path image) throws IOException, SQLException {
        DataFolders.delete(image);
        String redo = redo(cluster);
        long flushed = lsn(cluster.ask("SELECT pg_current_wal_flush_lsn()"));
        long timeline = Long.parseLong(cluster.ask("SELECT timeline_id FROM pg_control_checkpoint()"));
        cluster.whileHalted(() -> DataFolders.copy(cluster.data(), image));
        if (!redo.equals(olderRedo)) {
            throw new IOException("a checkpoint came between: " + olderRedo + " and " + redo);
        }
        for (Path file : relations(image)) {
            Path before = older.resolve(image.relativize(file).toString());
            mix(file, Files.exists(before) ? Files.readAllBytes(before) : new byte[0], flushed);
        }
        cutLog(image, timeline, flushed);
    }

    /** Pages that changed since the checkpoint. */
    public long pages() {
        return pages;
    }

    /** Of them, those that are as they were. */
    public long lostPages() {
        return lostPages;
    }

    /** Of them, those that are half of either. */
    public long tornPages() {
        return tornPages;
    }

    private static String redo(PostgresCluster cluster) throws SQLException {
        return cluster.ask("SELECT redo_lsn FROM pg_control_checkpoint()");
    }

    /** Tables, indexes and their maps: files of 8 KiB pages that begin with the position of their last change. */
    private static List<Path> relations(Path data) throws IOException {
        try (Stream<Path> files = Files.walk(data)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> {
                        String path = data.relativize(file).toString();
                        return path.matches("(base/\\d+|global)/\\d+(_fsm|_vm)?(\\.\\d+)?");
                    })
                    .toList();
        }
    }

    private void mix(Path file, byte[] before, long flushed) throws IOException {
        byte[] now = Files.readAllBytes(file);
        byte[] left = now.clone();
        int length = now.length;
        for (int at = 0; at + PAGE <= now.length; at += PAGE) {
            boolean isOld = at + PAGE <= before.length;
            if (isOld && equal(now, before, at)) {
                continue;
            }
            pages++;
            boolean unflushed = Long.compareUnsigned(lsnOf(now, at), flushed) > 0;
            int kind = unflushed ? 1 : random.nextInt(3);
            if (kind == 0) {
                continue;
            }
            int from = kind == 1 ? 0 : SECTOR * (1 + random.nextInt(PAGE / SECTOR - 1));
            for (int i = from; i < PAGE; i++) {
                left[at + i] = isOld ? before[at + i] : 0;
            }
            if (kind == 1) {
                lostPages++;
            } else {
                tornPages++;
            }
        }
        // What was added to the file since may not be there at all.
        if (before.length < length && before.length > 0 && random.nextInt(3) == 0) {
            length = before.length;
        }
        Files.write(file, length == left.length ? left : Arrays.copyOf(left, length));
    }

    private static boolean equal(byte[] now, byte[] before, int at) {
        return Arrays.equals(now, at, at + PAGE, before, at, at + PAGE);
    }

    /** Behind what was flushed: as it was, nothing, or anything. */
    private void cutLog(Path image, long timeline, long flushed) throws IOException {
        long segment = flushed / SEGMENT;
        Path file = image.resolve(
                "pg_wal/" + String.format(Locale.ROOT, "%08X%08X%08X", timeline, segment >>> 8, segment & 0xff));
        byte[] log = Files.readAllBytes(file);
        int from = (int) (flushed % SEGMENT);
        int kind = random.nextInt(3);
        if (kind == 0) {
            return;
        }
        for (int i = from; i < log.length; i++) {
            log[i] = kind == 1 ? 0 : (byte) random.nextInt();
        }
        Files.write(file, log);
    }

    private static ByteOrder order() {
        return ByteOrder.nativeOrder();
    }

    /** A page begins with the position of its last change, as two words of 32 bits, the high one first. */
    private static long lsnOf(byte[] page, int at) {
        ByteBuffer buffer = ByteBuffer.wrap(page, at, 8).order(order());
        long high = buffer.getInt() & 0xffffffffL;
        return high << 32 | buffer.getInt() & 0xffffffffL;
    }

    /** {@code 0/1A2B3C4D} as a number. */
    private static long lsn(String text) {
        String[] halves = text.split("/", -1);
        return Long.parseLong(halves[0], 16) << 32 | Long.parseLong(halves[1], 16);
    }
}
