package io.agx.market.server.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The shell blocks of {@code docs/OPERATIONS.md} that are marked {@code <!-- drill: name -->}, to be run as they stand there. */
public final class Handbook {
    private static final Path FILE = Path.of("..", "docs", "OPERATIONS.md");
    private static final String MARK = "<!-- drill: ";
    private static final long PATIENCE_SECONDS = 120;

    private final Map<String, String> blocks = new LinkedHashMap<>();
    private final Path folder;
    private final Path tools;

    /**
     * @param folder where the commands are run; {@code bin/market} is made there, of this JVM's classes
     * @param tools a folder whose programs come first
     */
    public Handbook(Path folder, Path tools) throws IOException {
        this.folder = folder;
        this.tools = tools;
        read(Files.readAllLines(FILE));
        Path script = folder.resolve("bin/market");
        Files.createDirectories(script.getParent());
        Files.writeString(
                script,
                "#!/bin/sh\nexec '" + Path.of(System.getProperty("java.home"), "bin", "java")
                        + "' -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dfile.encoding=UTF-8 -cp '"
                        + System.getProperty("java.class.path") + "' io.agx.market.server.Main \"$@\"\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void read(List<String> lines) {
        String name = "";
        StringBuilder block = new StringBuilder();
        boolean inside = false;
        for (String line : lines) {
            if (line.startsWith(MARK)) {
                name = line.substring(MARK.length(), line.indexOf(" -->"));
            } else if (!name.isEmpty() && !inside && line.equals("```sh")) {
                inside = true;
                block.setLength(0);
            } else if (inside && line.equals("```")) {
                inside = false;
                assertThat(blocks.put(name, block.toString()))
                        .as("two blocks %s", name)
                        .isNull();
                name = "";
            } else if (inside) {
                block.append(line).append('\n');
            }
        }
    }

    /** Names of the marked blocks. */
    public Set<String> names() {
        return blocks.keySet();
    }

    /** Runs a block, each of whose commands must succeed, and returns what they said. */
    public String run(String name, Map<String, String> variables) throws IOException, InterruptedException {
        assertThat(blocks).containsKey(name);
        return shell(String.valueOf(blocks.get(name)), variables);
    }

    /** Runs commands of the caller's own. */
    public String shell(String commands, Map<String, String> variables) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("bash", "-euo", "pipefail", "-c", commands)
                .directory(folder.toFile())
                .redirectErrorStream(true);
        builder.environment().putAll(variables);
        builder.environment().put("PATH", tools + ":" + System.getenv("PATH"));
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("%s%n%s", commands, output).isZero();
        return output;
    }
}
