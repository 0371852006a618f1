package io.agx.market.server.admin;

import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.server.room.RoomLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** Asks the flush thread, which copies what is wanted; the asking thread waits for a bounded time. Thread-safe. */
final class FlushThread {
    /** A round takes milliseconds: who waits longer is told, and need not wait for a thread that hangs. */
    private static final long TIMEOUT_MILLIS = 2_000;

    /** Questions under way, so that operators cannot hold up the rooms: each takes up to a millisecond with 15,000 connections. */
    static final int MAX_QUESTIONS = 4;

    private final RoomLoop loop;
    private final long timeoutMillis;
    private final Semaphore free = new Semaphore(MAX_QUESTIONS);
    // Written by the flush thread, read by anyone.
    private volatile long longestNanos;
    private volatile long totalNanos;
    private volatile long questions;
    private final LongAdder refused = new LongAdder();

    FlushThread(RoomLoop loop) {
        this(loop, TIMEOUT_MILLIS);
    }

    /** @param timeoutMillis how long an asking thread waits */
    FlushThread(RoomLoop loop, long timeoutMillis) {
        this.loop = loop;
        this.timeoutMillis = timeoutMillis;
    }

    /**
     * @param question run on the flush thread, if it comes to it in time
     * @throws ProtocolException {@link ErrorCode#BACK_PRESSURE} if too many ask, or there is no answer in time; or what the question throws
     */
    <T> T ask(Supplier<T> question) {
        if (!free.tryAcquire()) {
            refused.increment();
            throw busy(MAX_QUESTIONS + " questions are under way already");
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.execute(() -> {
            long startNanos = System.nanoTime();
            try {
                if (!answer.isDone()) {
                    answer.complete(question.get());
                }
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
            } finally {
                count(System.nanoTime() - startNanos);
                free.release();
            }
        });
        return await(answer);
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField") // One writer.
    private void count(long heldNanos) {
        longestNanos = Math.max(longestNanos, heldNanos);
        totalNanos = totalNanos + heldNanos;
        questions = questions + 1;
    }

    long longestNanos() {
        return longestNanos;
    }

    long totalNanos() {
        return totalNanos;
    }

    int openQuestions() {
        return MAX_QUESTIONS - free.availablePermits();
    }

    long refusedCount() {
        return refused.sum();
    }

    long questionCount() {
        return questions;
    }

    /** What comes from the flush thread; as {@link #ask}. */
    <T> T await(CompletableFuture<T> answer) {
        try {
            return answer.get(timeoutMillis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(false); // So that it is not asked any more.
            throw busy("the flush thread did not answer within " + timeoutMillis + " ms");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw busy("the server is stopping");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ProtocolException known) {
                throw known;
            }
            throw new IllegalStateException("the flush thread could not answer", e.getCause());
        }
    }

    private static ProtocolException busy(String message) {
        return new ProtocolException(ErrorCode.BACK_PRESSURE, null, message);
    }
}
