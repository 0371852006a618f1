package io.agx.market.server.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.server.feed.FillListener;
import io.agx.market.server.feed.LogUnavailableException;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.feed.TradeResult;
import io.agx.market.server.ingest.Ingest;
import io.agx.market.server.ingest.InstrumentRegistry;
import io.agx.market.server.ingest.TradeAppender;
import io.agx.market.server.ingest.TradeValidator;
import io.agx.market.server.publish.Publishing.Outcome;
import io.agx.market.server.testing.MarketRig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Against a log that does as the test says. */
class PublishingTest {
    private static final String TRADE = "{\"symbol\":\"BTC-USDT\",\"id\":\"a\",\"price\":\"1.5\",\"qty\":\"2\"}";

    private final PlayedLog log = new PlayedLog();
    private final Publishing publishing = publishing(fills -> {});
    private final List<String> answers = new CopyOnWriteArrayList<>();

    /** Keeps what it is given until the test settles it. */
    private static final class PlayedLog implements TradeAppender {
        private final List<CompletableFuture<List<TradeResult>>> taken = new ArrayList<>();
        private boolean full;

        @Override
        public Optional<CompletableFuture<List<TradeResult>>> append(List<NewTrade> trades) {
            if (full) {
                return Optional.empty();
            }
            taken.add(new CompletableFuture<>());
            return Optional.of(taken.get(taken.size() - 1));
        }

        @Override
        public Optional<CompletableFuture<Void>> append(Instrument instrument) {
            return Optional.empty();
        }
    }

    private Publishing publishing(FillListener fills) {
        Ingest ingest = new Ingest(new TradeValidator(() -> 1_000_000, 5_000), log);
        InstrumentRegistry registry = new InstrumentRegistry(log, List.of(MarketRig.instrument(1, "BTC-USDT")));
        return new Publishing(ingest, registry, fills, () -> 1_000_000);
    }

    @Test
    void whatTheLogPushesBackIsToldWithATimeAndNothingIsKept() {
        log.full = true;

        Outcome outcome = publishing.offer(publishing.read("[" + TRADE + "]"), false);

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.PushedBack.class,
                        pushed -> assertThat(pushed.retryAfterMillis()).isPositive());
        assertThat(log.taken).isEmpty();
    }

    @Test
    void aFullLogDoesNotKeepABatchWithoutTradesFromItsAnswer() {
        log.full = true;

        Outcome outcome = publishing.offer(publishing.read("[1,2]"), false);

        assertThat(((Outcome.Taken) outcome).durable()).isCompletedWithValueMatching(results -> results.size() == 2);
    }

    @Test
    void placesAreBoundedOverAllPublishersAndComeBackWithTheAnswer() {
        try (PublishAcks acks = new PublishAcks(publishing, 5)) {
            acks.start();
            assertThat(acks.tryTake(3)).isTrue();
            assertThat(acks.tryTake(3)).isFalse();
            assertThat(acks.tryTake(2)).isTrue();
            acks.giveBack(2);
            List<ParsedTrade> parsed = publishing.read("[" + TRADE + ",1,2]");
            acks.answer(parsed, ((Outcome.Taken) publishing.offer(parsed, false)).durable(), recorder("p"));
            assertThat(acks.inFlightTrades()).isEqualTo(3);

            log.taken.get(0).complete(List.of(new TradeResult.Accepted(1)));

            await().until(() -> answers.size() == 1);
            assertThat(answers.get(0)).isEqualTo("p 3");
            assertThat(acks.inFlightTrades()).isZero();
        }
    }

    @Test
    void aLogThatFailsIsToldAsThatAndNotAsAnAnswer() {
        try (PublishAcks acks = new PublishAcks(publishing)) {
            acks.start();
            for (String name : List.of("a", "b", "c")) {
                acks.tryTake(2);
                List<ParsedTrade> parsed = publishing.read("[" + TRADE + ",1]");
                acks.answer(parsed, ((Outcome.Taken) publishing.offer(parsed, false)).durable(), recorder(name));
            }
            log.taken
                    .get(0)
                    .completeExceptionally(
                            new LogUnavailableException(LogUnavailableException.Reason.DISK_FULL, "full"));
            log.taken.get(1).completeExceptionally(new IllegalStateException("a bug"));
            log.taken.get(2).complete(List.of(new TradeResult.Duplicate()));

            await().until(() -> answers.size() == 3);
            assertThat(answers).containsExactly("a log_unavailable", "b internal", "c 2");
            assertThat(acks.inFlightTrades()).isZero();
        }
    }

    @Test
    void aPublisherThatFailsToBeAnsweredHarmsNoOther() {
        try (PublishAcks acks = new PublishAcks(publishing)) {
            acks.start();
            List<ParsedTrade> parsed = publishing.read("[1]");
            acks.tryTake(2);
            acks.answer(
                    parsed, ((Outcome.Taken) publishing.offer(parsed, false)).durable(), new PublishAcks.Publisher() {
                        @Override
                        public void onDurable(List<TradeResult> results) {
                            throw new IllegalStateException("a bug");
                        }

                        @Override
                        public void onFailure(ProtocolException why) {}
                    });
            acks.answer(parsed, ((Outcome.Taken) publishing.offer(parsed, false)).durable(), recorder("other"));

            await().until(() -> answers.equals(List.of("other 1")));
            assertThat(acks.inFlightTrades()).isZero();
        }
    }

    @Test
    void whatIsSettledWhenItStopsIsStillAnswered() {
        PublishAcks acks = new PublishAcks(publishing);
        acks.start();
        for (int i = 0; i < 100; i++) {
            acks.tryTake(1);
            acks.answer(publishing.read("[1]"), CompletableFuture.completedFuture(List.of()), recorder("" + i));
        }

        acks.close();

        assertThat(answers).hasSize(100).startsWith("0 0").endsWith("99 0");
    }

    @Test
    void aFaultOfWhoIsToldOfFillsIsTheServersOwn() {
        Publishing broken = publishing(fills -> {
            throw new IllegalStateException("a bug");
        });
        try (PublishAcks acks = new PublishAcks(broken)) {
            acks.start();
            List<ParsedTrade> parsed = broken.read("[" + TRADE.replace("}", ",\"buyerUserId\":\"u\"}") + "]");
            acks.tryTake(1);
            acks.answer(parsed, ((Outcome.Taken) broken.offer(parsed, false)).durable(), recorder("p"));
            log.taken.get(0).complete(List.of(new TradeResult.Accepted(1)));

            await().until(() -> answers.equals(List.of("p " + ErrorCode.INTERNAL.code())));
        }
    }

    private PublishAcks.Publisher recorder(String name) {
        return new PublishAcks.Publisher() {
            @Override
            public void onDurable(List<TradeResult> results) {
                answers.add(name + " " + results.size());
            }

            @Override
            public void onFailure(ProtocolException why) {
                answers.add(name + " " + why.code().code());
            }
        };
    }
}
