package io.agx.market.server.inbox;

import static io.agx.market.server.inbox.Messages.connect;
import static io.agx.market.server.inbox.Messages.draft;
import static io.agx.market.server.inbox.Messages.send;
import static io.agx.market.server.inbox.Messages.sendMany;
import static io.agx.market.server.inbox.Messages.seqs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Side;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.InboxItem;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.server.feed.Fill;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.gateway.Connection;
import io.agx.market.server.inbox.SendResult.Kept;
import io.agx.market.server.testing.RecordingTransport;
import io.agx.market.server.testing.RunningMarket;
import io.agx.market.server.testing.TestTokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Inboxes on a whole server without a network. */
@Timeout(120)
class InboxTest {
    @TempDir
    private Path dataDir;

    private final RecordingTransport transport = new RecordingTransport();
    private RunningMarket market;
    private String epoch;

    @BeforeEach
    void start() throws IOException {
        market = new RunningMarket(dataDir);
        RecordingTransport other = new RecordingTransport();
        market.server().gateway().open(other, List.of());
        await().until(() -> !other.events(ReceivedEvent.Welcome.class).isEmpty());
        epoch = other.last(ReceivedEvent.Welcome.class).epoch();
    }

    @AfterEach
    void stop() {
        market.close();
    }

    private void restart(InboxLimits limits) throws IOException {
        market.close();
        market = new RunningMarket(dataDir, config -> config.withInbox(limits));
    }

    private static InboxLimits limits(int keptMessages, long keptMillis, int recentMessages, int recentKeys) {
        InboxLimits defaults = InboxLimits.DEFAULTS;
        return new InboxLimits(
                defaults.maxUsers(),
                keptMessages,
                keptMillis,
                defaults.queuedRequests(),
                defaults.queuedBytes(),
                recentMessages,
                defaults.recentBytes(),
                recentKeys);
    }

    private List<InboxItem> all(String userId) {
        return market.server()
                .inbox()
                .messages(userId, 0, InboxLimits.MAX_PAGE, false)
                .messages();
    }

    @Test
    void eachUsersMessagesAreNumberedWithoutHoles() {
        List<SendResult> results =
                send(market, draft("alice", "a", null), draft("bob", "b", null), draft("alice", "c", null));

        assertThat(results)
                .containsExactly(new Kept("alice", 1, false), new Kept("bob", 1, false), new Kept("alice", 2, false));
        assertThat(all("alice")).extracting(item -> item.message().title()).containsExactly("a", "c");
        assertThat(all("carol")).isEmpty();
    }

    @Test
    void aKeyIsKeptOncePerUserInOneBatchAndLaterAndAfterARestart() throws IOException {
        assertThat(send(market, draft("alice", "a", "k"), draft("alice", "b", "k"), draft("bob", "c", "k")))
                .containsExactly(new Kept("alice", 1, false), new Kept("alice", 1, true), new Kept("bob", 1, false));
        assertThat(send(market, draft("alice", "d", "k"))).containsExactly(new Kept("alice", 1, true));

        restart(InboxLimits.DEFAULTS);

        assertThat(send(market, draft("alice", "e", "k"))).containsExactly(new Kept("alice", 1, true));
        assertThat(all("alice")).hasSize(1);
    }

    @Test
    void aKeyThatMemoryForgotIsFoundInTheStore() throws IOException {
        restart(limits(100, 0, 100, 1));
        send(market, draft("alice", "a", "k1"), draft("alice", "b", "k2"), draft("alice", "c", "k3"));
        // Until the store has the first two it cannot be told, and is refused: never a second one.
        await().until(() -> send(market, draft("alice", "again", "k1")).get(0) instanceof Kept);

        assertThat(send(market, draft("alice", "again", "k1"))).containsExactly(new Kept("alice", 1, true));
        await().until(() -> send(market, draft("alice", "new", "k4")).get(0) instanceof Kept);
        assertThat(all("alice")).extracting(item -> item.message().title()).containsExactly("a", "b", "c", "new");
    }

