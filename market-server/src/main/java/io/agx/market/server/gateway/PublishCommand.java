package io.agx.market.server.gateway;

import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.Problem;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.RequestId;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.core.protocol.ServerEvent.PublishResult;
import io.agx.market.server.feed.TradeResult;
import io.agx.market.server.feed.TradeResult.Rejected;
import io.agx.market.server.identity.Scope;
import io.agx.market.server.publish.ParsedTrade;
import io.agx.market.server.publish.PublishAcks;
import io.agx.market.server.publish.Publishing;
import io.agx.market.server.publish.Publishing.Outcome;
import io.agx.market.server.publish.QuotePublishing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code publish}: trades, answered once they are durable, or quotes, answered at once. Never waits: the trades are offered on the thread
 * that reads the connection, so they stay in its order, and answered from {@link PublishAcks}. Thread-safe.
 */
final class PublishCommand {
    /** When a publisher beyond its credit should try again: about the time of some answers. */
    private static final long RETRY_AFTER_MILLIS = 10;

    private final Publishing trades;
    private final QuotePublishing quotes;
    private final PublishAcks acks;

    PublishCommand(Publishing trades, QuotePublishing quotes, PublishAcks acks) {
        this.trades = trades;
        this.quotes = quotes;
        this.acks = acks;
    }

    /** Where answers go, from any thread. */
    interface Replies {
        /** @param taken run once the answer is the connection's to send: nothing waits for it any more */
        void send(ServerEvent event, Runnable taken);
    }

    /** @throws ProtocolException if the peer may not publish */
    void run(ClientCommand.Publish command, Access access, PublishCredit credit, Replies replies) {
        access.require(Scope.PUBLISH);
        Consumer<ServerEvent> reply = event -> replies.send(event, () -> {});
        int count = command.count();
        if (!credit.tryTake(count)) {
            reply.accept(pushedBack(
                    command.id(),
                    "a connection may have " + PublishCredit.TRADES
                            + " trades or quotes without an answer, and this one may publish " + credit.left()
                            + " more now; nothing was kept of " + count,
                    RETRY_AFTER_MILLIS));
            credit.refuse();
        } else if (command.what() == ClientCommand.Published.QUOTES) {
            publishQuotes(command, credit, replies);
        } else {
            publishTrades(command, credit, reply);
        }
    }

    private void publishTrades(ClientCommand.Publish command, PublishCredit credit, Consumer<ServerEvent> reply) {
        int count = command.count();
        boolean taken = false;
        try {
            taken = offer(command, credit, reply);
        } finally {
            if (!taken) {
                credit.giveBack(count);
                credit.refuse();
            }
        }
    }

    /** Whether the trades' places are kept until they are answered. */
    private boolean offer(ClientCommand.Publish command, PublishCredit credit, Consumer<ServerEvent> reply) {
        List<ParsedTrade> parsed = trades.read(command.elementsJson());
        int count = parsed.size();
        if (!acks.tryTake(count)) {
            reply.accept(pushedBack(command.id(), "too much is in flight; nothing was kept", RETRY_AFTER_MILLIS));
            return false;
        }
        Outcome outcome;
        try {
            outcome = trades.offer(parsed, command.atomic());
        } catch (RuntimeException e) {
            acks.giveBack(count);
            throw e;
        }
        if (outcome instanceof Outcome.Taken taken) {
            acks.answer(parsed, taken.durable(), new Answer(command.id(), count, credit, reply));
            return true;
        }
        acks.giveBack(count);
        if (outcome instanceof Outcome.Refused refused) {
            reply.accept(new ServerEvent.Published(
                    command.id(), Math.min(PublishCredit.TRADES, credit.left() + count), told(refused.results())));
        } else {
            long retryAfterMillis = ((Outcome.PushedBack) outcome).retryAfterMillis();
            reply.accept(pushedBack(command.id(), "too much is in flight; nothing was kept", retryAfterMillis));
        }
        return false;
    }

    /** Their places are kept until the answer is sent, so that a publisher that does not read it is slowed down. */
    private void publishQuotes(ClientCommand.Publish command, PublishCredit credit, Replies replies) {
        List<QuotePublishing.Parsed> parsed = quotes.read(command.elementsJson());
        List<PublishResult> results = new ArrayList<>(parsed.size());
        for (Optional<Rejected> rejected : quotes.offer(parsed, command.atomic())) {
            results.add(rejected.isEmpty() ? new PublishResult.Accepted(0) : told((TradeResult) rejected.get()));
        }
        int count = command.count();
        long left = Math.min(PublishCredit.TRADES, credit.left() + count);
        replies.send(new ServerEvent.Published(command.id(), left, results), () -> credit.giveBack(count));
    }

    private static ServerEvent pushedBack(@Nullable RequestId id, String message, long retryAfterMillis) {
        return new ServerEvent.ErrorEvent(id, new Problem(ErrorCode.BACK_PRESSURE, null, message), retryAfterMillis);
    }

    private static List<PublishResult> told(List<TradeResult> results) {
        List<PublishResult> told = new ArrayList<>(results.size());
        for (TradeResult result : results) {
            told.add(told(result));
        }
        return told;
    }

    private static PublishResult told(TradeResult result) {
        if (result instanceof TradeResult.Accepted accepted) {
            return new PublishResult.Accepted(accepted.seq());
        }
        return result instanceof Rejected rejected
                ? new PublishResult.Rejected(rejected.code(), rejected.message())
                : new PublishResult.Duplicate();
    }

    private static final class Answer implements PublishAcks.Publisher {
        private final @Nullable RequestId id;
        private final int count;
        private final PublishCredit credit;
        private final Consumer<ServerEvent> reply;

        Answer(@Nullable RequestId id, int count, PublishCredit credit, Consumer<ServerEvent> reply) {
            this.id = id;
            this.count = count;
            this.credit = credit;
            this.reply = reply;
        }

        @Override
        public void onDurable(List<TradeResult> results) {
            credit.giveBack(count);
            reply.accept(new ServerEvent.Published(id, credit.left(), told(results)));
        }

        @Override
        public void onFailure(ProtocolException why) {
            credit.giveBack(count);
            reply.accept(ServerEvent.ErrorEvent.of(why.of(id)));
        }
    }
}
