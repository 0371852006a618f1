package io.agx.market.server.journal;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The log's directory on a real disk. */
final class DiskFiles implements LogFiles {
    private static final String LOCK_FILE = "lock";

    private final Path directory;

    private DiskFiles(Path directory) {
        this.directory = directory;
    }

    /** Creates the directory if it is missing, durably. */
    static DiskFiles in(Path directory) throws IOException {
        Path absolute = directory.toAbsolutePath();
        List<Path> missing = new ArrayList<>();
        for (Path path = absolute; path != null && !Files.exists(path); path = path.getParent()) {
            missing.add(path);
        }
        Files.createDirectories(absolute);
        for (Path created : missing) {
            forceDirectory(created.getParent());
        }
        return new DiskFiles(absolute);
    }

    /** An existing directory, only to be read. */
    static DiskFiles existing(Path directory) {
        return new DiskFiles(directory.toAbsolutePath());
    }

    @Override
    public String name() {
        return directory.toString();
    }

    @Override
    public Closeable lock() throws IOException {
        FileChannel channel = FileChannel.open(directory.resolve(LOCK_FILE), CREATE, WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // Held by another opener in this process: the same answer.
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw new IOException("trade log " + directory + " is in use by another process");
    }

    @Override
    public List<String> list() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .toList();
        }
    }

    @Override
    public LogFile create(String file) throws IOException {
        return new ChannelFile(FileChannel.open(directory.resolve(file), CREATE, TRUNCATE_EXISTING, READ, WRITE));
    }

    @Override
    public LogFile open(String file) throws IOException {
        return new ChannelFile(FileChannel.open(directory.resolve(file), READ, WRITE));
    }

    @Override
    public LogFile openForReading(String file) throws IOException {
        return new ChannelFile(FileChannel.open(directory.resolve(file), READ));
    }

    @Override
    public void rename(String file, String name) throws IOException {
        Files.move(directory.resolve(file), directory.resolve(name), ATOMIC_MOVE);
    }

    @Override
    public void delete(String file) throws IOException {
        Files.deleteIfExists(directory.resolve(file));
    }

    @Override
    public void forceDirectory() throws IOException {
        forceDirectory(directory);
    }

    @Override
    public long usableBytes() {
        try {
            FileStore store = Files.getFileStore(directory);
            return store.getUsableSpace();
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }

    private static void forceDirectory(@Nullable Path directory) throws IOException {
        if (directory == null || System.getProperty("os.name", "").startsWith("Windows")) {
            return; // Windows cannot open a directory, and keeps names durable by itself.
        }
        try (FileChannel channel = FileChannel.open(directory, READ)) {
            channel.force(true);
        }
    }

    private record ChannelFile(FileChannel channel) implements LogFile {
        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public int read(ByteBuffer to, long offset) throws IOException {
            return channel.read(to, offset);
        }

        @Override
        public void write(ByteBuffer[] from, long offset) throws IOException {
            channel.position(offset);
            ByteBuffer last = from[from.length - 1];
            while (last.hasRemaining()) {
                channel.write(from);
            }
        }

        @Override
        public void force(boolean metadata) throws IOException {
            channel.force(metadata);
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
