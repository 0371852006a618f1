package io.agx.market.server.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * RFC 6455 and RFC 7692, case by case, on one server that must still be the same at the end. A container that is not ours may deviate in
 * named cases; what it does there is expected just as exactly.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(20)
public abstract class ConformanceSuite {
    private static final JsonMapper JSON = new JsonMapper();

    /** Threads that a container may add for connections that came and went: its pool, never one per connection. */
    private static final int MAX_MORE_THREADS = 40;

    /** A hostile frame must cost no more than its connection does. */
    private static final long MAX_ALLOCATED_BYTES = 24 << 20;

    /**
     * A message in a block with BFINAL is read, and the next compressed message as an empty one: Jetty does not start its inflater anew.
     * Nobody else's messages are touched. No browser ends its stream so. Both outcomes, so that an extension without the fault passes.
     */
    protected static final Deviation JETTY_DEFLATE = new Deviation(
            "7.2.3.4 a command in a last block, and one after it",
            "Jetty's inflater stays finished for one message",
            List.of(List.of("pong:a", "error:bad_json", Case.LIVES), List.of("pong:a", "pong:b", Case.LIVES)));

    private static final int MAX_PLAYS = 10;
    private static final Set<String> ENDS = Set.of("eof", "reset");

    @TempDir
    static Path classFolder;

    private @Nullable Endpoint server;
    private int threadsBefore;

    /** Starts a server without a feed on a data folder. */
    protected abstract Endpoint start(Path dataDir, Path workDir) throws Exception;

    /** Where this container does not do as the RFC says. */
    protected List<Deviation> deviations() {
        return List.of();
    }

    /**
     * Whether this container now and then ends a connection without its Close frame, breaks that frame, or fails a write so that the server
     * ends the connection with 1001. A case is then played again, a few times: so its code is held all the same.
     */
    protected boolean mayLoseCloseFrames() {
        return false;
    }

    @BeforeAll
    void startServer() throws Exception {
        server = start(
                Files.createDirectory(classFolder.resolve("data")), Files.createDirectory(classFolder.resolve("work")));
        assertLives();
        threadsBefore = threadCount();
    }

    /** Runs after the last case. */
    @AfterAll
    void stopServer() throws Exception {
        try {
            assertLives();
            await().atMost(20, TimeUnit.SECONDS)
                    .untilAsserted(() -> assertThat(threadCount())
                            .as("threads, %d before", threadsBefore)
                            .isLessThanOrEqualTo(threadsBefore + MAX_MORE_THREADS));
        } finally {
            server().stop().close();
        }
    }

    static Stream<HandshakeCase> handshakes() {
        return Stream.of(HandshakeCases.all(), OfferCases.all()).flatMap(List::stream);
    }

    static Stream<Case> cases() {
        return Stream.of(
                        FramingCases.all(),
                        FragmentationCases.all(),
                        TextCases.all(),
                        ControlCases.all(),
                        CloseCases.all(),
                        LimitCases.all(),
                        DeflateCases.all())
                .flatMap(List::stream);
    }

