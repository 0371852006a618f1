package io.agx.market.server.admin;

/**
 * What the server has done since its start, and what it holds. Immutable.
 *
 * @param timeMillis when, epoch milliseconds
 * @param uptimeMillis since the process began
 * @param tradesAccepted trades made durable
 * @param duplicates trades that were in the log already
 * @param rejected trades that broke a rule
 * @param messages handed to sockets, one for each receiver
 * @param bytes of these messages, before compression and framing
 * @param writes to sockets
 * @param conflated messages that a newer value replaced while they waited
 * @param dropped messages of log rooms that were dropped for slow readers
 * @param connections now
 * @param rooms open now, each rate counted for itself
 * @param journalQueuedTrades taken on and not durable yet
 * @param engineQueuedBatches durable and not applied yet
 * @param storeLagBytes of the log that the database does not have yet
 * @param heapUsedBytes of the JVM
 * @param heapMaxBytes of the JVM
 * @param cpuNanos of the process, user and system; 0 if the system does not tell
 */
public record ServerFigures(
        long timeMillis,
        long uptimeMillis,
        long tradesAccepted,
        long duplicates,
        long rejected,
        long messages,
        long bytes,
        long writes,
        long conflated,
        long dropped,
        long connections,
        long rooms,
        long journalQueuedTrades,
        long engineQueuedBatches,
        long storeLagBytes,
        long heapUsedBytes,
        long heapMaxBytes,
        long cpuNanos) {}
