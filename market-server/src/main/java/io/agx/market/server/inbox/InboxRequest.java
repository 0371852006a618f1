package io.agx.market.server.inbox;

import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.protocol.RequestId;
import io.agx.market.server.store.InboxStore.KeyLookup;
import io.agx.market.server.subscriber.Subscriber;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What others ask of the inboxes' owner. Each is answered exactly once. */
sealed interface InboxRequest {
    CompletableFuture<?> answer();

    /** Characters that it holds. */
    default long length() {
        return 0;
    }

    /** Entries that it may become. */
    default int size() {
        return 1;
    }

    /**
     * A message to be kept.
     *
     * @param lookup what the store knows of its key; null if it has none, or the sender knows it to be new
     */
    record Draft(UserMessage message, @Nullable KeyLookup lookup) {}

    record Send(List<Draft> drafts, CompletableFuture<List<SendResult>> answer) implements InboxRequest {
        @Override
        public long length() {
            return drafts.stream().mapToLong(draft -> draft.message().length()).sum();
        }

        @Override
        public int size() {
            return drafts.size();
        }
    }

    /**
     * @param by the connection that asked, which is answered with the id; null if it was none
     */
    record Read(
            String userId,
            List<Long> seqs,
            long toSeq,
            @Nullable Subscriber by,
            @Nullable RequestId id,
            CompletableFuture<ReadResult> answer)
            implements InboxRequest {}

    /** Messages up to a seq are not kept any longer. */
    record Trim(Map<String, Long> toSeqs, CompletableFuture<Void> answer) implements InboxRequest {
        @Override
        public int size() {
            return toSeqs.size();
        }
    }
}
