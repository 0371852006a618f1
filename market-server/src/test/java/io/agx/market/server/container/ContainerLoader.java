package io.agx.market.server.container;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * The class loader of a container: the JDK, the container's jars, one class of the tests that starts it, and nothing else. So a
 * web application in it has what its WAR brings, and not what happens to be on the tests' class path.
 */
final class ContainerLoader extends URLClassLoader {
    private final Class<?> host;

    /**
     * @param host starts the container; its namesake in this loader is made of the same bytes
     * @param jarNames which jars of the tests' class path belong to the container
     */
    ContainerLoader(Class<?> host, Predicate<String> jarNames) {
        super(jars(jarNames), ClassLoader.getPlatformClassLoader());
        this.host = host;
    }

    /** The host's namesake, made with these strings. */
    Object start(String... arguments) throws ReflectiveOperationException {
        Class<?>[] types = new Class<?>[arguments.length];
        Arrays.fill(types, String.class);
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(this);
        try {
            return loadClass(host.getName()).getConstructor(types).newInstance((Object[]) arguments);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        if (!name.equals(host.getName()) && !name.startsWith(host.getName() + "$")) {
            return super.findClass(name);
        }
        String file = name.substring(name.lastIndexOf('.') + 1) + ".class";
        try (InputStream in = Objects.requireNonNull(host.getResourceAsStream(file), file)) {
            byte[] bytes = in.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    private static URL[] jars(Predicate<String> jarNames) {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path path = Path.of(entry);
            if (entry.endsWith(".jar")
                    && jarNames.test(path.getFileName().toString().toLowerCase(Locale.ROOT))) {
                try {
                    urls.add(path.toUri().toURL());
                } catch (MalformedURLException e) {
                    throw new IllegalStateException("class path entry " + entry, e);
                }
            }
        }
        return urls.toArray(URL[]::new);
    }
}
