package io.agx.market.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A subscriber that keeps what it is told, as a chart would. Messages come on one thread; the counters may be read by any. */
final class LiveClient implements WebSocket.Listener, AutoCloseable {
    private final CompletableFuture<List<Map<String, Object>>> subscribed = new CompletableFuture<>();
    private final Map<String, String> texts = new HashMap<>();
    private final StringBuilder text = new StringBuilder();
    private @Nullable WebSocket socket;

    // Written by the thread of the messages; read by the test when it has seen lastSeq.
    private final List<RealTrades.SqlTrade> trades = new ArrayList<>();
    final List<Map<String, Object>> gaps = new CopyOnWriteArrayList<>();
    final Map<String, Map<Long, Candle>> candles = new ConcurrentHashMap<>();
    final Map<String, Map<Long, List<Candle>>> closes = new ConcurrentHashMap<>();
    final Map<String, Map<String, Object>> newestCandle = new ConcurrentHashMap<>();
    volatile long lastSeq;
    volatile long messages;
    volatile long skipped;
    volatile long filled;
    volatile @Nullable TickerNumbers ticker;
    volatile @Nullable String ended;

    LiveClient() {
        for (String interval : RealTrades.INTERVALS) {
            candles.put(interval, new ConcurrentHashMap<>());
            closes.put(interval, new ConcurrentHashMap<>());
        }
    }

    /** Connects, and returns the answers of the rooms. */
    List<Map<String, Object>> subscribe(HttpClient client, URI uri, List<String> rooms) {
        WebSocket connected = client.newWebSocketBuilder()
                .buildAsync(uri, this)
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
        socket = connected;
        String names = "\"" + String.join("\",\"", rooms) + "\"";
        connected
                .sendText("{\"event\":\"subscribe\",\"id\":1,\"data\":{\"rooms\":[" + names + "]}}", true)
                .join();
        return subscribed.orTimeout(10, TimeUnit.SECONDS).join();
    }

    @Override
    public void onOpen(WebSocket opened) {
        opened.request(Long.MAX_VALUE);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            String message = text.toString();
            text.setLength(0);
            if (message.equals("PONG")) {
                return null;
            }
            onMessage(TestJson.object(message));
            if (messages % 20_000 == 0) {
                from.sendText(
                        "PING", true); // While a backlog is written the server sends no ping that would be answered.
            }
        }
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        ended = code + " " + reason;
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        ended = error.toString();
    }

    private void onMessage(Map<String, Object> message) {
        messages++;
        skipped += (Long) message.getOrDefault("skipped", 0L);
        switch ((String) message.get("event")) {
            case "trade" -> TestJson.objects(message, "data").forEach(this::onTrade);
            case "kline" -> onKline(TestJson.object(message, "data"));
            case "ticker" -> ticker = TickerNumbers.of(TestJson.object(message, "data"));
            case "subscribed" -> subscribed.complete(TestJson.objects(message, "data"));
            case "gap" -> gaps.add(TestJson.object(message, "data"));
            default -> {
                // welcome, heartbeat
            }
        }
    }

    void onTrade(Map<String, Object> trade) {
        trades.add(new RealTrades.SqlTrade(
                (Long) trade.get("seq"), (Long) trade.get("time"), (String) trade.get("price"), (String)
                        trade.get("qty")));
        lastSeq = (Long) trade.get("seq");
    }

    private void onKline(Map<String, Object> json) {
        // Half a million flat candles repeat their texts: kept once, they fit the heap of a test.
        json.replaceAll(
                (name, value) -> value instanceof String string ? texts.computeIfAbsent(string, t -> t) : value);
        Candle candle = Candle.of(json);
        String interval = candle.interval();
        Objects.requireNonNull(candles.get(interval)).put(candle.openTime(), candle);
        if (Boolean.TRUE.equals(json.get("closed")) && "clock".equals(json.get("cause"))) {
            Objects.requireNonNull(closes.get(interval))
                    .computeIfAbsent(candle.openTime(), time -> new CopyOnWriteArrayList<>())
                    .add(candle);
        }
        newestCandle.merge(
                interval,
                new HashMap<>(json),
                (before, now) -> (Long) now.get("openTime") >= (Long) before.get("openTime") ? now : before);
    }

    /** How many of these closes have not come yet, by interval. */
    Map<String, Integer> missingCloses(Map<String, List<Candle>> expected) {
        Map<String, Integer> missing = new HashMap<>();
        expected.forEach((interval, asked) -> {
            int count =
                    asked.size() - Objects.requireNonNull(closes.get(interval)).size();
            if (count > 0) {
                missing.put(interval, count);
            }
        });
        return missing;
    }

    /** The trades in the order in which they came, and those of each gap where it was told, as REST gives them. */
    List<RealTrades.SqlTrade> tradesWithGapsFilledBy(MarketRest rest) throws IOException, InterruptedException {
        List<RealTrades.SqlTrade> all = new ArrayList<>();
        int at = 0;
        for (Map<String, Object> gap : gaps) {
            long from = (Long) gap.get("fromSeq");
            long to = (Long) gap.get("toSeq");
            while (at < trades.size() && trades.get(at).seq() < from) {
                all.add(trades.get(at++));
            }
            for (long seq = from; seq <= to; ) {
                List<RealTrades.SqlTrade> page = rest.trades(seq, (int) Math.min(1_500, to - seq + 1));
                all.addAll(page);
                filled += page.size();
                seq += page.size();
            }
        }
        all.addAll(trades.subList(at, trades.size()));
        return all;
    }

    /** What it was told last of these candles. */
    List<Candle> newestRevisions(String interval, List<Candle> asked) {
        Map<Long, Candle> known = Objects.requireNonNull(candles.get(interval));
        return asked.stream().map(candle -> known.get(candle.openTime())).toList();
    }

    /** With what these candles were closed. */
    List<Candle> closesOf(String interval, List<Candle> asked) {
        Map<Long, List<Candle>> known = Objects.requireNonNull(closes.get(interval));
        return asked.stream()
                .flatMap(candle -> known.getOrDefault(candle.openTime(), List.of()).stream())
                .toList();
    }

    List<Long> closedTwice(String interval) {
        return Objects.requireNonNull(closes.get(interval)).entrySet().stream()
                .filter(entry -> entry.getValue().size() > 1)
                .map(Map.Entry::getKey)
                .toList();
    }

    @Override
    public void close() {
        if (socket != null) {
            socket.abort();
        }
    }
}
