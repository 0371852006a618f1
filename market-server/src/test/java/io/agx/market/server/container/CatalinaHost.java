package io.agx.market.server.container;

import java.io.File;
import java.util.function.IntSupplier;
import org.apache.catalina.Container;
import org.apache.catalina.LifecycleState;
import org.apache.catalina.Service;
import org.apache.catalina.startup.Catalina;

/**
 * Starts Tomcat from a {@code conf/server.xml}, as its own {@code catalina.sh run} does; the end of the process stops it. Runs in a
 * {@link ContainerLoader}, and tells its port.
 */
public final class CatalinaHost implements IntSupplier {
    private final Service service;

    /** @param catalinaBase has {@code conf/server.xml} and {@code conf/web.xml} */
    public CatalinaHost(String catalinaBase) {
        System.setProperty("catalina.home", catalinaBase);
        System.setProperty("catalina.base", catalinaBase);
        Catalina catalina = new Catalina();
        catalina.setConfigFile(new File(catalinaBase, "conf/server.xml").getPath());
        catalina.setParentClassLoader(CatalinaHost.class.getClassLoader());
        catalina.load();
        catalina.start();
        service = catalina.getServer().findServices()[0];
        Container host = service.getContainer().findChildren()[0];
        if (host.findChildren()[0].getState() != LifecycleState.STARTED) {
            throw new IllegalStateException("the web application did not start");
        }
    }

    @Override
    public int getAsInt() {
        return service.findConnectors()[0].getLocalPort();
    }
}
