package io.agx.market.server.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.agx.market.core.protocol.ReceivedEvent;
import io.agx.market.server.testing.RecordingTransport;
import io.agx.market.server.testing.RunningMarket;
import io.agx.market.server.testing.TestTokens;
import io.agx.market.server.testing.Tokens;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Inboxes over REST. Each test has a user of its own. */
class InboxRestTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path dataDir;

    private static RunningMarket market;
    private static HttpClient client;

    @BeforeAll
    static void start() throws IOException {
        market = RunningMarket.listening(dataDir);
        client = HttpClient.newHttpClient();
    }

    @AfterAll
    static void stop() {
        market.close();
    }

    private record Answer(int status, JsonNode body, HttpResponse<String> raw) {}

    private static Answer send(HttpRequest.Builder request, String token) throws Exception {
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        return new Answer(response.statusCode(), JSON.readTree(response.body()), response);
    }

    private static Answer post(String path, String token, String body, String... headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(market.rest(path)).POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request, token);
    }

    private static Answer notify(String userId, String body, String... headers) throws Exception {
        return post("/users/" + userId + "/notifications", TestTokens.notifier(), body, headers);
    }

    private static Answer messages(String userId, String query) throws Exception {
        return send(HttpRequest.newBuilder(market.rest("/users/me/messages" + query)), TestTokens.of(userId));
    }

    @Test
    void aMessageIsKeptAndReadAsItWasSent() throws Exception {
        Answer kept = notify(
                "u1",
                "{\"type\":\"alert\",\"title\":\"Ti\\u00e9\\ud83d\\ude00\",\"content\":\"line\\nline\",\"data\":{\"a\":[1.10,1e30,"
                        + "123456789012345678901234567890]},\"sender\":{\"nickname\":\"Desk\",\"avatar\":\"https://x/y\"}}");
        JsonNode page = messages("u1", "").body();
        JsonNode message = page.get("messages").get(0);

        assertThat(kept.status()).isEqualTo(201);
        assertThat(kept.body()).isEqualTo(JSON.readTree("{\"id\":\"1\",\"seq\":1,\"duplicate\":false}"));
        assertThat(page.get("seq").asLong()).isEqualTo(1);
        assertThat(page.get("unread").asLong()).isEqualTo(1);
        assertThat(message.get("title").asText()).isEqualTo("Ti\u00e9\ud83d\ude00");
        assertThat(message.get("content").asText()).isEqualTo("line\nline");
        assertThat(messages("u1", "").raw().body())
                .contains("\"data\":{\"a\":[1.10,1E+30,123456789012345678901234567890]}");
        assertThat(message.get("sender"))
                .isEqualTo(JSON.readTree("{\"nickname\":\"Desk\",\"avatar\":\"https://x/y\"}"));
        assertThat(message.get("read").asBoolean()).isFalse();
    }

    @Test
    void theKeyIsTakenFromTheHeaderOrTheField() throws Exception {
        assertThat(notify("u2", "{\"title\":\"a\"}", "Idempotency-Key", "k").status())
                .isEqualTo(201);
        Answer again = notify("u2", "{\"title\":\"a\",\"idempotencyKey\":\"k\"}");
        Answer torn = notify("u2", "{\"title\":\"a\",\"idempotencyKey\":\"k\"}", "Idempotency-Key", "other");

        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body().get("duplicate").asBoolean()).isTrue();
        assertThat(torn.status()).isEqualTo(400);
        assertThat(torn.body().get("field").asText()).isEqualTo("idempotencyKey");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|title|title is missing",
                "{\"title\":\"\"}|title|1 to 200 characters, had 0",
                "{\"title\":7}|title|title must be a string",
                "{\"title\":\"201\"}|title|had 201",
                "{\"title\":\"a\",\"content\":\"4001\"}|content|had 4001",
                "{\"title\":\"a\",\"type\":\"Trade\"}|type|character 1",
                "{\"title\":\"a\",\"sender\":\"x\"}|sender|must be an object",
                "{\"title\":\"a\",\"sender\":{\"nickname\":\"\"}}|sender.nickname|had 0",
                "{\"title\":\"a\",\"data\":\"8193\"}|data|8192 bytes, had 8195",
                "{\"title\":\"a\",\"data\":[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}|data|deeper than 16",
                "{\"title\":\"\\ud800\"}|title|d800",
                "{\"title\":\"a\\u0000\"}|title|character 2",
                "{\"title\":\"a\",\"idempotencyKey\":\"129\"}|idempotencyKey|had 129"
            })
    void aFieldOutOfItsRangeIsNamedWithItsLimit(String body, String field, String text) throws Exception {
        String longOne = body;
        for (int length : new int[] {201, 4001, 8193, 129}) {
            longOne = longOne.replace("\"" + length + "\"", "\"" + "x".repeat(length) + "\"");
        }
        Answer answer = notify("u3", longOne);

        assertThat(answer.status()).as("%s", answer.body()).isEqualTo(400);
        assertThat(answer.body().get("code").asText()).isEqualTo("bad_field");
        assertThat(answer.body().get("field").asText()).isEqualTo(field);
        assertThat(answer.body().get("detail").asText()).contains(text);
        assertThat(messages("u3", "").body().get("seq").asLong()).isZero();
    }

    @Test
    void onlyTheScopeNotifySendsAndOnlyATokenReads() throws Exception {
        assertThat(post("/users/u4/notifications", TestTokens.of("u4"), "{\"title\":\"a\"}")
                        .status())
                .isEqualTo(403);
        assertThat(post("/users/u4/notifications", "", "{\"title\":\"a\"}").status())
                .isEqualTo(401);
        assertThat(post("/notifications", TestTokens.of("u4"), "[]").status()).isEqualTo(403);
        assertThat(post("/broadcast", TestTokens.of("u4"), "{\"title\":\"a\"}").status())
                .isEqualTo(403);
        assertThat(send(HttpRequest.newBuilder(market.rest("/users/me/messages")), "")
                        .status())
                .isEqualTo(401);
        assertThat(notify("me", "{\"title\":\"a\"}").status()).isEqualTo(400);
    }

    @Test
    void anotherUsersMessagesHaveNoPathAndWhoIsThereCannotBeTold() throws Exception {
        notify("u5", "{\"title\":\"secret\"}");
        Answer there = send(HttpRequest.newBuilder(market.rest("/users/u5/messages")), TestTokens.of("u6"));
        Answer nowhere = send(HttpRequest.newBuilder(market.rest("/users/nobody/messages")), TestTokens.of("u6"));

        assertThat(there.status()).isEqualTo(404);
        assertThat(there.body()).isEqualTo(nowhere.body());
    }

    @Test
    void aBatchIsAnsweredElementByElement() throws Exception {
        Answer answer = post(
                "/notifications",
                TestTokens.notifier(),
                "[{\"userId\":\"u7\",\"title\":\"a\",\"idempotencyKey\":\"k\"},{\"userId\":\"u8\",\"title\":\"b\"},{\"title\":\"c\"},17,"
                        + "{\"userId\":\"u7\",\"title\":\"d\",\"idempotencyKey\":\"k\"}]");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().get("results"))
                .isEqualTo(JSON.readTree("[{\"ok\":true,\"id\":\"1\",\"seq\":1},{\"ok\":true,\"id\":\"1\",\"seq\":1},"
                        + "{\"ok\":false,\"code\":\"bad_field\",\"message\":\"userId is missing\"},"
                        + "{\"ok\":false,\"code\":\"bad_request\",\"message\":\"a message must be a JSON object\"},"
                        + "{\"ok\":true,\"id\":\"1\",\"seq\":1,\"duplicate\":true}]"));
        assertThat(answer.body().get("kept").asInt()).isEqualTo(2);
        assertThat(answer.body().get("refused").asInt()).isEqualTo(2);
    }

    @Test
    void moreMessagesThanABatchMayHaveAreRefusedAsAWhole() throws Exception {
        String batch =
                "[" + "{\"userId\":\"u9\",\"title\":\"a\"},".repeat(1_000) + "{\"userId\":\"u9\",\"title\":\"a\"}]";
        Answer answer = post("/notifications", TestTokens.notifier(), batch);

        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.body().get("detail").asText()).contains("1000", "1001");
        assertThat(messages("u9", "").body().get("seq").asLong()).isZero();
    }

    @Test
    void messagesArePagedAndMarkedAsRead() throws Exception {
        for (int i = 1; i <= 7; i++) {
            notify("u10", "{\"title\":\"m" + i + "\"}");
        }
        assertThat(seqs(messages("u10", "?since=2&limit=3"))).containsExactly(3, 4, 5);

        Answer read = post("/users/me/messages/read", TestTokens.of("u10"), "{\"ids\":[\"2\",4],\"toSeq\":1}");

        assertThat(read.body().get("unread").asInt()).isEqualTo(4);
        assertThat(seqs(messages("u10", "?unread=true"))).containsExactly(3, 5, 6, 7);
        assertThat(seqs(messages("u10", "?unread=true&since=5&limit=1"))).containsExactly(6);
        JsonNode second =
                messages("u10", "?since=1&limit=1").body().get("messages").get(0);
        assertThat(second.get("read").asBoolean()).isTrue();
        assertThat(second.get("readTime").asLong()).isPositive();
        assertThat(post("/users/me/messages/read", TestTokens.of("u10"), "{\"all\":true}")
                        .body()
                        .get("unread")
                        .asInt())
                .isZero();
    }

    private static List<Integer> seqs(Answer page) {
        JsonNode messages = page.body().get("messages");
        return IntStream.range(0, messages.size())
                .mapToObj(i -> messages.get(i).get("seq").asInt())
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"?limit=0,limit", "?limit=1001,limit", "?since=-1,since", "?since=x,since", "?unread=maybe,unread"})
    void aBadParameterIsNamed(String query, String field) throws Exception {
        Answer answer = messages("u11", query);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body().get("field").asText()).isEqualTo(field);
    }

    @Test
    void bothSidesOfAPublishedTradeAreToldBeforeThePublisherIsAnsweredAndOnce() throws Exception {
        market.define("NOTE-USDT");
        String trade =
                "[{\"symbol\":\"NOTE-USDT\",\"id\":\"7\",\"price\":\"2.5\",\"qty\":\"4\",\"buyerUserId\":\"u15\","
                        + "\"sellerUserId\":\"u16\"}]";
        assertThat(post("/trades", Tokens.PUBLISHER, trade)
                        .body()
                        .get("accepted")
                        .asInt())
                .isEqualTo(1);
        JsonNode bought = messages("u15", "").body();
        JsonNode sold = messages("u16", "").body();
        assertThat(post("/trades", Tokens.PUBLISHER, trade)
                        .body()
                        .get("duplicates")
                        .asInt())
                .isEqualTo(1);

        assertThat(bought.get("messages").get(0).get("title").asText()).isEqualTo("Bought 4 NOTE-USDT");
        assertThat(bought.get("messages").get(0).get("data").get("seq").asLong())
                .isEqualTo(1);
        assertThat(sold.get("messages").get(0).get("title").asText()).isEqualTo("Sold 4 NOTE-USDT");
        assertThat(messages("u15", "").body()).isEqualTo(bought);
        assertThat(messages("u16", "").body()).isEqualTo(sold);
    }

    @Test
    void aUserWhoCannotBeToldIsRefusedAndTheUsersOfOtherTradesAreTold() throws Exception {
        market.define("NOTU-USDT");
        String trades = """
                [{"symbol":"NOTU-USDT","id":"1","price":"2.5","qty":"4","buyerUserId":"a\\u0000"},
                {"symbol":"NOTU-USDT","id":"2","price":"2.5","qty":"4","sellerUserId":"\\ud800"},
                {"symbol":"NOTU-USDT","id":"3","price":"2.5","qty":"4","buyerUserId":"u17"}]""";
        JsonNode answer = post("/trades", Tokens.PUBLISHER, trades).body();

        assertThat(answer.get("accepted").asInt()).isEqualTo(1);
        assertThat(answer.get("results").get(0).get("message").asText())
                .isEqualTo("buyerUserId must have 1 to 128 characters, no NUL and no half of a pair");
        assertThat(answer.get("results").get(1).get("message").asText()).startsWith("sellerUserId must have");
        assertThat(messages("u17", "")
                        .body()
                        .get("messages")
                        .get(0)
                        .get("title")
                        .asText())
                .isEqualTo("Bought 4 NOTU-USDT");
    }

    @Test
    void whatIsPrivateIsKeptInNoCache() throws Exception {
        assertThat(messages("u12", "").raw().headers().firstValue("Cache-Control"))
                .contains("private, no-store");
    }

    @Test
    void aBroadcastReachesEveryConnectionAndIsStoredForAllKnownUsers() throws Exception {
        notify("u13", "{\"title\":\"a\"}");
        RecordingTransport anyone = new RecordingTransport();
        RecordingTransport newcomer = new RecordingTransport();
        market.server().gateway().open(anyone, List.of());
        Messages.connect(market, newcomer, "u14");
        await().until(() -> !newcomer.events(ReceivedEvent.ReadStatus.class).isEmpty());

        Answer plain = post("/broadcast", TestTokens.notifier(), "{\"title\":\"Hello\"}");
        Answer stored = post(
                "/broadcast",
                TestTokens.notifier(),
                "{\"title\":\"Pause\",\"content\":\"at noon\",\"store\":true,\"idempotencyKey\":\"p\"}");
        Answer again = post(
                "/broadcast", TestTokens.notifier(), "{\"title\":\"Pause\",\"store\":true,\"idempotencyKey\":\"p\"}");

        assertThat(plain.body().get("stored").asInt()).isZero();
        assertThat(stored.body().get("stored").asInt()).isGreaterThanOrEqualTo(2);
        assertThat(again.body().get("stored").asInt()).isZero();
        assertThat(again.body().get("duplicates")).isEqualTo(stored.body().get("stored"));
        await().until(() -> anyone.events(ReceivedEvent.Notice.class).size() == 3);
        assertThat(anyone.events(ReceivedEvent.Notice.class))
                .extracting(ReceivedEvent.Notice::message)
                .containsExactly("Hello", "Pause: at noon", "Pause");
        assertThat(seqs(messages("u13", "?since=1"))).containsExactly(2);
        await().until(() -> Messages.seqs(newcomer).equals(List.of(1L)));
    }
}
