package io.agx.market.server.journal;

import io.agx.market.core.inbox.InboxHead;
import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Trade;
import java.util.List;

/** One record of the trade log. Immutable. */
public sealed interface LogEntry {
    /** An instrument was defined, or its definition changed. Comes before the first trade that names its id. */
    record InstrumentDefined(Instrument instrument) implements LogEntry {}

    /** A trade was accepted. {@code trade.seq()} is one more than that of the instrument's trade before. */
    record TradeAccepted(int instrumentId, Trade trade) implements LogEntry {}

    /** Something happened in a user's inbox. */
    sealed interface OfInbox extends LogEntry {
        String userId();

        /** The user's inbox after it. An inbox that has it already is as it was. */
        InboxHead applyTo(InboxHead head);
    }

    /** A message came. {@code message.seq()} is one more than that of the user's message before. */
    record MessageAdded(UserMessage message) implements OfInbox {
        @Override
        public String userId() {
            return message.userId();
        }

        @Override
        public InboxHead applyTo(InboxHead head) {
            return head.added(message.seq());
        }
    }

    /**
     * The user read messages.
     *
     * @param timeMillis when, epoch milliseconds
     * @param toSeq all up to here; 0 for none in that way
     * @param seqs and these, at most {@value #MAX_SEQS}
     */
    record MessagesRead(String userId, long timeMillis, long toSeq, List<Long> seqs) implements OfInbox {
        public static final int MAX_SEQS = 1_024;

        public MessagesRead {
            seqs = List.copyOf(seqs);
            if (seqs.size() > MAX_SEQS) {
                throw new IllegalArgumentException(
                        "at most " + MAX_SEQS + " seqs are read at once, not " + seqs.size());
            }
        }

        @Override
        public InboxHead applyTo(InboxHead head) {
            return head.readTo(toSeq).read(seqs);
        }
    }

    /** The user's messages up to a {@code seq} are no longer kept. */
    record MessagesTrimmed(String userId, long toSeq) implements OfInbox {
        @Override
        public InboxHead applyTo(InboxHead head) {
            return head.trimmed(toSeq);
        }
    }
}
