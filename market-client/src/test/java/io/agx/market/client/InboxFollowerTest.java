package io.agx.market.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.Cursor;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.InboxItem;
import io.agx.market.core.protocol.Payload;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.core.protocol.ServerEvent.RoomReply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Following the inbox, the test playing the server. */
class InboxFollowerTest extends ManualClient {
    private final List<ReceivedEvent.ReadStatus> statuses = new ArrayList<>();
    private final List<String> gaps = new ArrayList<>();
    private final InboxListener listener = new InboxListener() {
        @Override
        public void onMessage(ReceivedEvent.Notification message) {
            seqs.add(message.seq());
        }

        @Override
        public void onReadStatus(ReceivedEvent.ReadStatus status) {
            statuses.add(status);
        }

        @Override
        public void onGap(long fromSeq, long toSeq, String rest) {
            gaps.add(fromSeq + "-" + toSeq + " " + rest);
        }
    };

    private static UserMessage message(long seq) {
        return new UserMessage("alice", seq, "notice", "m" + seq, "", null, "s", null, 1, null);
    }

    private void push(long seq) {
        network.last().receive(new ServerEvent.Notification(1, message(seq), seq));
    }

    private static RoomReply joined(long seq, boolean recovered, long from, long to) {
        return new RoomReply.Joined(
                "inbox",
                seq,
                recovered,
                new Payload.OfMessages(LongStream.rangeClosed(from, to)
                        .mapToObj(each -> new InboxItem(message(each), false, 0))
                        .toList()));
    }

    private Cursor asked() {
        return ((ClientCommand.Subscribe) network.last().lastCommand())
                .rooms()
                .get(0)
                .since();
    }

    private Inbox follow(long afterSeq) throws Exception {
        Inbox inbox = live().inbox(afterSeq, listener);
        timers.run();
        return inbox;
    }

    @Test
    void beginsWithTheNextMessageUnlessItIsToldWhereItWas() throws Exception {
        Inbox inbox = follow(-1);
        assertThat(asked()).isNull();
        answer(new RoomReply.Joined("inbox", 41, false, null));
        push(42);

        assertThat(seqs).containsExactly(42L);
        assertThat(gaps).isEmpty();
        assertThat(inbox.seq()).isEqualTo(42);
        assertThat(inbox.unreadCount()).isEqualTo(42);
    }

    @Test
    void comesBackWithItsCursorAndTellsEachMessageOnce() throws Exception {
        follow(5);
        assertThat(asked()).isEqualTo(new Cursor(Markets.EPOCH, 5));
        push(7); // The server has put us into the inbox by itself; our answer has it again.
        answer(joined(7, true, 6, 7));
        push(8);
        network.last().end(1006, "");
        timers.advance(500);
        network.last().welcome(Markets.EPOCH);
        assertThat(asked()).isEqualTo(new Cursor(Markets.EPOCH, 8));
        push(10);
        answer(joined(10, true, 9, 10));
        push(10);
        push(11);

        assertThat(seqs).containsExactly(6L, 7L, 8L, 9L, 10L, 11L);
        assertThat(gaps).isEmpty();
    }

    @Test
    void asksAgainForWhatTheServerDroppedOrForWhatIsMissing() throws Exception {
        follow(0);
        answer(joined(0, true, 1, 0));
        network.last().receive(new ServerEvent.Gap("inbox", 1, 3, "/rest"));
        assertThat(asked()).isEqualTo(new Cursor(Markets.EPOCH, 0));
        answer(joined(4, true, 1, 4));
        push(7);
        assertThat(asked()).isEqualTo(new Cursor(Markets.EPOCH, 4));
        answer(joined(7, true, 5, 7));

        assertThat(seqs).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
        assertThat(gaps).isEmpty();
    }

    @Test
    void tellsAsAGapWhatTheAnswerDoesNotHave() throws Exception {
        follow(10);
        answer(joined(30, false, 25, 30));
        push(31);

        assertThat(seqs).containsExactly(25L, 26L, 27L, 28L, 29L, 30L, 31L);
        assertThat(gaps).containsExactly("11-24 /api/v1/users/me/messages?since=10");
    }

    @Test
    void triesAgainWhenItIsRefusedForTheTimeBeingAndTellsARefusalForGood() throws Exception {
        follow(0);
        answer(new RoomReply.Refused("inbox", ErrorCode.STORE_BEHIND, "not now"));
        int sent = network.last().commands().size();
        timers.advance(1_000);
        assertThat(network.last().commands()).hasSize(sent + 1);
        answer(new RoomReply.Refused("inbox", ErrorCode.NOT_AUTHENTICATED, "no token"));
        timers.advance(5_000);

        assertThat(network.last().commands()).hasSize(sent + 1);
        assertThat(lifecycle)
                .anyMatch(event -> event instanceof LifecycleEvent.Refused refused
                        && refused.code().equals("not_authenticated"));
    }

    @Test
    void joinsWhenTheServerHasTakenATokenAfterItHadRefused() throws Exception {
        follow(5);
        answer(new RoomReply.Refused("inbox", ErrorCode.NOT_AUTHENTICATED, "no token"));
        network.last().receive(new ServerEvent.Authenticated(null, "alice", timers.epochMillis() + 60_000, List.of()));
        answer(joined(6, true, 6, 6));
        push(7);

        assertThat(seqs).containsExactly(6L, 7L);
    }

    @Test
    void aTokenThatIsTakenWhileItIsJoinedChangesNothing() throws Exception {
        follow(5);
        network.last().receive(new ServerEvent.Authenticated(null, "alice", timers.epochMillis() + 60_000, List.of()));
        answer(joined(5, true, 1, 0));
        network.last().receive(new ServerEvent.Authenticated(null, "alice", timers.epochMillis() + 90_000, List.of()));

        assertThat(network.last().commands()).hasSize(1);
    }

    @Test
    void whatIsReadIsToldAndMarkingIsAnsweredWithTheCount() throws Exception {
        Inbox inbox = follow(0);
        answer(joined(3, true, 1, 3));
        CompletableFuture<Long> unread = inbox.markRead(List.of("1", "2"));
        timers.run();
        ClientCommand.ReadMessage command =
                (ClientCommand.ReadMessage) network.last().lastCommand();
        assertThat(command.ids()).containsExactly("1", "2");
        network.last().receive(new ServerEvent.ReadStatus(command.id(), List.of("1", "2"), 0, 1));
        network.last().receive(new ServerEvent.ReadStatus(null, List.of(), 3, 0));

        assertThat(unread.get(5, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(statuses).extracting(ReceivedEvent.ReadStatus::unreadCount).containsExactly(1L, 0L);
        assertThat(inbox.unreadCount()).isZero();
    }

    @Test
    void anotherHistoryBeginsAnew() throws Exception {
        follow(5);
        answer(joined(5, true, 1, 0));
        network.last().end(1006, "");
        timers.advance(500);
        network.last().welcome("another");

        assertThat(asked()).isNull();
        answer(new RoomReply.Joined("inbox", 2, false, null));
        push(3);
        assertThat(seqs).containsExactly(3L);
    }
}
