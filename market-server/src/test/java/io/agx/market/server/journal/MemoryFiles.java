package io.agx.market.server.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that fails on demand and can lose power: {@link #afterPowerCut} is what a restart finds, which is all that was
 * forced, and of the rest whatever chance leaves.
 */
final class MemoryFiles implements LogFiles {
    private static final int SECTOR = 32;

    /** What is done to the disk, in order: {@code write}, {@code force}, {@code truncate}, {@code create}, {@code directory}. */
    private final Map<String, IOException> faults = new TreeMap<>();

    private final Map<String, Error> errors = new TreeMap<>();

    private final Map<String, Node> names = new TreeMap<>();
    private final Map<String, Node> durableNames = new TreeMap<>();
    private long freeBytes = Long.MAX_VALUE;
    private int operationsUntilCut = Integer.MAX_VALUE;
    private Random chance = new Random(0);
    private boolean locked;

    /** Every such operation fails from now on; a write has then written a part. */
    synchronized void fail(String operation, String message) {
        faults.put(operation, new IOException(message));
    }

    /** Every such operation ends with an error from now on, which no code expects. */
    synchronized void fail(String operation, Error error) {
        errors.put(operation, error);
    }

    synchronized void heal() {
        faults.clear();
        errors.clear();
        freeBytes = Long.MAX_VALUE;
    }

    synchronized void leaveFree(long bytes) {
        freeBytes = bytes;
    }

    /** From that operation on, which is done in part, nothing works. */
    synchronized void cutPowerAfter(int operations, Random random) {
        operationsUntilCut = operations;
        chance = random;
    }

    synchronized boolean isPowerCut() {
        return operationsUntilCut <= 0;
    }

    /** The disk as the next start finds it. */
    synchronized MemoryFiles afterPowerCut(Random random) {
        MemoryFiles after = new MemoryFiles();
        Map<String, Node> found = new TreeMap<>(durableNames);
        names.forEach((name, node) -> {
            if (random.nextBoolean()) {
                found.put(name, node);
            }
        });
        durableNames.keySet().forEach(name -> {
            if (!names.containsKey(name) && random.nextBoolean()) {
                found.remove(name);
            }
        });
        found.forEach((name, node) -> {
            Node copy = new Node();
            copy.content = node.afterPowerCut(random);
            copy.forced = copy.content.clone();
            after.names.put(name, copy);
            after.durableNames.put(name, copy);
        });
        return after;
    }

    synchronized byte[] bytes(String file) {
        return node(file).content.clone();
    }

    synchronized void setBytes(String file, byte[] content) {
        Node node = names.computeIfAbsent(file, name -> new Node());
        node.content = content.clone();
        node.forced = content.clone();
        durableNames.put(file, node);
    }

    /** A copy that shares nothing, all of it durable. */
    synchronized MemoryFiles copy() {
        MemoryFiles copy = new MemoryFiles();
        names.forEach((name, node) -> copy.setBytes(name, node.content));
        return copy;
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public synchronized Closeable lock() throws IOException {
        if (locked) {
            throw new IOException("trade log memory is in use by another process");
        }
        locked = true;
        return () -> locked = false;
    }

    @Override
    public synchronized List<String> list() {
        return List.copyOf(names.keySet());
    }

    @Override
    public synchronized LogFile create(String file) throws IOException {
        begin("create");
        Node node = names.computeIfAbsent(file, name -> new Node());
        node.content = new byte[0];
        return new MemoryFile(node);
    }

    @Override
    public synchronized LogFile open(String file) {
        return new MemoryFile(node(file));
    }

    @Override
    public synchronized LogFile openForReading(String file) {
        return new MemoryFile(node(file));
    }

    @Override
    public synchronized void rename(String file, String name) throws IOException {
        begin("rename");
        names.put(name, node(file));
        names.remove(file);
    }

    @Override
    public synchronized void delete(String file) throws IOException {
        begin("delete");
        names.remove(file);
    }

    @Override
    public synchronized void forceDirectory() throws IOException {
        begin("directory");
        durableNames.clear();
        durableNames.putAll(names);
    }

    @Override
    public synchronized long usableBytes() {
        return freeBytes;
    }

    private Node node(String file) {
        Node node = names.get(file);
        if (node == null) {
            throw new IllegalStateException("no file " + file);
        }
        return node;
    }

    private void begin(String operation) throws IOException {
        IOException fault = fault(operation);
        if (fault != null) {
            throw fault;
        }
    }

    private @Nullable IOException fault(String operation) {
        if (operationsUntilCut != Integer.MAX_VALUE) {
            operationsUntilCut--;
        }
        Error error = errors.get(operation);
        if (error != null) {
            throw error;
        }
        IOException fault = faults.get(operation);
        if (isPowerCut()) {
            fault = new IOException("power cut");
        }
        return fault == null ? null : new IOException(fault.getMessage(), fault);
    }

    private static final class Node {
        byte[] content = new byte[0];
        byte[] forced = new byte[0];

        /** Sectors that were not forced are old or new, each by chance, and so is the size. */
        byte[] afterPowerCut(Random random) {
            int shorter = Math.min(content.length, forced.length);
            int longer = Math.max(content.length, forced.length);
            int size = longer == shorter ? longer : shorter + random.nextInt(longer - shorter + 1);
            byte[] after = Arrays.copyOf(forced, size);
            for (int at = 0; at < size; at += SECTOR) {
                if (random.nextBoolean()) {
                    int length = Math.max(0, Math.min(SECTOR, Math.min(size, content.length) - at));
                    System.arraycopy(content, Math.min(at, content.length), after, at, length);
                }
            }
            return after;
        }
    }

    private final class MemoryFile implements LogFile {
        private final Node node;

        MemoryFile(Node node) {
            this.node = node;
        }

        @Override
        public long size() {
            synchronized (MemoryFiles.this) {
                return node.content.length;
            }
        }

        @Override
        public int read(ByteBuffer to, long offset) {
            synchronized (MemoryFiles.this) {
                int length = (int) Math.min(to.remaining(), node.content.length - offset);
                if (length <= 0) {
                    return -1;
                }
                to.put(node.content, (int) offset, length);
                return length;
            }
        }

        @Override
        public void write(ByteBuffer[] from, long offset) throws IOException {
            synchronized (MemoryFiles.this) {
                IOException fault = fault("write");
                int length = Arrays.stream(from).mapToInt(ByteBuffer::remaining).sum();
                ByteBuffer all = ByteBuffer.allocate(length);
                for (ByteBuffer buffer : from) {
                    all.put(buffer);
                }
                int written = fault == null ? length : chance.nextInt(length + 1);
                if (written > freeBytes) {
                    written = (int) freeBytes;
                    fault = new IOException("No space left on device");
                }
                if (freeBytes != Long.MAX_VALUE) {
                    freeBytes -= written;
                }
                int size = Math.max(node.content.length, (int) offset + written);
                node.content = Arrays.copyOf(node.content, size);
                System.arraycopy(all.array(), 0, node.content, (int) offset, written);
                if (fault != null) {
                    throw fault;
                }
            }
        }

        @Override
        public void force(boolean metadata) throws IOException {
            synchronized (MemoryFiles.this) {
                begin("force");
                node.forced = node.content.clone();
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            synchronized (MemoryFiles.this) {
                begin("truncate");
                node.content = Arrays.copyOf(node.content, (int) Math.min(size, node.content.length));
            }
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