    @Test
    void twoTabsStayInSync() {
        RecordingTransport second = new RecordingTransport();
        RecordingTransport stranger = new RecordingTransport();
        Connection tab = connect(market, transport, "alice");
        connect(market, second, "alice");
        connect(market, stranger, "bob");
        await().until(() -> !second.events(ReceivedEvent.ReadStatus.class).isEmpty()
                && !stranger.events(ReceivedEvent.ReadStatus.class).isEmpty());
        sendMany(market, "alice", 3);
        await().until(() -> seqs(transport).size() == 3 && seqs(second).size() == 3);

        tab.onText("{\"event\":\"read_message\",\"id\":\"r\",\"data\":{\"ids\":[\"1\",3]}}");
        await().until(() -> second.last(ReceivedEvent.ReadStatus.class).ids().size() == 2);
        tab.onText("{\"event\":\"read_message\",\"id\":7,\"data\":{\"all\":true}}");
        await().until(() -> second.last(ReceivedEvent.ReadStatus.class).unreadCount() == 0);

        List<ReceivedEvent.ReadStatus> asked = transport.events(ReceivedEvent.ReadStatus.class);
        assertThat(asked).extracting(status -> String.valueOf(status.id())).containsExactly("null", "r", "7");
        assertThat(asked).extracting(ReceivedEvent.ReadStatus::unreadCount).containsExactly(0L, 1L, 0L);
        List<ReceivedEvent.ReadStatus> told = second.events(ReceivedEvent.ReadStatus.class);
        assertThat(told).extracting(status -> String.valueOf(status.id())).containsExactly("null", "null", "null");
        assertThat(told.get(1).ids()).containsExactly("1", "3");
        assertThat(told.get(2).toSeq()).isEqualTo(3);
        assertThat(stranger.events(ReceivedEvent.ReadStatus.class)).hasSize(1);
        assertThat(seqs(stranger)).isEmpty();
    }

    @Test
    void readingAgainTellsNobodyButTheOneWhoAsked() {
        RecordingTransport second = new RecordingTransport();
        Connection tab = connect(market, transport, "alice");
        connect(market, second, "alice");
        sendMany(market, "alice", 1);
        tab.onText("{\"event\":\"read_message\",\"id\":1,\"data\":{\"ids\":[1]}}");
        tab.onText("{\"event\":\"read_message\",\"id\":2,\"data\":{\"ids\":[1, 99]}}");
        await().until(() -> transport.events(ReceivedEvent.ReadStatus.class).size() == 3);
        sendMany(market, "alice", 1); // Behind what might have been told.
        await().until(() -> seqs(second).size() == 2);

        assertThat(second.events(ReceivedEvent.ReadStatus.class)).hasSize(2);
    }

    @Test
    void unreadMessagesAreAnsweredInTheSeedsShapeAndTellThemselvesFromThenOn() {
        send(market, draft("alice", "before", null));
        Connection connection = connect(market, transport, "alice");
        connection.onText("{\"event\":\"get_unread_message\"}");
        await().until(() -> unreadTitles().equals(List.of("before")));
        send(market, draft("alice", "after", null));
        await().until(() -> unreadTitles().equals(List.of("after", "before")));
        connection.onText("{\"event\":\"read_message\",\"data\":{\"ids\":[1]}}");
        await().until(() -> unreadTitles().equals(List.of("after")));
    }

    @Test
    void connectionsThatAskedForTheirUnreadMessagesAndEndedAreNotKept() {
        connect(market, transport, "alice");
        for (int i = 0; i < 50; i++) {
            RecordingTransport each = new RecordingTransport();
            Connection connection = connect(market, each, "alice");
            connection.onText("{\"event\":\"get_unread_message\"}");
            await().until(() -> each.messages().stream().anyMatch(text -> text.contains("ev_new_message")));
            connection.onClose();
        }

        assertThat(market.server().inbox().unreadListenerCount("alice").join()).isLessThanOrEqualTo(2);
    }

    @Test
    void aUserTooManyIsRefusedAndCountedAndTheOthersAreSentOn() throws IOException {
        InboxLimits defaults = InboxLimits.DEFAULTS;
        restart(new InboxLimits(
                2,
                defaults.keptMessages(),
                defaults.keptMillis(),
                defaults.queuedRequests(),
                defaults.queuedBytes(),
                defaults.recentMessages(),
                defaults.recentBytes(),
                defaults.recentKeys()));

        List<SendResult> results = send(
                market,
                draft("alice", "a", null),
                draft("bob", "b", null),
                draft("carol", "c", null),
                draft("alice", "d", null));

        assertThat(results.get(2)).isInstanceOf(SendResult.Refused.class);
        assertThat(results.get(3)).isEqualTo(new Kept("alice", 2, false));
        assertThat(market.server().inbox().counters().refusedUserCount()).isEqualTo(1);
    }

