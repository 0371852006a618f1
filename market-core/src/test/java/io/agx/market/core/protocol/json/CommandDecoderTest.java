package io.agx.market.core.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.RequestId;
import io.agx.market.core.protocol.RoomRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandDecoderTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|bad_json||the message is empty",
                "nonsense|bad_json||not one JSON value",
                "{\"event\":\"rooms\"|bad_json||not one JSON value",
                "{\"event\":\"rooms\"} {}|bad_json||not one JSON value",
                "{\"event\":\"rooms\",\"event\":\"ping\"}|bad_json||Duplicate",
                "[1]|bad_request||a command must be an object, was an array",
                "null|bad_request||a command must be an object, was null",
                "{}|bad_request|event|a command must have an event",
                "{\"event\":7}|bad_request|event|event must be a string, was 7",
                "{\"event\":\"buy\"}|unknown_event|event|there is no command \"buy\"",
                "{\"event\":\"rooms\",\"id\":1.5}|bad_field|id|id must be a string or an integer, was 1.5",
                "{\"event\":\"rooms\",\"id\":{}}|bad_field|id|was an object",
                "{\"event\":\"subscribe\"}|bad_field|data|data is missing",
                "{\"event\":\"subscribe\",\"data\":[]}|bad_field|data|data must be an object, was an array",
                "{\"event\":\"subscribe\",\"data\":{}}|bad_field|rooms|rooms is missing",
                "{\"event\":\"subscribe\",\"data\":{\"rooms\":\"ticker:*\"}}|bad_field|rooms|must be an array",
                "{\"event\":\"subscribe\",\"data\":{\"rooms\":[]}}|bad_field|rooms|at least one",
                "{\"event\":\"ticker\",\"data\":{\"symbol\":\"btc\"}}|unknown_symbol|symbol|was \"btc\"",
                "{\"event\":\"ticker\",\"data\":{\"symbol\":5}}|bad_field|symbol|symbol must be a string, was 5",
                "{\"event\":\"klines\",\"data\":{\"symbol\":\"A\"}}|bad_field|interval|interval is missing",
                "{\"event\":\"klines\",\"data\":{\"symbol\":\"A\",\"interval\":\"7m\"}}|unknown_interval|interval|\"7m\"",
                "{\"event\":\"klines\",\"data\":{\"symbol\":\"A\",\"interval\":\"1m\",\"limit\":0}}"
                        + "|bad_field|limit|limit must be 1 to 1500, was 0",
                "{\"event\":\"klines\",\"data\":{\"symbol\":\"A\",\"interval\":\"1m\",\"limit\":1e3}}"
                        + "|bad_field|limit|limit must be an integer",
                "{\"event\":\"klines\",\"data\":{\"symbol\":\"A\",\"interval\":\"1m\",\"startTime\":-1}}"
                        + "|bad_field|startTime|was -1",
                "{\"event\":\"klines\",\"data\":{\"symbol\":\"A\",\"interval\":\"1m\",\"startTime\":5,\"endTime\":4}}"
                        + "|bad_field|endTime|endTime must not be before startTime 5, was 4",
                "{\"event\":\"klines\",\"data\":{\"symbol\":\"A\",\"interval\":\"1m\",\"utcOffset\":\"8\"}}"
                        + "|bad_field|utcOffset|was \"8\"",
                "{\"event\":\"klines\",\"data\":{\"symbol\":\"A\",\"interval\":\"1m\",\"fill\":1}}"
                        + "|bad_field|fill|true or false",
                "{\"event\":\"trades\",\"data\":{\"symbol\":\"A\",\"fromSeq\":0}}|bad_field|fromSeq|was 0",
                "{\"event\":\"trades\",\"data\":{\"symbol\":\"A\",\"fromSeq\":9223372036854775808}}"
                        + "|bad_field|fromSeq|was 9223372036854775808",
                "{\"event\":\"auth\",\"data\":{}}|bad_field|token|token is missing",
                "{\"event\":\"read_message\",\"data\":{\"ids\":[true]}}|bad_field|ids|ids[0] must be a string",
                "{\"event\":\"publish\",\"data\":{\"trades\":[]}}|bad_field|trades|at least one",
                "{\"event\":\"publish\",\"data\":{\"quotes\":{}}}|bad_field|quotes|must be an array",
                "{\"event\":\"publish\",\"data\":{\"quotes\":[1],\"trades\":[1]}}|bad_field|quotes|not both",
                "{\"event\":\"publish\",\"data\":{\"trades\":[1],\"atomic\":1}}|bad_field|atomic|true or false",
                "{\"event\":\"replay\",\"data\":{\"symbol\":\"A\",\"fromTime\":9,\"toTime\":8,\"rooms\":[\"trade:A\"]}}"
                        + "|bad_field|toTime|toTime must be 9 to",
                "{\"event\":\"ping\",\"data\":{\"clientTime\":\"now\"}}|bad_field|clientTime|was \"now\"",
                "{\"event\":\"ping\",\"data\":{\"roundTripMicros\":-1}}|bad_field|roundTripMicros|0 to 60000000, was -1",
                "{\"event\":\"ping\",\"data\":{\"latencyMicros\":60000001}}|bad_field|latencyMicros|was 60000001",
            })
    void saysWhatIsWrong(String text, String code, String field, String messagePart) {
        ProtocolException e = failure(text);

        assertThat(e.code().code()).isEqualTo(code);
        assertThat(e.problem().field()).isEqualTo(field);
        assertThat(e.problem().message()).contains(messagePart);
    }

    @Test
    void publishedElementsAreKeptToTheCharacter() {
        String elements = "[ {\"price\":1.50e1 ,\"s\":\"é😀]\"},[[]],\t17,null ]";
        String text = "{ \"data\" : {\"x\":{\"trades\":[0]},\"atomic\":true,\"trades\":" + elements
                + " , \"y\":[1]}, \"trades\":[9], \"event\":\"publish\"}";

        ClientCommand.Publish publish = (ClientCommand.Publish) CommandDecoder.decode(text);

        assertThat(publish.elementsJson()).isEqualTo(elements);
        assertThat(publish.count()).isEqualTo(4);
        assertThat(publish.atomic()).isTrue();
        assertThat(publish.toString()).doesNotContain("price");
    }

    @Test
    void aCommandPublishesAtMostItsNumberOfElements() {
        String most = "0,".repeat(ClientCommand.MAX_ELEMENTS - 1) + "0";

        CommandDecoder.decode("{\"event\":\"publish\",\"data\":{\"trades\":[" + most + "]}}");
        ProtocolException e = failure("{\"event\":\"publish\",\"data\":{\"trades\":[" + most + ",0]}}");

        assertThat(e.code()).isEqualTo(ErrorCode.TOO_LARGE);
        assertThat(e.problem().message()).contains("1024", "1025");
    }

    @Test
    void aFailureCarriesTheIdOfItsCommand() {
        assertThat(failure("{\"event\":\"buy\",\"id\":12345678901234567890}").id())
                .isEqualTo(new RequestId("12345678901234567890", true));
        assertThat(failure("{\"id\":\"x\",\"event\":\"buy\"}").id()).isEqualTo(RequestId.of("x"));
        assertThat(failure("{\"event\":\"buy\"}").id()).isNull();
    }

    @Test
    void echoesAnIdWithTheSameType() {
        for (String id : List.of("7", "\"7\"", "-12345678901234567890", "\"\\\"é\\n\"", "\"\"")) {
            ClientCommand command = CommandDecoder.decode("{\"event\":\"rooms\",\"id\":" + id + "}");

            assertThat(CommandEncoder.encode(command)).isEqualTo("{\"event\":\"rooms\",\"id\":" + id + "}");
        }
    }

    @Test
    void refusesAnIdThatIsTooLong() {
        assertThat(failure("{\"event\":\"rooms\",\"id\":\"" + "x".repeat(65) + "\"}")
                        .problem()
                        .message())
                .isEqualTo("id must have at most 64 characters, had 65");
    }

    @ParameterizedTest
    @ValueSource(ints = {33, 1_000, 30_000})
    void refusesDeepNesting(int depth) {
        ProtocolException e = failure("{\"event\":\"rooms\",\"x\":" + "[".repeat(depth) + "]".repeat(depth) + "}");

        assertThat(e.code()).isEqualTo(ErrorCode.BAD_JSON);
        assertThat(e.problem().message()).isEqualTo("the message is nested deeper than 32");
    }

    @Test
    void refusesLongNumbersAndStrings() {
        assertThat(failure("{\"event\":\"rooms\",\"id\":" + "1".repeat(65) + "}")
                        .problem()
                        .message())
                .isEqualTo("the message has a number longer than 64 characters");
        assertThat(failure("{\"event\":\"rooms\",\"id\":\"" + "1".repeat(70_000) + "\"}")
                        .problem()
                        .message())
                .contains("too long");
        assertThat(failure("{\"event\":\"rooms\",\"" + "n".repeat(2_000) + "\":1}")
                        .problem()
                        .message())
                .contains("too long");
    }

    @Test
    void unknownFieldsAreIgnored() {
        assertThat(CommandDecoder.decode("{\"x\":[1],\"event\":\"ticker\",\"data\":{\"y\":2,\"symbol\":null}}"))
                .isEqualTo(new ClientCommand.TickerQuery(null, null));
    }

    @Test
    void fieldsBesideARoomAreItsTextualName() {
        ClientCommand.Subscribe subscribe =
                (ClientCommand.Subscribe) CommandDecoder.decode("{\"event\":\"subscribe\",\"data\":{\"rooms\":["
                        + "{\"room\":\"ticker:A@1s\",\"fields\":[\"volume\",\"last\"],\"snapshot\":0},"
                        + "{\"room\":\"ticker:A\",\"fields\":null},"
                        + "{\"room\":\"ticker:A\",\"fields\":[]},{\"room\":\"ticker:A\",\"fields\":\"last\"},"
                        + "{\"room\":\"ticker:A\",\"fields\":[7]},{\"room\":\"ticker:A\",\"fields\":[\"last~low\"]},"
                        + "{\"room\":\"ticker:A~low\",\"fields\":[\"last\"]}]}}");

        assertThat(subscribe.rooms())
                .extracting(RoomRequest::name)
                .containsExactly(
                        "ticker:A@1s~volume~last",
                        "ticker:A",
                        "ticker:A",
                        "ticker:A",
                        "ticker:A",
                        "ticker:A",
                        "ticker:A~low");
        assertThat(subscribe.rooms())
                .extracting(room -> room.problem() == null ? "" : room.problem().message())
                .containsExactly(
                        "",
                        "",
                        "fields must have at least one element",
                        "fields must be an array, was \"last\"",
                        "fields must be names of fields, was 7",
                        "fields must be names of fields, was \"last~low\"",
                        "fields are told twice: the room's name has some already");
        assertThat(subscribe.rooms().get(0).snapshot()).isZero();
        assertThat(subscribe.rooms().get(0).room()).hasToString("ticker:A@1s~last~volume");
    }

    @Test
    void oneBadRoomDoesNotFailTheOthers() {
        ClientCommand.Subscribe subscribe = (ClientCommand.Subscribe)
                CommandDecoder.decode(
                        "{\"event\":\"subscribe\",\"data\":{\"rooms\":[\"ticker:*\",7,{\"room\":\"trade:A\",\"snapshot\":-1},"
                                + "{\"room\":\"trade:B\",\"since\":{\"epoch\":\"e\",\"seq\":\"1\"}},{\"snapshot\":1},\"nope\"]}}");

        assertThat(subscribe.rooms())
                .extracting(RoomRequest::name)
                .containsExactly("ticker:*", "7", "trade:A", "trade:B", "an object", "nope");
        assertThat(subscribe.rooms())
                .extracting(room -> room.problem() == null ? "" : room.problem().message())
                .containsExactly(
                        "",
                        "room must be a string or an object, was 7",
                        "snapshot must be 0 to 1500, was -1",
                        "seq must be an integer, was \"1\"",
                        "room is missing",
                        "");
        assertThat(subscribe.rooms().get(0).room()).hasToString("ticker:*");
        assertThat(catchThrowableOfType(
                                ProtocolException.class,
                                () -> subscribe.rooms().get(1).room())
                        .code())
                .isEqualTo(ErrorCode.BAD_FIELD);
        assertThat(catchThrowableOfType(
                                ProtocolException.class,
                                () -> subscribe.rooms().get(5).room())
                        .code())
                .isEqualTo(ErrorCode.UNKNOWN_ROOM);
    }

    @Test
    void refusesTooManyRoomsAtOnce() {
        String rooms = "\"ticker:*\",".repeat(1_024) + "\"ticker:*\"";

        ProtocolException e = failure("{\"event\":\"subscribe\",\"data\":{\"rooms\":[" + rooms + "]}}");

        assertThat(e.code()).isEqualTo(ErrorCode.TOO_MANY_ROOMS);
        assertThat(e.problem().message()).isEqualTo("rooms must have at most 1024 elements, had 1025");
    }

    @Test
    void aMessageCannotForgeALogLine() {
        assertThat(failure("{\"event\":\"a\\nERROR forged\"}").problem().message())
                .isEqualTo("there is no command \"a?ERROR forged\"");
        assertThat(failure("\u0000\n{").problem().message()).doesNotContain("\n");
    }

    @Test
    void aTokenIsNotPrinted() {
        assertThat(CommandDecoder.decode("{\"event\":\"auth\",\"data\":{\"token\":\"secret\"}}")
                        .toString())
                .doesNotContain("secret");
    }

    private static ProtocolException failure(String text) {
        ProtocolException e = catchThrowableOfType(ProtocolException.class, () -> CommandDecoder.decode(text));
        assertThat(e).as("decoding %s", text).isNotNull();
        return e;
    }
}
