package io.agx.market.server.attack;

import java.util.List;
import java.util.Random;

/** Commands made of right and wrong parts, the same for the same seed: most are JSON, many are commands, some are right. */
final class FuzzedCommands {
    private static final List<String> EVENTS = List.of(
            "subscribe",
            "unsubscribe",
            "rooms",
            "ticker",
            "klines",
            "trades",
            "instruments",
            "ping",
            "get_unread_message",
            "auth",
            "read_message",
            "publish",
            "replay",
            "stop_replay",
            "no_such",
            "");
    private static final List<String> FIELDS = List.of(
            "rooms",
            "symbol",
            "interval",
            "limit",
            "startTime",
            "endTime",
            "fromSeq",
            "fromTime",
            "toTime",
            "speed",
            "utcOffset",
            "fill",
            "clientTime",
            "token",
            "ids",
            "trades",
            "atomic",
            "snapshot",
            "since",
            "fields",
            "unknown");
    private static final List<String> WORDS = List.of(
            "NBR-USDT",
            "trade:NBR-USDT",
            "trade:NBR-USDT@1s~price",
            "ticker:*",
            "ticker:N*",
            "kline:NBR-USDT:1m",
            "kline:NBR-USDT:1d:+08:00",
            "1m",
            "1M",
            "+05:30",
            "buy",
            "",
            "null",
            "0",
            "-1",
            "\\u0000",
            "\\ud83d\\ude00",
            "' OR 1=1",
            "${a}",
            "../..");
    private static final List<String> NUMBERS = List.of(
            "0", "1", "-1", "5", "1500", "1501", "1e3", "1.5", "9223372036854775807", "9223372036854775808", "-0");

    private final Random random;

    FuzzedCommands(long seed) {
        random = new Random(seed);
    }

    String next() {
        StringBuilder text =
                new StringBuilder("{\"event\":\"").append(pick(EVENTS)).append('"');
        if (random.nextInt(3) > 0) {
            text.append(",\"id\":").append(random.nextInt(4) == 0 ? value(2) : String.valueOf(random.nextInt()));
        }
        if (random.nextInt(5) > 0) {
            text.append(",\"data\":").append(random.nextInt(8) == 0 ? value(3) : object(3));
        }
        text.append('}');
        if (random.nextInt(6) == 0) {
            damage(text);
        }
        return text.toString();
    }

    private String object(int depth) {
        StringBuilder text = new StringBuilder("{");
        int fields = random.nextInt(5);
        for (int i = 0; i < fields; i++) {
            text.append(i == 0 ? "" : ",")
                    .append('"')
                    .append(pick(FIELDS))
                    .append("\":")
                    .append(value(depth - 1));
        }
        return text.append('}').toString();
    }

    private String value(int depth) {
        return switch (random.nextInt(depth > 0 ? 8 : 5)) {
            case 0, 1 -> "\"" + pick(WORDS) + "\"";
            case 2 -> pick(NUMBERS);
            case 3 -> String.valueOf(random.nextLong());
            case 4 -> pick(List.of("true", "false", "null"));
            case 5 -> object(depth);
            default -> {
                StringBuilder array = new StringBuilder("[");
                int elements = random.nextInt(4);
                for (int i = 0; i < elements; i++) {
                    array.append(i == 0 ? "" : ",").append(value(depth - 1));
                }
                yield array.append(']').toString();
            }
        };
    }

    private void damage(StringBuilder text) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
            case 0 -> text.deleteCharAt(at);
            case 1 -> text.insert(at, (char) (32 + random.nextInt(1_000)));
            default -> text.setLength(at);
        }
    }

    private String pick(List<String> of) {
        return of.get(random.nextInt(of.size()));
    }
}
