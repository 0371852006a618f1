package io.agx.market.server.container;

import java.io.File;
import java.security.CodeSource;
import java.util.concurrent.Callable;
import java.util.function.IntSupplier;
import java.util.function.UnaryOperator;
import org.apache.catalina.Container;
import org.apache.catalina.Context;
import org.apache.catalina.Lifecycle;
import org.apache.catalina.LifecycleState;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.webresources.TomcatURLStreamHandlerFactory;

/**
 * Starts Tomcat with one web application. Runs in a {@link ContainerLoader}, and is reached by interfaces of the JDK only: its
 * port, where the application's classes come from, and its end.
 */
public final class TomcatHost implements IntSupplier, UnaryOperator<String>, Callable<String> {
    private final Tomcat tomcat = new Tomcat();
    private final Context context;

    /**
     * @param folder the unpacked WAR
     * @param workDir Tomcat's own
     * @param contextPath such as {@code /market}
     * @param parameters of the context: {@code name=value}, one a line
     */
    public TomcatHost(String folder, String workDir, String contextPath, String parameters) throws Exception {
        TomcatURLStreamHandlerFactory.disable(); // The JVM takes one such factory, and this is not its only Tomcat.
        tomcat.setBaseDir(workDir);
        new File(workDir, "webapps").mkdirs();
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        tomcat.setConnector(connector);
        context = tomcat.addWebapp(contextPath, folder);
        context.addLifecycleListener(event -> {
            Container jsp = event.getType().equals(Lifecycle.BEFORE_START_EVENT) ? context.findChild("jsp") : null;
            if (jsp != null) { // Of Tomcat's defaults this one is not on the class path.
                context.removeServletMapping("*.jsp");
                context.removeServletMapping("*.jspx");
                context.removeChild(jsp);
            }
        });
        context.setParentClassLoader(TomcatHost.class.getClassLoader());
        parameters.lines().forEach(line -> {
            int equals = line.indexOf('=');
            context.addParameter(line.substring(0, equals), line.substring(equals + 1));
        });
        tomcat.start();
        if (context.getState() != LifecycleState.STARTED) {
            call();
            throw new IllegalStateException("the web application did not start: " + context.getStateName());
        }
    }

    @Override
    public int getAsInt() {
        return tomcat.getConnector().getLocalPort();
    }

    @Override
    public String apply(String className) {
        try {
            CodeSource source = context.getLoader()
                    .getClassLoader()
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
        tomcat.stop();
        tomcat.destroy();
        return "stopped";
    }
}
