package io.agx.market.server.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.server.attack.HostileInputs.Input;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thousands of hostile inputs: each is answered or ended within 3 s, none with a fault of the server's, and nobody else notices. In full: all fixed
 * ones and 10,000 at random from each of three seeds.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
abstract class HostileInputsSuite {
    private static final int THREADS = 8;
    private static final int FIXED = Victim.scaled(500, Integer.MAX_VALUE);
    private static final int RANDOM = Victim.scaled(500, 10_000);
    private static final int SEEDS = Victim.scaled(1, 3);

    @TempDir
    private Path folder;

    /** One who is attacked. */
    abstract Victim start(Path dataFolder) throws Exception;

    /** What a container does otherwise than the embedded server, by itself and before the application hears of it. */
    List<Allowance> allowances() {
        return List.of();
    }

    /**
     * One reaction that is taken although it is not the promised one.
     *
     * @param why what the container does, and why that is no harm
     * @param fault what {@link #fault} calls it
     * @param input the kinds and names of the inputs
     */
    record Allowance(String why, Pattern fault, Pattern input, AtomicInteger uses) {
        Allowance(String why, String fault, String input) {
            this(why, Pattern.compile(fault, Pattern.DOTALL), Pattern.compile(input), new AtomicInteger());
        }

        private boolean covers(String oneFault, Input oneInput) {
            boolean covered = fault.matcher(oneFault).matches()
                    && input.matcher(oneInput.kind() + " " + oneInput.name()).matches();
            if (covered) {
                uses.incrementAndGet();
            }
            return covered;
        }
    }

    @Test
    void everyHostileInputIsAnsweredOrEndedAndHarmsNobody() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("hostile inputs: seed " + seed);
        List<Input> fixed = HostileInputs.fixed();
        Collections.shuffle(fixed, new Random(seed));
        List<Input> inputs = new ArrayList<>(fixed.subList(0, Math.min(FIXED, fixed.size())));
        for (int i = 0; i < SEEDS; i++) {
            inputs.addAll(HostileInputs.random(seed + i, RANDOM));
        }
        List<Allowance> allowances = allowances();
        try (Victim victim = start(folder)) {
            long logBefore = victim.process().wholeLog().length();
            long startNanos = System.nanoTime();

            List<String> wrong = play(victim.port(), inputs, allowances);

            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
            assertThat(wrong).as("seed %d", seed).isEmpty();
            String log = victim.process().wholeLog().substring((int) logBefore);
            assertThat(log).doesNotContain("forged line");
            assertThat((long) log.length()).as("log, characters").isLessThan(4_096L * inputs.size());
            System.out.println("hostile inputs: " + inputs.size() + " (" + fixed.size() + " fixed there are) in "
                    + millis + " ms, log " + log.length() + " characters; " + victim.assertUnharmed());
            for (Allowance allowance : allowances) {
                System.out.println("  allowed " + allowance.uses() + " times: " + allowance.why());
                if (Victim.FULL) {
                    assertThat(allowance.uses().get())
                            .as("times that it was needed: " + allowance.why())
                            .isPositive();
                }
            }
        }
    }

    private static List<String> play(int port, List<Input> inputs, List<Allowance> allowances) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        try {
            List<Callable<List<String>>> parts = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int first = t;
                parts.add(() -> {
                    List<String> wrong = new ArrayList<>();
                    for (int i = first; i < inputs.size(); i += THREADS) {
                        Input input = inputs.get(i);
                        String fault = fault(port, input);
                        if (!fault.isEmpty() && allowances.stream().noneMatch(each -> each.covers(fault, input))) {
                            wrong.add(fault + " after " + input);
                        }
                    }
                    return wrong;
                });
            }
            List<String> wrong = new ArrayList<>();
            for (Future<List<String>> part : pool.invokeAll(parts)) {
                wrong.addAll(part.get());
            }
            return wrong;
        } finally {
            pool.shutdownNow();
        }
    }

    /** What is wrong with the server's reaction, or nothing. */
    private static String fault(int port, Input input) throws IOException {
        return switch (input.kind()) {
            case BAD_REQUEST, ANY_REQUEST -> faultOfRequest(port, input);
            case BAD_FRAMES, ANY_FRAMES -> faultOfFrames(port, input);
            case BAD_COMMAND, ANY_COMMAND -> faultOfCommand(port, input);
        };
    }

    private static String faultOfRequest(int port, Input input) throws IOException {
        boolean mustRefuse = input.kind() == HostileInputs.Kind.BAD_REQUEST;
        try (Wire wire = new Wire(port)) {
            wire.send(input.bytes());
            wire.finish();
            Wire.Answer answer = wire.answer();
            if (answer.status() >= 500) {
                return "status " + answer.status();
            }
            if (mustRefuse && answer.status() < 400) {
                return answer.status() == 0 ? "no answer" : "accepted with " + answer.status();
            }
            if (mustRefuse
                    && !answer.header("Content-Type").equals("application/problem+json")
                    && !answer.header("Content-Type").startsWith("text/plain")) {
                return "a page: " + answer;
            }
            return tellsInternals(answer.body(), new String(input.bytes(), StandardCharsets.ISO_8859_1))
                    ? "internals: " + answer
                    : "";
        } catch (SocketTimeoutException e) {
            return "silence";
        } catch (IOException e) {
            return mustRefuse ? "abrupt end " + e : "";
        }
    }

    /** An answer may quote what it refuses. */
    private static boolean tellsInternals(String body, String input) {
        return body.contains("org.eclipse") || body.contains("java.") && !input.contains("java.");
    }

    private static String faultOfFrames(int port, Input input) throws IOException {
        boolean mustClose = input.kind() == HostileInputs.Kind.BAD_FRAMES;
        try (Wire wire = Wire.webSocket(port)) {
            wire.send(input.bytes());
            if (!mustClose) {
                wire.finish();
            }
            String end = wire.end();
            if (end.equals("1011") || end.equals("silence")) {
                return end;
            }
            return mustClose && !end.matches("1002|1003|1007|1009") ? "ended with " + end : "";
        }
    }

    private static String faultOfCommand(int port, Input input) throws IOException {
        try (Wire wire = Wire.webSocket(port)) {
            wire.send(Wire.frame(0x81, input.bytes()));
            wire.sendText("{\"event\":\"ping\",\"id\":\"after\"}");
            boolean refused = false;
            while (true) {
                Wire.Frame frame = wire.frame();
                if (frame.isClose()) {
                    return frame.code() == 1011 ? "close 1011" : "";
                }
                if (frame.text().contains("\"internal\"")) {
                    return "an internal error: " + frame.text();
                }
                refused |= frame.text().contains("\"error\"");
                if (frame.text().contains("\"after\"")) {
                    return input.kind() == HostileInputs.Kind.BAD_COMMAND && !refused ? "taken without an error" : "";
                }
            }
        } catch (SocketTimeoutException e) {
            return "silence";
        } catch (EOFException e) {
            return "no Close frame";
        }
    }
}