    /** As the newest {@code ev_new_message} has them. */
    private List<String> unreadTitles() {
        List<String> titles = new ArrayList<>();
        transport.messages().stream()
                .filter(text -> text.startsWith("{\"event\":\"ev_new_message\""))
                .reduce((first, last) -> last)
                .ifPresent(text -> {
                    int at = 0;
                    while ((at = text.indexOf("\"title\":\"", at)) >= 0) {
                        at += 9;
                        titles.add(text.substring(at, text.indexOf('"', at)));
                    }
                });
        return titles;
    }

    @Test
    void whoWasAwayDuringAThousandMessagesGetsAllOfThemOnce() throws IOException {
        sendMany(market, "alice", 5);
        restart(limits(10_000, 0, 100, 1_000)); // Most of them are read from the database.
        sendMany(market, "alice", 1_000);
        await().until(() -> stored() == 1_005);
        Connection connection = connect(market, transport, "alice");

        connection.onText(subscribeSince(5));
        sendMany(market, "alice", 3);

        await().until(() -> seqs(transport).size() >= 1_003);
        assertThat(seqs(transport)).containsExactlyElementsOf(range(6, 1_008));
        ReceivedEvent.RoomResult joined =
                transport.last(ReceivedEvent.Subscribed.class).rooms().get(0);
        assertThat(joined.recovered()).isTrue();
        assertThat(transport.events(ReceivedEvent.ReadStatus.class)).anyMatch(told -> told.unreadCount() >= 1_005);
    }

    @Test
    void whoMissedMoreThanOneAnswerHoldsGetsTheNewestAndIsToldTheRestAsAGap() {
        sendMany(market, "alice", 2_500);
        Connection connection = connect(market, transport, "alice");

        connection.onText(subscribeSince(100));

        await().until(() -> !transport.events(ReceivedEvent.Gap.class).isEmpty());
        ReceivedEvent.Gap gap = transport.last(ReceivedEvent.Gap.class);
        assertThat(gap.fromSeq()).isEqualTo(101);
        assertThat(gap.toSeq()).isEqualTo(500);
        assertThat(gap.rest()).isEqualTo("/api/v1/users/me/messages?since=100");
        assertThat(seqs(transport)).containsExactlyElementsOf(range(501, 2_500));
    }

