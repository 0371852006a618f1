package io.agx.market.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agx.market.core.cache.InstrumentSnapshot;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.protocol.KlineData;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.core.protocol.ReceivedEvent.RoomResult;
import io.agx.market.core.protocol.TradeData;
import io.agx.market.core.protocol.json.EventDecoder;
import io.agx.market.server.subscriber.SubscriberLimits;
import io.agx.market.server.testing.RecordingTransport;
import io.agx.market.server.testing.RunningMarket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thousands of subscriptions while trades come as fast as the log takes them: what each connection heard must be one sequence
 * (docs/INVARIANTS.md, 3 and 4). Two thirds of the commands subscribe: with {@code -Dmarket.race.commands=15000} some 10,000.
 */
@Timeout(value = 600)
class SubscribeRaceTest {
    private static final int THREADS = 4;
    private static final int OPERATIONS_PER_THREAD = Integer.getInteger("market.race.commands", 2_000) / THREADS;
    private static final String[] ROOMS = {
        "trade:BTC-USDT",
        "trade:BTC-USDT",
        "trade:BTC-USDT@100ms",
        "kline:BTC-USDT:1s@raw",
        "kline:BTC-USDT:1m@100ms",
        "ticker:BTC-USDT@raw",
        "ticker:*@100ms"
    };

    private final long seed = System.nanoTime();
    private final Map<Integer, Long> sinceOfCommand = new ConcurrentHashMap<>();

    @TempDir
    Path dataDir;

    @Test
    void snapshotAndLiveAreOneSequenceForEverySubscriber() throws Exception {
        GatewayLimits limits = new GatewayLimits(
                65_536,
                1_000_000,
                1_000_000,
                5,
                5,
                new SubscriberLimits(100, 1L << 28, 3_600_000, 3_600_000, 3_600_000, 3_600_000));
        List<RecordingTransport> transports = new ArrayList<>();
        InstrumentSnapshot last;
        ExecutorService pool = Executors.newFixedThreadPool(THREADS + 1);
        try (RunningMarket market = new RunningMarket(dataDir, config -> config.withGateway(limits))) {
            Instrument btc = market.define("BTC-USDT");
            market.trade(btc, 100);
            AtomicBoolean stop = new AtomicBoolean();
            Future<?> trading = pool.submit(() -> {
                while (!stop.get()) {
                    market.offer(btc, 5);
                }
            });
            List<Future<?>> subscribing = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                Random random = new Random(seed + thread);
                int firstId = thread * OPERATIONS_PER_THREAD;
                RecordingTransport transport = new RecordingTransport();
                transports.add(transport);
                Connection connection = market.server().gateway().open(transport, List.of());
                subscribing.add(pool.submit(() -> operate(market, btc, connection, transport, random, firstId)));
            }
            for (Future<?> each : subscribing) {
                each.get(500, TimeUnit.SECONDS);
            }
            stop.set(true);
            trading.get(10, TimeUnit.SECONDS);
            market.trade(btc, 1);
            long seq = market.server().history().snapshot(btc.symbol()).seq();
            for (RecordingTransport transport : transports) {
                await().atMost(Duration.ofSeconds(60)).until(() -> hasAll(transport, seq));
            }
            last = market.server().history().snapshot(btc.symbol());
        } finally {
            pool.shutdownNow();
        }

