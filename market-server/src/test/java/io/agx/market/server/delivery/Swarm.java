package io.agx.market.server.delivery;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Up to 15,000 WebSocket connections of one thread, {@code swarm}, which owns all of them: tests tell it what to do and ask what it
 * saw, and both happen there. It is a client of its own, so that nothing of the server's judges the server.
 */
final class Swarm implements AutoCloseable {
    private static final int MAX_PEERS = 15_000;
    private static final int READ_BYTES = 262_144;
    private static final long SELECT_MILLIS = 10;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long FLOOD_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int MAX_PROBLEMS = 20;

    final Latencies latencies = new Latencies();
    final PushReader reader = new PushReader();
    long pings;
    long pongs;
    long heartbeats;
    /** Pushes of tickers and candles. */
    long states;

    @Nullable
    String transport;

    private final Selector selector = Selector.open();
    private final Thread thread = new Thread(this::run, "swarm");
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
    private final List<Peer> peers = new ArrayList<>();
    private final Queue<Peer> toConnect = new ArrayDeque<>();
    private final PriorityQueue<Return> returning = new PriorityQueue<>(Comparator.comparingLong(Return::dueNanos));
    private final List<String> problems = new ArrayList<>();
    private final Random random;
    private final int port;
    private int connecting;
    private int mostConnecting = 128;
    private int live;
    private long failedConnects;
    private long refusedConnects;
    private long unwantedEnds;
    private String lastNote = "";
    private volatile boolean closing;

    private record Return(long dueNanos, Peer peer) {}

    /**
     * What all connections saw.
     *
     * @param failedConnects connects that the server ended before they were live
     * @param refusedConnects connects of peers that come back by themselves, while the server was not there
     * @param unwantedEnds live connections that ended without the test's doing
     * @param told trades that a {@code gap} named
     * @param problems what is never to happen, such as a frame that is none
     */
    record Tally(
            int live,
            long failedConnects,
            long refusedConnects,
            long unwantedEnds,
            long received,
            long told,
            long missing,
            long duplicates,
            long outOfOrder,
            long misplacedGaps,
            List<String> problems) {

        /** Whether each trade came exactly once and in order, or was told. */
        boolean isWhole() {
            return missing == 0 && duplicates == 0 && outOfOrder == 0 && misplacedGaps == 0 && problems.isEmpty();
        }
    }

    private Swarm(int port, long seed) throws IOException {
        this.port = port;
        this.random = new Random(seed);
        thread.setDaemon(true);
    }

    /** A swarm for the server on this loopback port; its randomness is printed. */
    static Swarm of(int port) throws IOException {
        long seed = System.nanoTime();
        System.out.println("swarm: port=" + port + " seed=" + seed);
        Swarm swarm = new Swarm(port, seed);
        swarm.thread.start();
        return swarm;
    }

