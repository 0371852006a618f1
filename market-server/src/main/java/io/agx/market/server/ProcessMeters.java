package io.agx.market.server;

import io.agx.market.server.metrics.Metrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What {@code /metrics} tells of the process and its disk; the JVM's and the system's figures are Micrometer's. */
final class ProcessMeters {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "VmRSS:";

    private ProcessMeters() {}

    static void register(Metrics metrics, Path dataDir) {
        String version = ProcessMeters.class.getPackage().getImplementationVersion();
        metrics.gauge(
                "market.build.info",
                "1; its labels say what runs.",
                () -> 1,
                "version",
                version == null ? "unpackaged" : version,
                "java",
                System.getProperty("java.version"));
        metrics.gauge(
                "market.data.disk.free.bytes",
                "Bytes that may still be written where the data folder is.",
                () -> dataDir.toFile().getUsableSpace());
        metrics.gauge(
                "market.data.disk.total.bytes",
                "Bytes of the disk that the data folder is on.",
                () -> dataDir.toFile().getTotalSpace());
        if (Files.isReadable(STATUS)) {
            metrics.gauge(
                    "market.process.resident.bytes",
                    "Memory of the process that is in RAM, the heap and all else.",
                    ProcessMeters::residentBytes);
        }
    }

    private static double residentBytes() {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith(RESIDENT))
                    .mapToDouble(line -> 1024.0 * Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(Double.NaN);
        } catch (IOException e) {
            return Double.NaN;
        }
    }
}
