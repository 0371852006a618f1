package io.agx.market.server.subscriber;

import io.agx.market.core.protocol.CloseCode;
import io.agx.market.server.room.Publication;
import io.agx.market.server.room.Ranking;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All connections. Owned by the flush thread; bounded by what the server accepts. */
public final class SubscriberRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(SubscriberRegistry.class);

    /**
     * How long a peer may take to answer a Close frame, in ticks from the one that finds its connection ended: 5 to 6 s. The time-out of a
     * container may wait for silence.
     */
    private static final int CLOSE_TICKS = 5;

    /** Ended connections that are kept to be looked at: some 60 KB. */
    public static final int MAX_ENDS = 200;

    private final Set<Subscriber> subscribers = new LinkedHashSet<>();
    // Both ways; who has shown no token is in neither.
    private final Map<String, Set<Subscriber>> byUser = new HashMap<>();
    private final Map<Subscriber, String> users = new HashMap<>();
    // By the name of the transport. Written by the flush thread, read by anyone.
    private final ConcurrentHashMap<String, Integer> byTransport = new ConcurrentHashMap<>();
    private final DeliveryCounters counters = new DeliveryCounters();
    // In the order of their ends: those of the last seconds whose TCP connection may still be there.
    private final ArrayDeque<Closing> closing = new ArrayDeque<>();
    // The newest last.
    private final ArrayDeque<EndedConnection> ends = new ArrayDeque<>(MAX_ENDS);
    private long ticks;
    // Written by the flush thread, read by anyone.
    private volatile int count;

    private final IntSupplier connectionsPerUser;

    /** Any number of connections of a user. */
    public SubscriberRegistry() {
        this(() -> Integer.MAX_VALUE);
    }

    /** @param connectionsPerUser 1 or higher; asked on the flush thread whenever a connection becomes a user's */
    public SubscriberRegistry(IntSupplier connectionsPerUser) {
        this.connectionsPerUser = connectionsPerUser;
    }

    private record Closing(Transport transport, long untilTick) {}

    public void add(Subscriber subscriber) {
        if (subscribers.add(subscriber)) {
            byTransport.merge(subscriber.transport().name(), 1, Integer::sum);
        }
        counters.add(DeliveryCounters.Count.CONNECTIONS, 1);
        count = subscribers.size();
    }

    /**
     * The connection is gone: the peer or the network ended it, if the server had not.
     *
     * @param code as the container tells it; 1006 if there was no Close frame
     */
    public void remove(Subscriber subscriber, int code, String reason) {
        subscriber.closedByPeer(code, reason);
        remove(subscriber);
    }

    public void remove(Subscriber subscriber) {
        subscriber.closed();
        EndedConnection ended = subscriber.ended(users.get(subscriber));
        forgetUser(subscriber);
        if (subscribers.remove(subscriber)) {
            byTransport.merge(subscriber.transport().name(), -1, Integer::sum);
            if (ended != null) {
                note(ended);
            }
        }
        count = subscribers.size();
    }

    private void note(EndedConnection ended) {
        if (ends.size() == MAX_ENDS) {
            ends.remove();
        }
        ends.add(ended);
    }

    /** The connections that ended last, the newest first; one that the server ended is among them about a second later. */
    public List<EndedConnection> ends() {
        List<EndedConnection> newestFirst = new ArrayList<>(ends.size());
        ends.descendingIterator().forEachRemaining(newestFirst::add);
        newestFirst.sort(
                Comparator.comparingLong(EndedConnection::endedTimeMillis).reversed());
        return newestFirst;
    }

    /** The first connections in an order; looks at each once. */
    public ConnectionFigures.First first(ConnectionFigures.Order order, int limit) {
        List<Subscriber> open = new ArrayList<>(subscribers.size());
        for (Subscriber subscriber : subscribers) {
            if (!subscriber.hasEnded()) {
                open.add(subscriber);
            }
        }
        List<ConnectionFigures> first = Ranking.highest(open, subscriber -> subscriber.rank(order), limit).stream()
                .map(subscriber -> subscriber.figures(users.get(subscriber)))
                .toList();
        return new ConnectionFigures.First(open.size(), first);
    }

    /**
     * Notes whose connection this is from now on, in place of who it was; does nothing if it has ended. One more than a user may have is ended
     * with {@link CloseCode#CONNECTION_LIMIT}.
     */
    public void identify(Subscriber subscriber, String userId) {
        forgetUser(subscriber);
        if (subscribers.contains(subscriber) && !subscriber.hasEnded()) {
            long others = byUser.getOrDefault(userId, Set.of()).stream()
                    .filter(other -> !other.hasEnded())
                    .count();
            int most = connectionsPerUser.getAsInt();
            if (others >= most) {
                subscriber.end(
                        CloseCode.CONNECTION_LIMIT, "a user may have " + most + " connections, and this one has");
                return;
            }
            users.put(subscriber, userId);
            byUser.computeIfAbsent(userId, key -> new LinkedHashSet<>(2)).add(subscriber);
        }
    }

    /** Notes that it is nobody's any more: its token has expired. */
    public void forgetUser(Subscriber subscriber) {
        String userId = users.remove(subscriber);
        Set<Subscriber> own = userId == null ? null : byUser.get(userId);
        if (own != null && own.remove(subscriber) && own.isEmpty()) {
            byUser.remove(userId);
        }
    }

    /** The connections of a user, in the order in which they came; a copy. */
    public List<Subscriber> ofUser(String userId) {
        return List.copyOf(byUser.getOrDefault(userId, Set.of()));
    }

    /** What was delivered to all of them, and to those before them; thread-safe to read. */
    public DeliveryCounters counters() {
        return counters;
    }

    /** Connections now that are written to in this way; thread-safe. */
    public int count(String transport) {
        return byTransport.getOrDefault(transport, 0);
    }

    /** Connections now; thread-safe. */
    public int count() {
        return count;
    }

    /** Heartbeats and time-outs of all; called once a second. A peer that keeps its connection after it was ended is cut off. */
    public void tick() {
        ticks++;
        List<Subscriber> gone = new ArrayList<>();
        long messages = 0;
        long bytes = 0;
        long mostBytes = 0;
        long writing = 0;
        for (Subscriber subscriber : subscribers) {
            tickSafely(subscriber);
            if (subscriber.hasEnded()) {
                gone.add(subscriber);
                continue;
            }
            long waiting = subscriber.waitingBytes();
            messages += subscriber.waitingMessages();
            bytes += waiting;
            mostBytes = Math.max(mostBytes, waiting);
            writing += subscriber.isWriting() ? 1 : 0;
        }
        counters.waiting(new DeliveryCounters.Waiting(messages, bytes, mostBytes, writing));
        gone.forEach(subscriber -> {
            remove(subscriber);
            closing.add(new Closing(subscriber.transport(), ticks + CLOSE_TICKS));
        });
        while (!closing.isEmpty() && closing.element().untilTick <= ticks) {
            closing.remove().transport.abort();
        }
    }

    private static void tickSafely(Subscriber subscriber) {
        try {
            subscriber.tick();
        } catch (Throwable e) {
            LOG.error("a connection is ended: connection={}", subscriber.id(), e);
            subscriber.fail();
        }
    }

    public Optional<Subscriber> find(String id) {
        return subscribers.stream()
                .filter(subscriber -> subscriber.id().equals(id))
                .findFirst();
    }

    /** Sends a message, encoded once, to every connection: the room {@code system}. */
    public void broadcast(Publication message) {
        subscribers.forEach(subscriber -> subscriber.reply(message));
    }

    /** Does something with every connection and a value of its own: as many values as there are connections. */
    public <T> void forEach(List<T> values, BiConsumer<Subscriber, T> action) {
        Iterator<T> next = values.iterator();
        List.copyOf(subscribers).forEach(subscriber -> action.accept(subscriber, next.next()));
    }

    /** Ends every connection once what waits for it is written. */
    public void endAllWhenSent(CloseCode code, String reason) {
        List.copyOf(subscribers).forEach(subscriber -> subscriber.endWhenSent(code, reason));
    }

    /** Ends every connection. */
    public void endAll(CloseCode code, String reason) {
        List<Subscriber> all = List.copyOf(subscribers);
        all.forEach(subscriber -> {
            subscriber.end(code, reason);
            remove(subscriber);
        });
    }
}
