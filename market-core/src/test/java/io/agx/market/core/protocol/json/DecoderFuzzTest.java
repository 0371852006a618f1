package io.agx.market.core.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.protocol.RoomRequest;
import io.agx.market.core.protocol.ServerEvent;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Whatever comes, a decoder answers with a value or a {@link ProtocolException}. */
class DecoderFuzzTest {
    private static final int ROUNDS = 100_000;
    private static final List<String> TOKENS = List.of(
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\\",
            "null",
            "true",
            "-1",
            "0",
            "1e999999999",
            "-0",
            "1.5",
            "\\u0000",
            "\ud800",
            "\u2028",
            "9223372036854775808",
            "@",
            "ticker:*",
            "kline:A:1m:+99:99",
            "\"event\":\"subscribe\"",
            "{\"room\":\"trade:A\",\"since\":{}}",
            "NaN",
            "'",
            "/*",
            "﻿",
            "\t",
            "é",
            "😀");

    @Test
    void mutatedCommandsOnlyEverFailAsProtocolErrors() {
        List<String> seeds =
                Samples.commands().values().stream().map(CommandEncoder::encode).toList();
        fuzz(seeds, text -> touch(CommandDecoder.decode(text)));
    }

    @Test
    void mutatedEventsOnlyEverFailAsProtocolErrors() {
        List<String> seeds =
                Samples.events().values().stream().map(EventEncoder::toText).toList();
        fuzz(seeds, EventDecoder::decode);
    }

    @Test
    void mutatedRoomNamesOnlyEverFailAsProtocolErrors() {
        List<String> seeds =
                List.of("ticker:*", "kline:BTC-USDT:1m:+08:00@1s", "trade:BTC-USDT", "inbox", "system", "");
        fuzz(seeds, text -> {
            RoomName room = RoomName.parse(text);
            assertThat(RoomName.parse(room.toString())).isEqualTo(room);
        });
    }

    /** What is read can be used: names parse or fail as protocol errors, replies can be written. */
    private static void touch(ClientCommand command) {
        EventEncoder.encode(new ServerEvent.RoomsReply(command.id(), List.of()));
        if (command instanceof ClientCommand.Subscribe subscribe) {
            for (RoomRequest room : subscribe.rooms()) {
                try {
                    room.room();
                } catch (ProtocolException expected) {
                    assertThat(expected.problem().message()).doesNotContain("\n");
                }
            }
        }
    }

    private static void fuzz(List<String> seeds, Consumer<String> decode) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int understood = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String text = mutate(seeds.get(random.nextInt(seeds.size())), random);
            try {
                decode.accept(text);
                understood++;
            } catch (ProtocolException expected) {
                assertThat(expected.problem().message()).isNotEmpty();
            } catch (RuntimeException | StackOverflowError | AssertionError e) {
                throw new AssertionError("seed " + seed + " round " + round + " text " + text, e);
            }
        }
        assertThat(understood).as("some mutations are harmless, seed %s", seed).isPositive();
    }

    private static String mutate(String text, Random random) {
        StringBuilder mutated = new StringBuilder(text);
        for (int change = random.nextInt(4); change >= 0; change--) {
            int at = random.nextInt(mutated.length() + 1);
            switch (random.nextInt(6)) {
                case 0 -> mutated.insert(at, TOKENS.get(random.nextInt(TOKENS.size())));
                case 1 -> mutated.delete(at, Math.min(mutated.length(), at + 1 + random.nextInt(8)));
                case 2 -> mutated.insert(at, (char) random.nextInt(0x300));
                case 3 -> {
                    if (at < mutated.length()) {
                        mutated.setCharAt(at, (char) (32 + random.nextInt(96)));
                    }
                }
                case 4 -> {
                    int end = Math.min(mutated.length(), at + random.nextInt(40));
                    mutated.insert(random.nextInt(mutated.length() + 1), mutated.substring(at, end));
                }
                default -> mutated.setLength(at);
            }
        }
        return mutated.toString();
    }
}
