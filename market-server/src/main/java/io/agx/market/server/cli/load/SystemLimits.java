package io.agx.market.server.cli.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whether the system lets so many connections be, found out before the first is opened. */
final class SystemLimits {
    /** Files beside the connections: jars, the JVM's own, selectors, the server's log and database. */
    static final int OTHER_FILES = 200;

    private static final Path PORTS = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    private static final Pattern RANGE = Pattern.compile("\\s*(\\d{1,5})\\s+(\\d{1,5})\\s*");

    private SystemLimits() {}

    /** @throws IllegalStateException if a limit is too low; the message says how to raise it */
    static void check(int connections, @Nullable ProcessUsage server) {
        requireFiles("this process", connections, ProcessUsage.own().maxOpenFiles());
        if (server != null) {
            requireFiles("the server", connections, server.maxOpenFiles());
        }
        requirePorts(connections, ports());
    }

    static void requireFiles(String who, int connections, OptionalLong limit) {
        long needed = (long) connections + OTHER_FILES;
        if (limit.isPresent() && limit.getAsLong() < needed) {
            throw new IllegalStateException("--connections " + connections + " needs about " + needed
                    + " open files, but " + who + " may have " + limit.getAsLong() + ": start it after 'ulimit -n "
                    + needed + "' (what 'ulimit -Hn' tells is the most; root can raise that, in"
                    + " /etc/security/limits.conf or as LimitNOFILE of the service)");
        }
    }

    static void requirePorts(int connections, OptionalLong ports) {
        if (ports.isPresent() && ports.getAsLong() < connections) {
            throw new IllegalStateException(
                    "--connections " + connections + " needs as many local ports to one server, but"
                            + " the system gives " + ports.getAsLong()
                            + ": widen the range with 'sysctl -w net.ipv4.ip_local_port_range=\"1024 65535\"'");
        }
    }

    private static OptionalLong ports() {
        try {
            Matcher range = RANGE.matcher(Files.readString(PORTS));
            return range.matches()
                    ? OptionalLong.of(Long.parseLong(range.group(2)) - Long.parseLong(range.group(1)) + 1)
                    : OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
