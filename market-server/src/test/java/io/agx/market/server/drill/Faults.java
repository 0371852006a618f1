package io.agx.market.server.drill;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;

/**
 * A child process whose disk and wall clock can be made to fail: a small library in C ({@code faults.c}), compiled here and
 * preloaded there, stands between the process and the kernel's calls. Linux, with a C compiler. Thread-safe.
 */
final class Faults {
    private static final int NONE = 0;
    private static final int NO_SPACE = 1;
    private static final int WRITES_FAIL = 2;
    private static final int FORCES_FAIL = 3;
    private static final int FORCES_SLOW = 4;

    // Offsets in the control file, as in faults.c.
    private static final int MODE = 0;
    private static final int ROOM = 8;
    private static final int DELAY_MILLIS = 16;
    private static final int CLOCK_MILLIS = 24;
    private static final int FAULT_COUNT = 32;
    private static final int CONTROL_BYTES = 40;

    private final Path library;
    private final Path control;
    private final Path folder;
    private final MappedByteBuffer mapped;

    private Faults(Path library, Path control, Path folder, MappedByteBuffer mapped) {
        this.library = library;
        this.control = control;
        this.folder = folder;
        this.mapped = mapped;
    }

    /**
     * Compiles the library. Nothing fails yet.
     *
     * @param work where the library and its control file go
     * @param folder the files below it are those that can fail
     * @throws TestAbortedException if this is not Linux, or there is no C compiler
     */
    static Faults compile(Path work, Path folder) throws IOException, InterruptedException {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            throw new TestAbortedException("faults of the disk and the clock are made on Linux only");
        }
        Path source = work.resolve("faults.c");
        Path library = work.resolve("libfaults.so");
        Path control = work.resolve("faults.control");
        try (InputStream resource = Faults.class.getResourceAsStream("/drill/faults.c")) {
            Files.write(source, Objects.requireNonNull(resource).readAllBytes());
        }
        Process compiler;
        try {
            compiler = new ProcessBuilder("cc", "-shared", "-fPIC", "-O2", "-o", library.toString(), source.toString())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new TestAbortedException(
                    "no C compiler (cc) here, so no fault of the disk or the clock can be made", e);
        }
        String output = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!compiler.waitFor(60, TimeUnit.SECONDS) || compiler.exitValue() != 0) {
            throw new IOException("faults.c does not compile: " + output);
        }
        Files.write(control, new byte[CONTROL_BYTES]);
        try (FileChannel channel = FileChannel.open(control, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, CONTROL_BYTES);
            mapped.order(ByteOrder.nativeOrder());
            return new Faults(library, control, folder.toAbsolutePath(), mapped);
        }
    }

    /** What a child process needs in its environment. */
    Map<String, String> environment() {
        return Map.of("LD_PRELOAD", "" + library, "FAULTS_CONTROL", "" + control, "FAULTS_FOLDER", "" + folder);
    }

    /** The disk has this much room left, and takes a part of the write that fills it. */
    synchronized void fillDisk(long roomBytes) {
        mapped.putLong(ROOM, roomBytes);
        mapped.putLong(MODE, NO_SPACE);
    }

    synchronized void failWrites() {
        mapped.putLong(MODE, WRITES_FAIL);
    }

    synchronized void failForces() {
        mapped.putLong(MODE, FORCES_FAIL);
    }

    synchronized void slowForces(Duration by) {
        mapped.putLong(DELAY_MILLIS, by.toMillis());
        mapped.putLong(MODE, FORCES_SLOW);
    }

    /** The disk is well again; the clock is as it was. */
    synchronized void healDisk() {
        mapped.putLong(MODE, NONE);
    }

    /** Steps the wall clock: from now on it is this much ahead of the machine's. */
    synchronized void stepClock(Duration ahead) {
        mapped.putLong(CLOCK_MILLIS, ahead.toMillis());
    }

    /** Calls that failed or were delayed so far. */
    synchronized long count() {
        return mapped.getLong(FAULT_COUNT);
    }
}
