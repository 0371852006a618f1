package io.agx.market.server.container;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntSupplier;

/**
 * The process's entry: the WAR at {@code /} of a Tomcat that has the configuration of {@code deploy/tomcat}. Says where it is as {@code market
 * serve} does, and ends like it.
 */
public final class TomcatProcess {
    /** What of Tomcat's own {@code conf/web.xml} there is on the tests' class path: files of the WAR. */
    private static final String WEB_XML = """
            <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
              <servlet>
                <servlet-name>default</servlet-name>
                <servlet-class>org.apache.catalina.servlets.DefaultServlet</servlet-class>
                <load-on-startup>1</load-on-startup>
              </servlet>
              <servlet-mapping>
                <servlet-name>default</servlet-name>
                <url-pattern>/</url-pattern>
              </servlet-mapping>
            </web-app>
            """;

    private TomcatProcess() {}

    /** @param args the WAR, {@code server.xml}, the data folder, and parameters of market: {@code market.feed=none} */
    public static void main(String[] args) throws Exception {
        Path base = Files.createTempDirectory(Path.of(args[2]).toAbsolutePath().getParent(), "tomcat");
        Files.createDirectory(base.resolve("webapps"));
        Files.createDirectory(base.resolve("temp"));
        Path conf = Files.createDirectory(base.resolve("conf"));
        Files.copy(Path.of(args[1]), conf.resolve("server.xml"));
        Files.writeString(conf.resolve("web.xml"), WEB_XML);
        System.setProperty("java.io.tmpdir", base.resolve("temp").toString());
        System.setProperty("market.war", args[0]);
        System.setProperty("market.data", args[2]);
        System.setProperty("market.http.port", "0");
        System.setProperty("market.feed", "none");
        for (int i = 3; i < args.length; i++) {
            int equals = args[i].indexOf('=');
            System.setProperty(args[i].substring(0, equals), args[i].substring(equals + 1));
        }
        ContainerLoader loader = new ContainerLoader(CatalinaHost.class, jar -> jar.startsWith("tomcat-"));
        IntSupplier tomcat = (IntSupplier) loader.start(base.toString());
        System.out.println("market is serving:    http://localhost:" + tomcat.getAsInt() + "/");
        new CountDownLatch(1).await();
    }
}
