package io.agx.market.server.drill;

import com.fasterxml.jackson.databind.JsonNode;
import io.agx.market.server.durability.AckLedger;
import io.agx.market.server.durability.RestClient;
import io.agx.market.server.durability.SentTrade;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Three publishers of 100 trades a second each, in batches of ten, that go on whatever they are answered, and write into a ledger what
 * they are told. A batch that is late makes the next no later.
 */
final class Publishers implements AutoCloseable {
    private static final int PUBLISHERS = 3;
    private static final int BATCH = 10;
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final RestClient rest;
    private final AckLedger ledger;
    private final LongSupplier clockMillis;
    private final List<Thread> threads = new ArrayList<>();
    private final Map<Integer, AtomicLong> statuses = new ConcurrentSkipListMap<>();
    private final AtomicLong rejected = new AtomicLong();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong worstNanos = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private volatile boolean closing;

    /** @param clockMillis of the publishers, for the trades' times */
    Publishers(int port, AckLedger ledger, Random random, LongSupplier clockMillis) {
        this.rest = new RestClient(port);
        this.ledger = ledger;
        this.clockMillis = clockMillis;
        for (int i = 0; i < PUBLISHERS; i++) {
            Random choices = new Random(random.nextLong());
            Thread thread = new Thread(() -> run(choices), "publish-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** How often each HTTP status was answered. */
    Map<Integer, AtomicLong> statuses() {
        return statuses;
    }

    /** Trades that were answered with their seq. */
    long accepted() {
        return accepted.get();
    }

    /** Trades that were refused one by one, in a batch that was answered 200. */
    long rejected() {
        return rejected.get();
    }

    /** Requests that ended without an answer. */
    long unanswered() {
        return lost.get();
    }

    /** The longest wait for an answer. */
    long worstMillis() {
        return TimeUnit.NANOSECONDS.toMillis(worstNanos.get());
    }

    @Override
    public void close() {
        closing = true;
        Drills.join(threads);
    }

    private void run(Random choices) {
        long dueNanos = System.nanoTime();
        while (!closing) {
            for (long wait = dueNanos - System.nanoTime(); wait > 0; wait = dueNanos - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            publish(choices);
            dueNanos += PERIOD_NANOS;
        }
    }

    private void publish(Random choices) {
        List<SentTrade> batch = new ArrayList<>(BATCH);
        long now = clockMillis.getAsLong();
        for (int i = 0; i < BATCH; i++) {
            batch.add(ledger.newTrade(choices, now));
        }
        long startNanos = System.nanoTime();
        try {
            RestClient.Answer answer = rest.publish(batch);
            worstNanos.accumulateAndGet(System.nanoTime() - startNanos, Math::max);
            statuses.computeIfAbsent(answer.status(), status -> new AtomicLong())
                    .incrementAndGet();
            if (answer.status() == 200) {
                settle(batch, answer.body().get("results"));
            } else {
                ledger.doubt(batch);
            }
        } catch (IOException e) {
            ledger.doubt(batch);
            lost.incrementAndGet();
        }
    }

    private void settle(List<SentTrade> batch, JsonNode results) {
        List<SentTrade> acked = new ArrayList<>(BATCH);
        List<SentTrade> refused = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            JsonNode result = results.get(i);
            if (result.get("ok").booleanValue()) {
                acked.add(batch.get(i).withSeq(result.get("seq").longValue()));
            } else {
                refused.add(batch.get(i));
            }
        }
        ledger.ack(acked);
        ledger.doubt(refused);
        accepted.addAndGet(acked.size());
        rejected.addAndGet(refused.size());
    }
}
