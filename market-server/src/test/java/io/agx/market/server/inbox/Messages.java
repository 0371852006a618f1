package io.agx.market.server.inbox;

import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.server.gateway.Connection;
import io.agx.market.server.subscriber.Remote;
import io.agx.market.server.testing.RecordingTransport;
import io.agx.market.server.testing.RunningMarket;
import io.agx.market.server.testing.TestTokens;
import io.agx.market.server.testing.Tokens;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Messages and connections for tests. */
final class Messages {
    private Messages() {}

    static UserMessage draft(String userId, String title, @Nullable String key) {
        return new UserMessage(userId, 0, "notice", title, "content of " + title, null, "tests", null, 0, key);
    }

    static List<SendResult> send(RunningMarket market, UserMessage... drafts) {
        return market.server().inbox().send(List.of(drafts)).join();
    }

    /** Sends so many to a user, {@code m1}, {@code m2} and so on, without keys. */
    static void sendMany(RunningMarket market, String userId, int count) {
        for (int from = 0; from < count; from += 500) {
            List<UserMessage> drafts = new ArrayList<>();
            for (int i = from; i < Math.min(count, from + 500); i++) {
                drafts.add(draft(userId, "m" + (i + 1), null));
            }
            market.server().inbox().send(drafts).join();
        }
    }

    static Connection connect(RunningMarket market, RecordingTransport transport, String userId) {
        return market.server()
                .gateway()
                .open(transport, Remote.UNKNOWN, List.of(), Tokens.presented(TestTokens.of(userId)));
    }

    /** The seqs of all messages that a transport was given: in replies and live, in order. */
    static List<Long> seqs(RecordingTransport transport) {
        List<Long> seqs = new ArrayList<>();
        for (ReceivedEvent event : transport.events()) {
            if (event instanceof ReceivedEvent.Notification live) {
                seqs.add(live.seq());
            } else if (event instanceof ReceivedEvent.Subscribed subscribed) {
                subscribed
                        .rooms()
                        .forEach(room -> room.snapshot().messages().forEach(message -> seqs.add(message.seq())));
            }
        }
        return seqs;
    }
}
