package io.agx.market.server.cli.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** CPU, memory and limits of a process, as the system tells them. */
final class ProcessUsage {
    private static final Path PROC = Path.of("/proc");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d{1,15}) kB");
    private static final Pattern OPEN_FILES = Pattern.compile("Max open files\\s+(\\d{1,18})");

    private final Path folder;
    private final ProcessHandle process;

    private ProcessUsage(ProcessHandle process) {
        this.process = process;
        this.folder = PROC.resolve(Long.toString(process.pid()));
    }

    static ProcessUsage own() {
        return new ProcessUsage(ProcessHandle.current());
    }

    /** @throws IOException if there is no such process, or the system does not tell about it */
    static ProcessUsage of(long pid) throws IOException {
        if (!Files.isDirectory(PROC.resolve("self"))) {
            throw new IOException("--pid needs /proc, which this system does not have");
        }
        ProcessHandle process = ProcessHandle.of(pid)
                .orElseThrow(() -> new IOException("--pid " + pid + ": there is no such process on this machine"));
        return new ProcessUsage(process);
    }

    /** User and system time so far, in steps of the kernel's clock (10 ms); nothing if the process is gone. */
    Optional<Duration> cpu() {
        return process.isAlive() ? process.info().totalCpuDuration() : Optional.empty();
    }

    /** Memory that it has of the machine now. */
    OptionalLong residentBytes() {
        OptionalLong kibibytes = find("status", RESIDENT);
        return kibibytes.isPresent() ? OptionalLong.of(kibibytes.getAsLong() * 1_024) : kibibytes;
    }

    /** How many files and sockets it may have open. */
    OptionalLong maxOpenFiles() {
        return find("limits", OPEN_FILES);
    }

    private OptionalLong find(String file, Pattern pattern) {
        try {
            Matcher matcher = pattern.matcher(Files.readString(folder.resolve(file)));
            return matcher.find() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty(); // No /proc, another user's process, or one that is gone.
        }
    }
}
