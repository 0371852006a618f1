package io.agx.market.server;

import io.agx.market.server.inbox.Inbox;
import io.agx.market.server.inbox.InboxCounters;
import io.agx.market.server.metrics.Metrics;

/** What {@code /metrics} tells of inboxes. */
final class InboxMeters {
    private InboxMeters() {}

    static void register(Metrics metrics, Inbox inbox) {
        InboxCounters counters = inbox.counters();
        metrics.counter("market.inbox.messages", "Private messages made durable.", counters::addedCount);
        metrics.counter(
                "market.inbox.pushes",
                "Private messages pushed, each once for all connections of its user.",
                counters::pushedCount);
        metrics.counter(
                "market.inbox.failed.groups",
                "Groups of private messages of which nothing was kept.",
                counters::failedGroupCount);
        metrics.counter(
                "market.inbox.pushed.back",
                "Requests of private messages refused because too much waited.",
                counters::pushedBackCount);
        metrics.gauge("market.inbox.users", "Users with an inbox.", inbox::userCount);
        metrics.gauge("market.inbox.recent", "Private messages in memory.", inbox::recentCount);
        metrics.gauge("market.inbox.queue", "Requests that wait for the inboxes' thread.", inbox::queuedRequests);
    }
}
