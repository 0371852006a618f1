package io.agx.market.server.delivery;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process, server and swarm in one, has and uses. Linux, HotSpot. */
final class OwnProcess {
    private static final UnixOperatingSystemMXBean SYSTEM =
            (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private OwnProcess() {}

    static long openFiles() {
        return SYSTEM.getOpenFileDescriptorCount();
    }

    /** As many connections as wanted, or as many as the limit of files leaves room for: each has two ends in this process. */
    static int connections(int wanted) {
        long possible = (SYSTEM.getMaxFileDescriptorCount() - 1_000) / 2;
        if (possible < wanted) {
            System.out.println(
                    "only " + possible + " of " + wanted + " connections: raise ulimit -n to " + (wanted * 2L + 1_000));
        }
        return (int) Math.min(wanted, possible);
    }

    /** CPU of the process without that of these threads, which are the test's. */
    static long cpuNanosWithout(long... threadIds) {
        long nanos = SYSTEM.getProcessCpuTime();
        for (long id : threadIds) {
            nanos -= Math.max(0, THREADS.getThreadCpuTime(id));
        }
        return nanos;
    }

    /** Bytes of what lives, after a collection. */
    static long liveHeapBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    static int threads() {
        return THREADS.getThreadCount();
    }

    static long residentMiB() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0; // Not Linux.
        }
    }
}