    @Test
    void noMessageIsLostOrDoubledBetweenReplayAndLive() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong sent = new AtomicLong();
        AtomicLong reached = new AtomicLong();
        CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> {
            while (!stop.get()) {
                if (sent.get() - reached.get()
                        > 1_000) { // An answer holds 2,000; more is a gap, which another test is about.
                    Thread.onSpinWait();
                    continue;
                }
                send(market, draft("alice", "a", null), draft("alice", "b", null));
                sent.addAndGet(2);
            }
        });
        long cursor = 0;
        try {
            for (int round = 0; round < 60; round++) {
                RecordingTransport each = new RecordingTransport();
                Connection connection = connect(market, each, "alice");
                connection.onText(subscribeSince(cursor));
                int least = random.nextInt(30);
                long from = cursor + 1;
                await().until(() -> beyond(each, from).size() > least);
                connection.onClose();
                List<Long> got = beyond(each, from);
                String as = "seed " + seed + " round " + round;
                // The server joins the inbox by itself, before the cursor comes: what it sent then is in the answer
                // again.
                List<Long> once = got.stream().distinct().sorted().toList();
                assertThat(once).as(as).isEqualTo(range(from, once.get(once.size() - 1)));
                assertThat(afterAnswer(each)).as(as).doesNotHaveDuplicates().isSorted();
                cursor = once.get(once.size() - 1);
                reached.set(cursor);
            }
        } finally {
            stop.set(true);
            sender.get();
        }
    }

    private static List<Long> beyond(RecordingTransport transport, long from) {
        return seqs(transport).stream().filter(seq -> seq >= from).toList();
    }

    /** What came with the last answer to subscribe, and after it. */
    private static List<Long> afterAnswer(RecordingTransport transport) {
        List<Long> seqs = new ArrayList<>();
        for (ReceivedEvent event : transport.events()) {
            if (event instanceof ReceivedEvent.Subscribed subscribed) {
                seqs.clear();
                subscribed
                        .rooms()
                        .forEach(room -> room.snapshot().messages().forEach(message -> seqs.add(message.seq())));
            } else if (event instanceof ReceivedEvent.Notification live) {
                seqs.add(live.seq());
            }
        }
        return seqs;
    }

    @Test
    void aSlowReaderIsToldAGapAndRecoversByItsCursor() {
        Connection connection = connect(market, transport, "alice");
        await().until(() -> !transport.events(ReceivedEvent.ReadStatus.class).isEmpty());
        transport.hold();
        String longText = "x".repeat(4_000);
        for (int i = 0; i < 400; i++) {
            send(market, new UserMessage("alice", 0, "notice", "m" + i, longText, null, "tests", null, 0, null));
        }
        transport.release();
        await().untilAsserted(() -> {
            assertThat(transport.isOpen()).isTrue();
            assertThat(seqs(transport)).endsWith(400L);
            assertThat(transport.events(ReceivedEvent.Gap.class)).isNotEmpty();
        });

        List<Long> got = seqs(transport);
        ReceivedEvent.Gap gap = transport.last(ReceivedEvent.Gap.class);
        List<Long> missing = new ArrayList<>(range(1, 400));
        missing.removeAll(got);
        assertThat(missing).isEqualTo(range(gap.fromSeq(), gap.toSeq())).isNotEmpty();
        transport.clear();
        connection.onText(subscribeSince(gap.fromSeq() - 1));
        // The answer holds the newest of them, and tells the rest as a gap once more.
        await().until(() -> !transport.events(ReceivedEvent.Gap.class).isEmpty());
        ReceivedEvent.Gap rest = transport.last(ReceivedEvent.Gap.class);
        assertThat(rest.fromSeq()).isEqualTo(gap.fromSeq());
        assertThat(seqs(transport)).isEqualTo(range(rest.toSeq() + 1, 400));
        assertThat(transport.isOpen()).isTrue();
    }

    @Test
    void aUserReachesOnlyTheOwnInboxAndOthersAreUnknownRooms() {
        send(market, draft("bob", "secret", null));
        Connection connection = connect(market, transport, "alice");
        connection.onText("{\"event\":\"subscribe\",\"data\":{\"rooms\":[\"inbox:bob\",\"inbox:nobody\",\"inbox\"]}}");
        await().until(() ->
                transport.last(ReceivedEvent.Subscribed.class).rooms().size() == 3);

        List<ReceivedEvent.RoomResult> rooms =
                transport.last(ReceivedEvent.Subscribed.class).rooms();
        assertThat(rooms.get(0).code())
                .isEqualTo("unknown_room")
                .isEqualTo(rooms.get(1).code());
        assertThat(rooms.get(0).message().replace("bob", "?"))
                .isEqualTo(rooms.get(1).message().replace("nobody", "?"));
        assertThat(rooms.get(2).ok()).isTrue();
        assertThat(rooms.get(2).seq()).isZero();
    }

    @Test
    void withoutATokenThereIsNoInboxAndNothingUnread() {
        Connection connection = market.server().gateway().open(transport, List.of("inbox"));
        connection.onText("{\"event\":\"get_unread_message\"}");
        connection.onText("{\"event\":\"read_message\",\"id\":5,\"data\":{\"ids\":[1]}}");
        await().until(() -> !transport.events(ReceivedEvent.Failed.class).isEmpty());

        assertThat(transport.last(ReceivedEvent.Subscribed.class).rooms().get(0).code())
                .isEqualTo("not_authenticated");
        assertThat(transport.last(ReceivedEvent.Failed.class).code()).isEqualTo("not_authenticated");
        assertThat(unreadTitles()).isEmpty();
    }

    @Test
    void anotherUsersTokenIsRefusedAndTheConnectionStaysInItsInbox() {
        Connection connection = connect(market, transport, "alice");
        await().until(() -> !transport.events(ReceivedEvent.ReadStatus.class).isEmpty());
        connection.onText("{\"event\":\"auth\",\"id\":1,\"data\":{\"token\":\"" + TestTokens.of("bob") + "\"}}");
        await().until(() -> !transport.events(ReceivedEvent.Failed.class).isEmpty());

        send(market, draft("bob", "for bob", null), draft("alice", "for alice", null));
        await().until(() -> !seqs(transport).isEmpty());

        assertThat(transport.last(ReceivedEvent.Failed.class).code()).isEqualTo("forbidden");
        assertThat(transport.events(ReceivedEvent.Notification.class))
                .extracting(ReceivedEvent.Notification::title)
                .containsExactly("for alice");
    }

    @Test
    void moreMessagesThanAreKeptAreDeletedAndSeqGoesOn() throws IOException {
        restart(limits(100, 0, 10, 100));
        sendMany(market, "alice", 250);
        send(market, draft("alice", "last", null));
        await().until(() -> stored() >= 100 && stored() <= 110);
        List<InboxItem> kept = all("alice");

        assertThat(kept.size()).isBetween(100, 110);
        assertThat(kept.get(kept.size() - 1).message().seq()).isEqualTo(251);
        await().until(() -> stored() == kept.size());
        restart(limits(100, 0, 10, 100));
        assertThat(all("alice")).isEqualTo(kept);
        assertThat(send(market, draft("alice", "more", null))).containsExactly(new Kept("alice", 252, false));
    }

    @Test
    void oldMessagesAreDeletedByTime() throws IOException {
        sendMany(market, "alice", 20);
        await().until(() -> stored() == 20);
        restart(limits(100, 1, 100, 100));

        await().until(() -> all("alice").isEmpty());
        assertThat(send(market, draft("alice", "new", null))).containsExactly(new Kept("alice", 21, false));
    }

    private long stored() {
        return market.server().inboxStore().messageCount();
    }

    @Test
    void everythingIsThereAfterARestartWhateverTheDatabaseHas() throws IOException {
        sendMany(market, "alice", 50);
        market.server().inbox().read("alice", List.of(3L, 50L), 10, null, null).join();
        List<Boolean> read = all("alice").stream().map(InboxItem::read).toList();
        market.close();
        Files.delete(dataDir.resolve("db/market.mv.db"));
        market = new RunningMarket(dataDir);

        assertThat(all("alice")).hasSize(50).extracting(InboxItem::read).containsExactlyElementsOf(read);
        assertThat(Collections.frequency(read, true)).isEqualTo(11);
        assertThat(market.server().inbox().messages("alice", 0, 1, true).unreadCount())
                .isEqualTo(39);
        assertThat(send(market, draft("alice", "x", null))).containsExactly(new Kept("alice", 51, false));
    }

    @Test
    void eachSideOfATradeIsToldOnceHoweverOftenTheFillComes() {
        Instrument btc = market.define("BTC-USDT");
        NewTrade trade = new NewTrade(btc, "t\"1", 80_001, 100, Side.BUY, 1_700_000_000_000L, false);
        Fill fresh = new Fill(trade, 7, "alice", "bob");

        market.server().tradeNotices().onFills(List.of(fresh, fresh));
        market.server().tradeNotices().onFills(List.of(new Fill(trade, 0, "alice", "bob")));
        market.server().tradeNotices().onFills(List.of(new Fill(trade, 0, null, "alice")));

        assertThat(all("alice"))
                .extracting(item -> item.message().title())
                .containsExactly("Bought 0.1 BTC-USDT", "Sold 0.1 BTC-USDT");
        UserMessage sold = all("bob").get(0).message();
        assertThat(sold.type()).isEqualTo("trade");
        assertThat(sold.content()).isEqualTo("Sold 0.1 BTC-USDT at 800.01");
        assertThat(sold.dataJson())
                .isEqualTo(
                        "{\"symbol\":\"BTC-USDT\",\"seq\":7,\"tradeId\":\"t\\\"1\",\"side\":\"sell\",\"price\":\"800.01\","
                                + "\"qty\":\"0.1\",\"time\":1700000000000}");
    }

    @Test
    void moreUsersThanThereMayBeAreRefusedOneByOne() throws IOException {
        InboxLimits few = new InboxLimits(2, 10, 0, 10, 10_000, 10, 10_000, 10);
        restart(few);

        List<SendResult> results = send(
                market, draft("a", "1", null), draft("b", "2", null), draft("c", "3", null), draft("a", "4", null));

        assertThat(results.get(2))
                .isInstanceOfSatisfying(
                        SendResult.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo(ErrorCode.TOO_LARGE));
        assertThat(results.get(3)).isEqualTo(new Kept("a", 2, false));
    }

    private String subscribeSince(long seq) {
        return "{\"event\":\"subscribe\",\"data\":{\"rooms\":[{\"room\":\"inbox\",\"since\":{\"epoch\":\"" + epoch
                + "\",\"seq\":" + seq + "}}]}}";
    }

    private static List<Long> range(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }
}
