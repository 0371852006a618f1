package io.agx.market.server.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.IntSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The WAR, unpacked, and containers that run it.
 *
 * @param work where containers write
 */
record WarHost(Path war, Path work) {
    static final String CONTEXT_PATH = "/market";

    static WarHost unpackInto(Path folder) throws IOException {
        return new WarHost(
                WarFile.unpack(Files.createDirectory(folder.resolve("war"))),
                Files.createDirectory(folder.resolve("work")));
    }

    RunningMarket inTomcat(Map<String, String> parameters) throws Exception {
        return inTomcat(parameters, CONTEXT_PATH);
    }

    /** @param contextPath empty for {@code /} */
    RunningMarket inTomcat(Map<String, String> parameters, String contextPath) throws Exception {
        return start(new ContainerLoader(TomcatHost.class, jar -> jar.startsWith("tomcat-")), parameters, contextPath);
    }

    RunningMarket inJetty(Map<String, String> parameters) throws Exception {
        ContainerLoader loader = new ContainerLoader(
                JettyHost.class,
                jar -> jar.startsWith("jetty-")
                        || jar.startsWith("jakarta.")
                        || jar.startsWith("asm")
                        || jar.startsWith("slf4j-api"));
        return start(loader, parameters, CONTEXT_PATH);
    }

    /** The hosts of this package tell their port, where classes come from, and their end. */
    @SuppressWarnings("unchecked")
    private RunningMarket start(ContainerLoader loader, Map<String, String> parameters, String contextPath)
            throws Exception {
        Object host = loader.start(
                war.toString(),
                Files.createTempDirectory(work, "container").toString(),
                contextPath,
                parameters.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .collect(Collectors.joining("\n")));
        UnaryOperator<String> origins = (UnaryOperator<String>) host;
        return new RunningMarket(((IntSupplier) host).getAsInt(), contextPath, origins::apply, () -> {
            try (loader) {
                return ((Callable<?>) host).call();
            }
        });
    }
}
