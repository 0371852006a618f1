package io.agx.market.server.journal;

import io.agx.market.core.model.Instrument;
import io.agx.market.server.journal.LogEntry.InstrumentDefined;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What must outlive dropped segments: of each instrument its definition, newest {@code seq} and highest numeric id, as of a
 * position. Written and made durable before segments are deleted; format in {@code doc/TRADE-LOG.md}.
 */
final class HeadsFile {
    /** "MKTHEADS" in ASCII. */
    private static final long MAGIC = 0x4D4B544845414453L;

    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 8 + 4 + 16 + 8 + 4;
    /** Where a file is written until it is whole: the only one that there is may have its name already. */
    private static final String UNFINISHED = "heads.tmp";

    private static final int MAX_HEAD_BYTES = 4 + 8 + 8 + 2 + LogCodec.MAX_PAYLOAD;

    private final LogFiles files;
    private final UUID epoch;

    HeadsFile(LogFiles files, UUID epoch) {
        this.files = files;
        this.epoch = epoch;
    }

    /** Saves the heads as of a durable position, then deletes the files before. */
    void save(long position, InstrumentHeads heads, DuplicateIndex index) throws IOException {
        List<Integer> ids = new ArrayList<>();
        heads.ids().forEach(ids::add);
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + ids.size() * MAX_HEAD_BYTES + 4);
        bytes.putLong(MAGIC).putInt(VERSION);
        bytes.putLong(epoch.getMostSignificantBits()).putLong(epoch.getLeastSignificantBits());
        bytes.putLong(position).putInt(ids.size());
        LogCodec codec = new LogCodec();
        for (int id : ids) {
            bytes.putInt(id).putLong(heads.seqOf(id)).putLong(index.highestOf(id));
            int lengthAt = bytes.position();
            int from = lengthAt + 2;
            Instrument instrument = heads.definition(id);
            int end = instrument == null ? from : codec.encode(new InstrumentDefined(instrument), bytes.array(), from);
            bytes.putShort((short) (end - from)).position(end);
        }
        bytes.putInt(crc(bytes.array(), bytes.position()));
        bytes.flip();
        String name = fileName(position);
        try (LogFile file = files.create(UNFINISHED)) {
            file.write(new ByteBuffer[] {bytes}, 0);
            file.force(true);
        }
        files.rename(UNFINISHED, name);
        files.forceDirectory();
        for (String other : names()) {
            if (!other.equals(name)) {
                files.delete(other);
            }
        }
    }

    /**
     * Loads the newest file that is whole.
     *
     * @param startPosition where the log begins; what is saved must be as of there or later
     * @throws IOException if there is none: nobody knows how far the instruments had come that have no trade left
     */
    void load(long startPosition, InstrumentHeads heads, DuplicateIndex index) throws IOException {
        List<String> names = names();
        for (int i = names.size() - 1; i >= 0; i--) {
            ByteBuffer bytes = read(names.get(i));
            if (bytes != null && bytes.getLong() >= startPosition) {
                load(bytes, heads, index);
                return;
            }
        }
        throw new IOException("the trade log in " + files.name() + " begins at position " + startPosition
                + ", and no file heads-*.dat in it is whole and of that position or later; there is "
                + (names.isEmpty() ? "none" : names)
                + ". How far each instrument's seq had come is unknown. Put back the newest heads-*.dat from a backup of"
                + " the log; or begin a new log behind what the database has, with market export --database-only and"
                + " market import");
    }

    private static void load(ByteBuffer bytes, InstrumentHeads heads, DuplicateIndex index) {
        LogCodec codec = new LogCodec();
        byte[] definition = new byte[LogCodec.MAX_PAYLOAD];
        int count = bytes.getInt();
        for (int i = 0; i < count; i++) {
            int id = bytes.getInt();
            heads.setSeq(id, bytes.getLong());
            index.raiseHighest(id, bytes.getLong());
            int length = Short.toUnsignedInt(bytes.getShort());
            if (length > 0) {
                bytes.get(definition, 0, length);
                LogEntry entry = codec.decode(LogCodec.INSTRUMENT, definition, 0, length);
                heads.define(((InstrumentDefined) entry).instrument());
            }
        }
    }

    /** @return the bytes from the position on, or null if the file is not whole */
    private @Nullable ByteBuffer read(String name) throws IOException {
        ByteBuffer bytes;
        try (LogFile file = files.openForReading(name)) {
            bytes = ByteBuffer.allocate(Math.toIntExact(file.size()));
            while (bytes.hasRemaining() && file.read(bytes, bytes.position()) > 0) {
                // until all is read
            }
        }
        bytes.flip();
        int end = bytes.limit() - 4;
        if (end < HEADER_BYTES || bytes.getLong() != MAGIC || bytes.getInt(end) != crc(bytes.array(), end)) {
            return null;
        }
        int version = bytes.getInt();
        UUID of = new UUID(bytes.getLong(), bytes.getLong());
        if (version != VERSION || !of.equals(epoch)) {
            throw new LogDamagedException(name, 8, "version " + version + " of epoch " + of + " is not of this log");
        }
        return bytes;
    }

    private List<String> names() throws IOException {
        return files.list().stream()
                .filter(name -> name.matches("heads-[0-9]{20}\\.dat"))
                .sorted()
                .toList();
    }

    private static String fileName(long position) {
        return String.format(Locale.ROOT, "heads-%020d.dat", position);
    }

    private static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
