package io.agx.market.server.testing;

import io.agx.market.core.protocol.CloseCode;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.json.EventDecoder;
import io.agx.market.server.room.Publication;
import io.agx.market.server.subscriber.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Records what is written; holds writes back as a peer that does not read. Thread-safe. */
public final class RecordingTransport implements Transport {
    private final List<List<String>> writes = new ArrayList<>();
    private boolean holding;
    private @Nullable Runnable held;
    private @Nullable CloseCode closeCode;
    private String closeReason = "";
    private boolean aborted;
    private int pings;
    private int lastNonce;
    private @Nullable RuntimeException fault;

    /** From now on a write does not end before {@link #release}. */
    public synchronized RecordingTransport hold() {
        holding = true;
        return this;
    }

    /** Ends the write that is held, and holds the next one. */
    public void releaseOne() {
        Runnable done;
        synchronized (this) {
            done = held;
            held = null;
        }
        if (done != null) {
            done.run();
        }
    }

    /** Ends the write that is held; the next ones end at once. */
    public void release() {
        synchronized (this) {
            holding = false;
        }
        releaseOne();
    }

    /** From now on writes and pings throw, as they never should. */
    public synchronized void breakWith(RuntimeException cause) {
        fault = cause;
    }

    /** Each gathered write, as its messages. */
    public synchronized List<List<String>> writes() {
        return List.copyOf(writes);
    }

    /** All messages in order. */
    public synchronized List<String> messages() {
        return writes.stream().flatMap(List::stream).toList();
    }

    /** All messages in order, decoded; the bare texts PING and PONG are left out. */
    public List<ReceivedEvent> events() {
        return messages().stream()
                .filter(message -> message.startsWith("{"))
                .map(EventDecoder::decode)
                .toList();
    }

    /** The events of one kind, in order. */
    public <E extends ReceivedEvent> List<E> events(Class<E> kind) {
        return events().stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** The newest event of a kind. */
    public <E extends ReceivedEvent> E last(Class<E> kind) {
        List<E> all = events(kind);
        if (all.isEmpty()) {
            throw new AssertionError("no " + kind.getSimpleName() + " in " + messages());
        }
        return all.get(all.size() - 1);
    }

    /** Forgets what was written. */
    public synchronized void clear() {
        writes.clear();
    }

    public synchronized Optional<CloseCode> closeCode() {
        return Optional.ofNullable(closeCode);
    }

    public synchronized String closeReason() {
        return closeReason;
    }

    public synchronized boolean aborted() {
        return aborted;
    }

    public synchronized int pings() {
        return pings;
    }

    /** Payload of the newest ping. */
    public synchronized int lastNonce() {
        return lastNonce;
    }

    @Override
    public String name() {
        return "recording";
    }

    @Override
    public synchronized boolean write(List<Publication> messages, Runnable done) {
        if (held != null) {
            throw new AssertionError("a second write while one is under way");
        }
        if (fault != null) {
            throw fault;
        }
        writes.add(messages.stream().map(Publication::text).toList());
        if (holding) {
            held = done;
        }
        return !holding;
    }

    @Override
    public synchronized void ping(int nonce) {
        if (fault != null) {
            throw fault;
        }
        pings++;
        lastNonce = nonce;
    }

    @Override
    public synchronized void close(CloseCode code, String reason) {
        closeCode = code;
        closeReason = reason;
    }

    @Override
    public synchronized void abort() {
        aborted = true;
    }

    public synchronized boolean isOpen() {
        return closeCode == null && !aborted;
    }
}