    /** Connects new peers; they become live some time later. */
    List<Peer> join(int count, Manners manners, IntFunction<String> roomOf) {
        return ask(() -> {
            if (peers.size() + count > MAX_PEERS) {
                throw new IllegalStateException("a swarm has at most " + MAX_PEERS + " peers");
            }
            List<Peer> joined = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                joined.add(new Peer(this, roomOf.apply(i), manners));
            }
            peers.addAll(joined);
            toConnect.addAll(joined);
            return joined;
        });
    }

    /** Ends the TCP connections, by FIN or by RST, as peers that vanish. */
    void drop(List<Peer> dropped, boolean reset) {
        ask(() -> {
            for (Peer peer : dropped) {
                forget(peer);
                peer.drop(reset);
            }
            return dropped.size();
        });
    }

    /** Connects dropped peers again, as many at once as told; each asks for what it missed. */
    void reconnect(List<Peer> dropped, int atOnce) {
        ask(() -> {
            mostConnecting = atOnce;
            return toConnect.addAll(dropped);
        });
    }

    /** Has peers come back by themselves whenever the server ends them. */
    void comeBack(List<Peer> loyal) {
        ask(() -> {
            loyal.forEach(peer -> peer.comesBack = true);
            return loyal.size();
        });
    }

    /** Has peers that flood stop it. */
    void calm(List<Peer> flooding) {
        ask(() -> {
            flooding.forEach(Peer::calm);
            return flooding.size();
        });
    }

    /** Has peers read again that did not. */
    void resume(List<Peer> stalled) {
        ask(() -> {
            stalled.forEach(Peer::resume);
            return stalled.size();
        });
    }

    int live() {
        return ask(() -> live);
    }

    /** Whether every connect has come to an end, well or not. */
    boolean isSettled() {
        return ask(() -> connecting == 0 && toConnect.isEmpty());
    }

    /** Whether these have every trade up to there, received or told. */
    boolean have(List<Peer> some, long seq) {
        return ask(() -> some.stream().allMatch(peer -> peer.cursor.lastSeq() >= seq));
    }

    /** Forgets the latencies so far. */
    void clearLatencies() {
        ask(() -> {
            latencies.clear();
            return true;
        });
    }

    Tally tally() {
        return ask(() -> tallyOf(peers));
    }

    Tally tally(List<Peer> some) {
        return ask(() -> tallyOf(some));
    }

    /** Runs on the swarm's thread, where all that it and its peers have may be read. */
    <T> T ask(Supplier<T> question) {
        FutureTask<T> task = new FutureTask<>(question::get);
        tasks.add(task);
        selector.wakeup();
        try {
            return task.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the swarm did not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** The id of its thread, whose CPU is not the server's. */
    long threadId() {
        return thread.getId();
    }

    @Override
    public void close() throws IOException {
        closing = true;
        selector.wakeup();
        try {
            thread.join(30_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Peer peer : peers) {
            peer.drop(true);
        }
        selector.close();
    }

    /** What may happen, and tells something where a test fails. */
    void note(String text) {
        lastNote = text;
    }

    void problem(String text) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(text);
        }
    }

    void onLive() {
        live++;
        connecting--;
    }

    private Tally tallyOf(List<Peer> some) {
        long received = 0;
        long told = 0;
        long missing = 0;
        long duplicates = 0;
        long outOfOrder = 0;
        long misplacedGaps = 0;
        int liveOfThem = 0;
        for (Peer peer : some) {
            received += peer.cursor.received;
            told += peer.cursor.told;
            missing += peer.cursor.missing;
            duplicates += peer.cursor.duplicates;
            outOfOrder += peer.cursor.outOfOrder;
            misplacedGaps += peer.cursor.misplacedGaps;
            liveOfThem += peer.state == Peer.State.LIVE ? 1 : 0;
        }
        return new Tally(
                liveOfThem,
                failedConnects,
                refusedConnects,
                unwantedEnds,
                received,
                told,
                missing,
                duplicates,
                outOfOrder,
                misplacedGaps,
                List.copyOf(problems));
    }

    private void run() {
        long nextTickNanos = System.nanoTime();
        long nextFloodNanos = nextTickNanos;
        while (!closing) {
            try {
                selector.select(SELECT_MILLIS);
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
                for (SelectionKey key : selector.selectedKeys()) {
                    act((Peer) key.attachment(), peer -> peer.onReady(buffer));
                }
                selector.selectedKeys().clear();
                long now = System.nanoTime();
                boolean tick = now - nextTickNanos >= 0;
                if (tick) {
                    nextTickNanos = now + TICK_NANOS;
                }
                boolean flood = now - nextFloodNanos >= 0;
                if (flood) {
                    nextFloodNanos = now + FLOOD_NANOS;
                }
                behave(tick, flood);
                connectDue(now);
            } catch (IOException e) {
                problem("selector: " + e);
            }
        }
    }

    private void behave(boolean tick, boolean flood) {
        if (!tick && !flood) {
            return;
        }
        for (Peer peer : peers) {
            if (peer.manners == Manners.GOOD) {
                continue;
            }
            if (flood) {
                act(peer, Peer::flood);
            }
            if (tick) {
                act(peer, badMannered -> badMannered.tick(buffer));
            }
        }
    }

    private void connectDue(long now) {
        while (!returning.isEmpty() && returning.element().dueNanos - now <= 0) {
            toConnect.add(returning.remove().peer);
        }
        while (connecting < mostConnecting && !toConnect.isEmpty()) {
            connecting++;
            act(toConnect.remove(), peer -> peer.connect(selector, port));
        }
    }

    @FunctionalInterface
    private interface Act {
        void on(Peer peer) throws IOException;
    }

    private void act(Peer peer, Act act) {
        try {
            act.on(peer);
        } catch (IOException e) {
            ended(peer, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            problem("a message that cannot be read: " + e);
            ended(peer, String.valueOf(e.getMessage()));
        }
    }

    private void ended(Peer peer, String why) {
        Peer.State was = peer.state;
        forget(peer);
        peer.drop(true);
        note(why);
        if (was == Peer.State.LIVE && peer.manners == Manners.GOOD && !peer.comesBack) {
            unwantedEnds++;
        } else if (was != Peer.State.LIVE && was != Peer.State.NONE) {
            if (peer.comesBack) {
                refusedConnects++;
            } else {
                failedConnects++;
                System.out.println("swarm: connect failed in state " + was + ": " + why);
            }
        }
        if (peer.comesBack) {
            long delayMillis = 100 + random.nextInt(400);
            returning.add(new Return(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMillis), peer));
        }
    }

    /** Takes a peer out of the counts of those that are live or under way. */
    private void forget(Peer peer) {
        switch (peer.state) {
            case LIVE -> live--;
            case NONE -> {}
            default -> connecting--;
        }
    }

    @Override
    public String toString() {
        return tally() + " " + ask(latencies::toString) + " last note: " + ask(() -> lastNote);
    }
}
