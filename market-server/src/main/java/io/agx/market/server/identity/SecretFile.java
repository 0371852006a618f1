package io.agx.market.server.identity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;

/** Secrets in files: the text without what is blank at its ends, as bytes. */
public final class SecretFile {
    /** A secret and whether it was made now. {@link #toString()} does not have it. */
    public static final class Opened {
        private final byte[] secret;
        private final boolean created;

        private Opened(byte[] secret, boolean created) {
            this.secret = secret;
            this.created = created;
        }

        /** The secret; not to be changed. */
        public byte[] secret() {
            return secret;
        }

        public boolean created() {
            return created;
        }

        @Override
        public String toString() {
            return "Opened[created=" + created + "]";
        }
    }

    /** The development secret's name in a data folder. */
    public static final String NAME = "token-secret";

    private static final int DRAWN_BYTES = 32;
    /** Longer than any: what is longer is another file. */
    private static final int MAX_BYTES = 4_096;

    private SecretFile() {}

    /** @throws IOException if it cannot be read, or has more than 4,096 bytes; the message does not repeat it */
    public static byte[] read(Path file) throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException(
                    "the secret in " + file + " may have " + MAX_BYTES + " bytes, has " + Files.size(file));
        }
        return Files.readString(file, StandardCharsets.ISO_8859_1).strip().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The development secret of a data folder, drawn if there is none yet: 256 bits, readable by this user only. */
    public static Opened openOrCreate(Path dataDir) throws IOException {
        Path file = dataDir.resolve(NAME);
        try {
            return new Opened(read(file), false);
        } catch (NoSuchFileException e) {
            Files.createDirectories(dataDir);
            create(file);
            return new Opened(read(file), true);
        }
    }

    /** Whole or not at all: who reads it meanwhile sees none, or all of it. */
    private static void create(Path file) throws IOException {
        byte[] drawn = new byte[DRAWN_BYTES];
        new SecureRandom().nextBytes(drawn);
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(drawn);
        Path folder = file.toAbsolutePath().getParent();
        boolean posix = folder != null && Files.getFileStore(folder).supportsFileAttributeView("posix");
        FileAttribute<?>[] attributes = posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        Path written = Files.createTempFile(folder, NAME, ".new", attributes);
        Files.writeString(written, text + "\n", StandardCharsets.US_ASCII, StandardOpenOption.WRITE);
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