        long messages = 0;
        for (RecordingTransport transport : transports) {
            Listener listener = new Listener();
            for (String message :
                    transport.messages()) { // One by one: decoded, all of them would not fit into the heap.
                listener.on(EventDecoder.decode(message));
            }
            listener.endsAs(last);
            messages += transport.messages().size();
        }
        System.out.println("subscribe race: seed=" + seed + " commands=" + THREADS * OPERATIONS_PER_THREAD
                + " messages=" + messages + " trades=" + last.seq());
    }

    private void operate(
            RunningMarket market,
            Instrument btc,
            Connection connection,
            RecordingTransport transport,
            Random random,
            int firstId) {
        String epoch = awaitWelcome(transport);
        for (int i = 0; i < OPERATIONS_PER_THREAD; i++) {
            int id = firstId + i;
            String room = ROOMS[random.nextInt(ROOMS.length)];
            boolean last = i >= OPERATIONS_PER_THREAD - ROOMS.length;
            if (last) {
                room = ROOMS[i - (OPERATIONS_PER_THREAD - ROOMS.length)];
            }
            if (!last && random.nextInt(3) == 0) {
                connection.onText(
                        "{\"event\":\"unsubscribe\",\"id\":" + id + ",\"data\":{\"rooms\":[\"" + room + "\"]}}");
            } else if (random.nextBoolean()) {
                long seq = market.server().history().snapshot(btc.symbol()).seq();
                long since = Math.max(0, seq + 20 - random.nextInt(random.nextInt(4) == 0 ? 3_000 : 300));
                sinceOfCommand.put(id, since);
                connection.onText("{\"event\":\"subscribe\",\"id\":" + id + ",\"data\":{\"rooms\":[{\"room\":\"" + room
                        + "\",\"since\":{\"epoch\":\"" + epoch + "\",\"seq\":" + since + "}}]}}");
            } else {
                connection.onText("{\"event\":\"subscribe\",\"id\":" + id + ",\"data\":{\"rooms\":[{\"room\":\"" + room
                        + "\",\"snapshot\":" + (room.startsWith("ticker") ? 1 : random.nextInt(20)) + "}]}}");
            }
            // Now and then the reply is awaited, so that some operations meet a room amid its life.
            if (random.nextInt(4) == 0) {
                int answered = i;
                await().atMost(Duration.ofSeconds(20))
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> transport.messages().stream()
                                .anyMatch(text -> text.contains("\"id\":" + (firstId + answered) + ",")));
            }
        }
    }

    private static String awaitWelcome(RecordingTransport transport) {
        await().until(() -> !transport.events(ReceivedEvent.Welcome.class).isEmpty());
        return transport.last(ReceivedEvent.Welcome.class).epoch();
    }

    /** Whether the trade room has come as far as the log. */
    private static boolean hasAll(RecordingTransport transport, long seq) {
        List<String> messages = transport.messages();
        List<String> tail = messages.subList(Math.max(0, messages.size() - 30), messages.size());
        return tail.stream()
                .anyMatch(text -> text.contains("\"event\":\"trade\"") && text.contains("\"seq\":" + seq + ","));
    }

    /** What a correct client would check. */
    private final class Listener {
        private final Map<String, Long> tradeNext = new HashMap<>();
        private final Map<String, Map<Long, KlineData>> candles = new HashMap<>();
        private final Map<String, Set<Long>> closed = new HashMap<>();
        private final Map<String, Long> tickerSeq = new HashMap<>();

        void on(ReceivedEvent event) {
            if (event instanceof ReceivedEvent.Subscribed it) {
                Long since = it.id() == null
                        ? null
                        : sinceOfCommand.get(Integer.parseInt(it.id().toString().replaceAll("[^0-9]", "")));
                it.rooms().forEach(room -> joined(room, since));
            } else if (event instanceof ReceivedEvent.Unsubscribed it) {
                it.rooms().stream().filter(RoomResult::ok).forEach(room -> left(room.room()));
            } else if (event instanceof ReceivedEvent.TradeUpdate it) {
                it.trades().forEach(trade -> {
                    check(
                            trade.seq() == tradeNext.getOrDefault(it.room(), -1L),
                            it.room() + " expected " + tradeNext.get(it.room()) + " got " + trade.seq());
                    tradeNext.put(it.room(), trade.seq() + 1);
                });
            } else if (event instanceof ReceivedEvent.KlineUpdate it) {
                onKline(it.room(), it.kline());
            } else if (event instanceof ReceivedEvent.TickerUpdate it) {
                it.tickers().forEach(ticker -> {
                    check(tickerSeq.containsKey(it.room()), "not in " + it.room());
                    check(ticker.seq() >= tickerSeq.get(it.room()), it.room() + " went back to " + ticker.seq());
                    tickerSeq.put(it.room(), ticker.seq());
                });
            } else {
                // The market is closed at the end.
                boolean expected = event instanceof ReceivedEvent.Welcome || event instanceof ReceivedEvent.Drain;
                check(expected, "unexpected " + event);
            }
        }

        private void joined(RoomResult room, Long since) {
            check(room.ok() || room.code().equals("not_subscribed"), "refused: " + room);
            String base = room.room().replaceAll("@.*", "");
            Long next = tradeNext.entrySet().stream()
                    .filter(each -> each.getKey().replaceAll("@.*", "").equals(base))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse(null);
            tradeNext.keySet().removeIf(name -> name.replaceAll("@.*", "").equals(base));
            if (base.startsWith("trade:")) {
                List<Long> seqs =
                        room.snapshot().trades().stream().map(TradeData::seq).toList();
                long first = seqs.isEmpty() ? room.seq() + 1 : seqs.get(0);
                for (int i = 0; i < seqs.size(); i++) {
                    check(seqs.get(i) == first + i, "hole in " + seqs);
                }
                check(first + seqs.size() - 1 == room.seq(), "snapshot does not end at seq: " + room);
                if (since != null) {
                    check(!room.recovered() || first == since + 1, "recovered from " + first + " since " + since);
                } else if (next != null) { // It was in the room at this or another rate: it goes on from there.
                    check(room.recovered() && first <= next, "goes on from " + first + " after " + next);
                }
                tradeNext.put(room.room(), room.seq() + 1);
            } else if (base.startsWith("kline:")) {
                Map<Long, KlineData> known = new HashMap<>();
                Set<Long> shut = new HashSet<>();
                room.snapshot().klines().forEach(kline -> {
                    check(kline.seq() <= room.seq(), "newer than its seq: " + kline);
                    known.put(kline.openTimeMillis(), kline);
                    if (kline.closed()) {
                        shut.add(kline.openTimeMillis());
                    }
                });
                candles.put(room.room(), known);
                closed.put(room.room(), shut);
            } else {
                tickerSeq.put(room.room(), room.seq());
            }
        }

        private void left(String room) {
            tradeNext.remove(room);
            candles.remove(room);
            closed.remove(room);
            tickerSeq.remove(room);
        }

        private void onKline(String room, KlineData kline) {
            Map<Long, KlineData> known = candles.get(room);
            check(known != null, "not in " + room);
            KlineData before = known.put(kline.openTimeMillis(), kline);
            check(before == null || before.seq() <= kline.seq(), room + " went back: " + before + " then " + kline);
            check(
                    before == null || before.count() <= kline.count(),
                    room + " lost trades: " + before + " then " + kline);
            if (kline.closed() && kline.cause().equals("clock")) {
                check(closed.get(room).add(kline.openTimeMillis()), room + " closed twice: " + kline);
            }
        }

        void endsAs(InstrumentSnapshot last) {
            check(tradeNext.containsKey("trade:BTC-USDT@100ms"), "in the last trade room: " + tradeNext);
            tradeNext.forEach((room, next) -> check(next == last.seq() + 1, room + " ended before " + next));
            for (Map.Entry<String, Map<Long, KlineData>> room : candles.entrySet()) {
                KlineInterval interval =
                        room.getKey().contains(":1s") ? KlineInterval.SECOND_1 : KlineInterval.MINUTE_1;
                for (Kline kline : last.klines(interval).newest(1_500)) {
                    KlineData heard = room.getValue().get(kline.openTimeMillis());
                    if (heard != null && heard.seq() >= kline.seq()) {
                        check(heard.count() == kline.count(), "differs: " + heard + " and " + kline);
                    }
                }
            }
        }

        private void check(boolean holds, String otherwise) {
            assertThat(holds).as("seed %d: %s", seed, otherwise).isTrue();
        }
    }
}
