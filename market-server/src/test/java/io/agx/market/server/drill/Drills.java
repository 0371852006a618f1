package io.agx.market.server.drill;

import io.agx.market.server.durability.ServerProcess.Launch;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What drills have in common: how the server is started. */
public final class Drills {
    /** As {@code bin/market} does. */
    private static final Launch AS_INSTALLED =
            new Launch(Map.of(), List.of("-XX:+UseG1GC", "-Xms64m", "-Xmx1g", "-XX:+ExitOnOutOfMemoryError"));

    private Drills() {}

    public static Launch launch(boolean full) {
        return full ? AS_INSTALLED : Launch.SMALL;
    }

    /** Options of the server from {@code -Dmarket.drill.options}, such as where its database is. */
    public static String[] options() {
        String options = System.getProperty("market.drill.options", "").strip();
        return options.isEmpty() ? new String[0] : options.split("\\s+");
    }

    /** Waits until threads that were told to end have ended, each for 40 s at most: longer than an answer that is under way. */
    static void join(Iterable<Thread> threads) {
        try {
            for (Thread thread : threads) {
                thread.join(TimeUnit.SECONDS.toMillis(40));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
