package io.agx.market.server.transfer;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** Reads an export line by line, and at its end compares what was read with what was written. Not thread-safe. */
public final class ExportReader implements AutoCloseable {
    static final String MAGIC = "market-export";
    static final int VERSION = 1;
    static final String END = "END";

    private static final int BUFFER_BYTES = 1 << 16;
    /** A user's {@code read_runs} of 400,000 characters is the longest field. */
    private static final int MAX_LINE_BYTES = 4 << 20;

    private final InputStream in;
    private final MessageDigest digest = ExportWriter.sha256();
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final ByteArrayOutputStream longLine = new ByteArrayOutputStream();
    private final ExportHeader header;
    private int at;
    private int limit;
    private long lineCount;

    /** @throws ExportDamagedException if this is no export, or one of a later version */
    public ExportReader(InputStream from) throws IOException {
        try {
            in = new GZIPInputStream(from, BUFFER_BYTES);
        } catch (ZipException | EOFException e) {
            throw new ExportDamagedException("this is no export of market: " + e.getMessage(), e);
        }
        header = readHeader();
    }

    /** Opens a file. */
    public static ExportReader open(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES);
        try {
            return new ExportReader(in);
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /** Whether a file begins as an export does. */
    public static boolean isExport(Path file) throws IOException {
        byte[] magic = (MAGIC + "\t").getBytes(StandardCharsets.UTF_8);
        try (InputStream raw = Files.newInputStream(file);
                InputStream unpacked = new GZIPInputStream(raw)) {
            return Arrays.equals(unpacked.readNBytes(magic.length), magic);
        } catch (ZipException | EOFException e) {
            return false;
        }
    }

    /** Reads a file to its end and compares: nothing of a file that was cut or changed is to be used. */
    public static ExportHeader check(Path file) throws IOException {
        try (ExportReader reader = open(file)) {
            while (reader.nextLine() != null) {
                // Only the checksum is of interest.
            }
            return reader.header();
        }
    }

    public ExportHeader header() {
        return header;
    }

    /** The next line, or null after the last, when all of it was as it was written. */
    @Nullable
    ExportFields next() throws IOException {
        String line = nextLine();
        return line == null ? null : new ExportFields(lineCount, line);
    }

    private @Nullable String nextLine() throws IOException {
        String line = readLine();
        if (!line.startsWith(END + "\t")) {
            digest.update(line.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) '\n');
            lineCount++;
            return line;
        }
        ExportFields end = new ExportFields(lineCount + 1, line);
        long written = end.nextLong();
        String expected = end.nextText();
        String actual = HexFormat.of().formatHex(digest.digest());
        if (written != lineCount || !expected.equals(actual)) {
            throw new ExportDamagedException("the export is damaged: it has " + lineCount + " lines with SHA-256 "
                    + actual + ", and says that it should have " + written + " with " + expected);
        }
        if (fill()) {
            throw new ExportDamagedException("the export is damaged: something follows its last line");
        }
        return null;
    }

    private ExportHeader readHeader() throws IOException {
        String line = nextLine();
        ExportFields fields = new ExportFields(1, line == null ? END : line);
        if (!fields.word().equals(MAGIC)) {
            throw new ExportDamagedException("this is no export of market: it does not begin with " + MAGIC);
        }
        int version = fields.nextInt();
        if (version != VERSION) {
            throw new ExportDamagedException("the export has format version " + version + ", this program knows "
                    + VERSION + ": use the program that wrote it, or a newer one");
        }
        String epoch = fields.nextText();
        try {
            ExportHeader read = new ExportHeader(
                    UUID.fromString(epoch),
                    fields.nextLong(),
                    fields.nextLong(),
                    fields.nextLong(),
                    fields.nextLong(),
                    fields.nextLong(),
                    fields.nextLong());
            fields.end();
            return read;
        } catch (IllegalArgumentException e) {
            throw new ExportDamagedException("the export's epoch is no UUID: " + epoch, e);
        }
    }

    private String readLine() throws IOException {
        longLine.reset();
        while (true) {
            if (at == limit && !fill()) {
                throw new ExportDamagedException(
                        "the export is cut: it ends after " + lineCount + " lines, without its last line");
            }
            int from = at;
            while (at < limit && buffer[at] != '\n') {
                at++;
            }
            boolean whole = at < limit;
            if (whole && longLine.size() == 0) {
                return new String(buffer, from, at++ - from, StandardCharsets.UTF_8);
            }
            longLine.write(buffer, from, at - from);
            if (longLine.size() > MAX_LINE_BYTES) {
                throw new ExportDamagedException("the export is damaged: line " + (lineCount + 1) + " is longer than "
                        + MAX_LINE_BYTES + " bytes");
            }
            if (whole) {
                at++;
                return longLine.toString(StandardCharsets.UTF_8);
            }
        }
    }

    private boolean fill() throws IOException {
        if (at < limit) {
            return true;
        }
        try {
            at = 0;
            limit = Math.max(0, in.read(buffer, 0, buffer.length));
            return limit > 0;
        } catch (EOFException e) {
            limit = 0;
            throw new ExportDamagedException("the export is cut: it ends after " + lineCount + " lines", e);
        } catch (ZipException e) {
            limit = 0;
            throw new ExportDamagedException(
                    "the export is damaged after line " + lineCount + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