    @ParameterizedTest
    @MethodSource("handshakes")
    void answersHandshake(HandshakeCase each) throws IOException {
        try (RawSocket socket = new RawSocket(server().port())) {
            socket.send(each.text().bytes(server().contextPath()));
            HttpAnswer answer = socket.readAnswer(!each.text().method().equals("HEAD"));

            String outcome = outcome(each, answer);
            Optional<Deviation> deviation = deviation(each.name());
            assertThat(outcome)
                    .as("%s: %s%n%s", each.name(), String.join("\n", answer.lines()), answer.body())
                    .isIn(deviation.map(it -> it.outcomes().get(0)).orElse(each.outcomes()));
            if (answer.status() == 101) {
                Conversation.awaitAnswer(
                        socket, answer.header(OfferRules.EXTENSIONS).orElse(""));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void answersFrames(Case each) throws IOException {
        List<List<String>> expected =
                deviation(each.name()).map(Deviation::outcomes).orElse(each.outcomes());
        List<String> came = Conversation.play(each, server());
        for (int i = 0; i < MAX_PLAYS && mayLoseCloseFrames() && isCutShort(came, expected); i++) {
            came = Conversation.play(each, server());
        }

        assertThat(came).as(each.name()).isIn(expected);
    }

    /** Whether this is one of the outcomes, but for its end: messages before the Close frame, and that frame. */
    private static boolean isCutShort(List<String> came, List<List<String>> expected) {
        List<String> begun = came.stream()
                .filter(event -> !ENDS.contains(event) && !event.equals("close:1001"))
                .filter(event -> !event.startsWith(Conversation.BROKEN))
                .toList();
        return !expected.contains(came)
                && !came.contains(Case.LIVES)
                && begun.size() < came.size()
                && expected.stream()
                        .anyMatch(outcome -> outcome.size() > begun.size()
                                && outcome.subList(0, begun.size()).equals(begun));
    }

    @Test
    void hasACaseForEachDeviationAndNamesNoCaseTwice() {
        List<String> names = new ArrayList<>();
        handshakes().forEach(each -> names.add(each.name()));
        cases().forEach(each -> names.add(each.name()));

        assertThat(new HashSet<>(names)).hasSameSizeAs(names);
        for (Deviation deviation : deviations()) {
            assertThat(names).contains(deviation.name());
        }
    }

    @Test
    void allocatesNothingForALengthThatIsOnlyDeclaredNorForABomb() throws IOException {
        List<Case> hostile = cases().filter(each -> each.name().contains("1.5 GB")
                        || each.name().contains("that declares")
                        || each.name().contains("40 MiB when inflated"))
                .toList();
        assertThat(hostile).hasSizeGreaterThan(20);
        for (Case each : hostile) {
            long before = allocatedBytes();
            Conversation.play(each, server());

            assertThat(allocatedBytes() - before)
                    .as("bytes allocated by all threads for \"%s\"", each.name())
                    .isLessThan(MAX_ALLOCATED_BYTES);
        }
    }

    /** The code and field of the problem, and that the headers which belong to a status are there. */
    private static String outcome(HandshakeCase each, HttpAnswer answer) throws IOException {
        int status = answer.status();
        if (status == 101) {
            assertThat(answer.header("Sec-WebSocket-Accept")).hasValue(HandshakeText.ACCEPT);
            assertThat(answer.header("Upgrade"))
                    .hasValueSatisfying(it -> assertThat(it).isEqualToIgnoringCase("websocket"));
            assertThat(answer.header("Connection"))
                    .hasValueSatisfying(it -> assertThat(it).containsIgnoringCase("upgrade"));
            Optional<String> extensions = answer.header(OfferRules.EXTENSIONS);
            extensions.ifPresent(it -> OfferRules.check(each.text().lines(), it));
            return "101"
                    + extensions.map(it -> " deflate").orElse("")
                    + answer.header("Sec-WebSocket-Protocol")
                            .map(it -> " " + it)
                            .orElse("");
        }
        boolean problem = answer.header("Content-Type").orElse("").startsWith("application/problem+json");
        if (!problem) {
            return String.valueOf(status);
        }
        if (status == 426) {
            assertThat(answer.header("Upgrade")).hasValue("websocket");
            assertThat(answer.header("Connection"))
                    .hasValueSatisfying(it -> assertThat(it).containsIgnoringCase("upgrade"));
        }
        if (status == 405) {
            assertThat(answer.header("Allow")).hasValue("GET");
        }
        if (answer.body().isEmpty()) { // of HEAD
            return each.outcomes().get(0).startsWith(status + " ")
                    ? each.outcomes().get(0)
                    : String.valueOf(status);
        }
        JsonNode json = JSON.readTree(answer.body());
        assertThat(json.path("status").asInt()).isEqualTo(status);
        assertThat(json.path("detail").asText()).isNotEmpty().hasSizeLessThan(300);
        String field = json.path("field").asText("");
        if (field.equals("Sec-WebSocket-Version")) {
            assertThat(answer.header("Sec-WebSocket-Version")).hasValue("13");
        }
        return status + " " + json.path("code").asText() + " " + field;
    }

    private Optional<Deviation> deviation(String name) {
        return deviations().stream()
                .filter(each -> name.startsWith(each.name()))
                .findFirst();
    }

    /** Not within one case's time: the first connection of a container loads its classes. */
    private void assertLives() {
        await().atMost(20, TimeUnit.SECONDS)
                .untilAsserted(
                        () -> assertThat(Conversation.play(Case.of("it answers").lives(), server()))
                                .containsExactly(Case.LIVES));
    }

    private Endpoint server() {
        return Objects.requireNonNull(server, "not started");
    }

    private static int threadCount() {
        Set<Thread> threads = Thread.getAllStackTraces().keySet();
        return threads.stream()
                .filter(Thread::isAlive)
                .collect(Collectors.toSet())
                .size();
    }

    private static long allocatedBytes() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
                .filter(bytes -> bytes > 0)
                .sum();
    }
}
