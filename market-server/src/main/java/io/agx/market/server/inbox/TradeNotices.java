package io.agx.market.server.inbox;

import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.model.FixedPoint;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.json.NoticeData;
import io.agx.market.server.feed.Fill;
import io.agx.market.server.feed.FillListener;
import io.agx.market.server.feed.LogUnavailableException;
import io.agx.market.server.feed.LogUnavailableException.Reason;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.inbox.InboxRequest.Draft;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells buyer and seller of a trade, each by one private message of type {@code trade}: by (symbol, trade id, side) it is kept once however often the
 * fill comes. Thread-safe.
 */
public final class TradeNotices implements FillListener {
    private static final Logger LOG = LoggerFactory.getLogger(TradeNotices.class);

    /** The type of these messages. */
    public static final String TYPE = "trade";

    private static final long MAX_PUSHED_BACK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long MAX_DURABLE_SECONDS = 10;

    private final Inbox inbox;

    public TradeNotices(Inbox inbox) {
        this.inbox = inbox;
    }

    @Override
    public void onFills(List<Fill> fills) {
        List<Draft> drafts = new ArrayList<>();
        for (Fill fill : fills) {
            addSafely(drafts, fill, fill.buyerUserId(), "buy");
            addSafely(drafts, fill, fill.sellerUserId(), "sell");
        }
        List<CompletableFuture<List<SendResult>>> sent = new ArrayList<>();
        for (int from = 0; from < drafts.size(); from += InboxLimits.MAX_BATCH) {
            sent.add(send(drafts.subList(from, Math.min(drafts.size(), from + InboxLimits.MAX_BATCH))));
        }
        sent.forEach(TradeNotices::await);
    }

    /** A fill that cannot be told is nobody else's: fills of many publishers are told together. */
    private void addSafely(List<Draft> drafts, Fill fill, @Nullable String userId, String side) {
        try {
            add(drafts, fill, userId, side);
        } catch (IllegalArgumentException e) {
            LOG.error(
                    "a fill cannot be told: symbol={} id={}",
                    fill.trade().instrument().symbol(),
                    fill.trade().id(),
                    e);
        }
    }

    private void add(List<Draft> drafts, Fill fill, @Nullable String userId, String side) {
        if (userId == null) {
            return;
        }
        NewTrade trade = fill.trade();
        String symbol = trade.instrument().symbol().value();
        String price = FixedPoint.format(trade.price(), trade.instrument().priceScale());
        String quantity = FixedPoint.format(trade.quantity(), trade.instrument().quantityScale());
        String what = (side.equals("buy") ? "Bought " : "Sold ") + quantity + " " + symbol;
        String key = TYPE + ":" + symbol + ":" + trade.id() + ":" + side;
        UserMessage message = new UserMessage(
                userId,
                0,
                TYPE,
                what,
                what + " at " + price,
                NoticeData.ofTrade(symbol, fill.seq(), trade.id(), side, price, quantity, trade.timeMillis()),
                UserMessage.DEFAULT_SENDER,
                null,
                0,
                key);
        // A trade that was accepted just now cannot have been told of before.
        drafts.add(new Draft(message, fill.seq() > 0 ? null : inbox.lookUp(userId, key)));
    }

    private CompletableFuture<List<SendResult>> send(List<Draft> drafts) {
        long deadline = System.nanoTime() + MAX_PUSHED_BACK_NANOS;
        while (true) {
            try {
                return inbox.sendLooked(drafts);
            } catch (ProtocolException e) {
                if (System.nanoTime() - deadline > 0) {
                    throw unavailable(e);
                }
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private static void await(CompletableFuture<List<SendResult>> sent) {
        try {
            for (SendResult result : sent.get(MAX_DURABLE_SECONDS, TimeUnit.SECONDS)) {
                // More users than the server has inboxes for stay untold: offering the trade again would not change
                // that.
                if (result instanceof SendResult.Refused refused
                        && refused.code().temporary()) {
                    throw new LogUnavailableException(Reason.IO_ERROR, refused.message());
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LogUnavailableException unavailable) {
                throw unavailable;
            }
            throw unavailable(e.getCause());
        } catch (TimeoutException e) {
            throw unavailable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(e);
        }
    }

    private static LogUnavailableException unavailable(@Nullable Throwable cause) {
        return new LogUnavailableException(Reason.IO_ERROR, "the users cannot be told of their trades now: " + cause);
    }
}
