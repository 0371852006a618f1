package io.agx.market.server.identity;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys in a file: PEM, a JSON Web Key, or a set of them. Looked at once a second at most, and read again when it changed; what cannot be
 * read then does not replace what was read before. Thread-safe.
 */
public final class FileKeys implements KeySource {
    private static final Logger LOG = LoggerFactory.getLogger(FileKeys.class);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Path file;
    private final LongSupplier nanoClock;
    // All guarded by this.
    private KeySet keys;
    private Version version;
    private long lookedNanos;

    private record Version(long modifiedMillis, long bytes, String key) {
        static Version of(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Version(
                    attributes.lastModifiedTime().toMillis(), attributes.size(), String.valueOf(attributes.fileKey()));
        }
    }

    /**
     * @param nanoClock monotonic
     * @throws IOException if it cannot be read, or has no good key; the message names it
     */
    public FileKeys(Path file, LongSupplier nanoClock) throws IOException {
        this.file = file;
        this.nanoClock = nanoClock;
        version = Version.of(file);
        keys = read();
        lookedNanos = nanoClock.getAsLong();
    }

    @Override
    public synchronized KeySet current() {
        long now = nanoClock.getAsLong();
        if (now - lookedNanos >= LOOK_NANOS) {
            lookedNanos = now;
            readIfChanged();
        }
        return keys;
    }

    @Override
    public String description() {
        return "the keys in " + file;
    }

    private void readIfChanged() {
        try {
            Version found = Version.of(file);
            if (!found.equals(version)) {
                version = found;
                keys = read();
                LOG.info("keys were read again: file={} keys={}", file, keys.size());
            }
        } catch (IOException e) {
            LOG.warn("keys cannot be read, those before stay: file={} cause={}", file, e.getMessage());
        }
    }

    private KeySet read() throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return KeyReader.read(in.readNBytes(KeyReader.MAX_BYTES + 1), true);
        } catch (IOException e) {
            throw new IOException("the keys in " + file + " cannot be used: " + e.getMessage(), e);
        }
    }
}
