package io.agx.market.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A command that runs on a thread of its own, in this process; ended by an interrupt if it does not end by itself. */
final class CommandRun implements AutoCloseable {
    private static final Actions NO_SERVER = (Actions) Proxy.newProxyInstance(
            Actions.class.getClassLoader(), new Class<?>[] {Actions.class}, (proxy, method, arguments) -> {
                throw new AssertionError(method + " is not a client's");
            });

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    private final Thread thread;

    CommandRun(Map<String, String> environment, String... arguments) {
        thread = new Thread(
                () -> exitCode.complete(MarketCommand.run(
                        NO_SERVER,
                        environment::get,
                        new PrintWriter(out, true),
                        new PrintWriter(err, true),
                        arguments)),
                "command");
        thread.start();
    }

    static CommandRun of(String... arguments) {
        return new CommandRun(Map.of(), arguments);
    }

    String out() {
        return out.toString();
    }

    List<String> lines() {
        return out().lines().toList();
    }

    String err() {
        return err.toString();
    }

    boolean isRunning() {
        return !exitCode.isDone();
    }

    int exitCode(Duration patience) throws Exception {
        return exitCode.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        thread.interrupt();
        assertThat(exitCode).succeedsWithin(Duration.ofSeconds(10));
    }
}
