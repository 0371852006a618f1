package io.agx.market.server.container;

import java.io.File;
import java.security.CodeSource;
import java.util.concurrent.Callable;
import java.util.function.IntSupplier;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.ee10.webapp.WebAppContext;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Starts Jetty with one web application. Runs in a {@link ContainerLoader}, and is reached by interfaces of the JDK only: its
 * port, where the application's classes come from, and its end.
 */
public final class JettyHost implements IntSupplier, UnaryOperator<String>, Callable<String> {
    private final Server server = new Server();
    private final ServerConnector connector = new ServerConnector(server, 1, 1);
    private final WebAppContext context;

    /**
     * @param folder the unpacked WAR
     * @param workDir Jetty's own
     * @param contextPath such as {@code /market}
     * @param parameters of the context: {@code name=value}, one a line
     */
    public JettyHost(String folder, String workDir, String contextPath, String parameters) throws Exception {
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        context = new WebAppContext(folder, contextPath);
        context.setTempDirectory(new File(workDir));
        context.setThrowUnavailableOnStartupException(true);
        parameters.lines().forEach(line -> {
            int equals = line.indexOf('=');
            context.setInitParameter(line.substring(0, equals), line.substring(equals + 1));
        });
        server.setHandler(context);
        try {
            server.start();
        } catch (Exception e) {
            server.stop();
            throw e;
        }
    }

    @Override
    public int getAsInt() {
        return connector.getLocalPort();
    }

    @Override
    public String apply(String className) {
        try {
            CodeSource source = context.getClassLoader()
                    .loadClass(className)
                    .getProtectionDomain()
                    .getCodeSource();
            return source == null ? "jdk" : source.getLocation().toString();
        } catch (ClassNotFoundException e) {
            return "absent";
        }
    }

    @Override
    public String call() throws Exception {
        context.stop(); // First, as an undeployment does: a server that stops cuts its connections before it tells its
        // applications.
        server.stop();
        return "stopped";
    }
}
