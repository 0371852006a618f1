package io.agx.market.server;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * SIGHUP, where the system and the JDK have it. There is no portable way: this is the one class that knows {@code sun.misc.Signal}, by name, for a
 * JDK may be without its module {@code jdk.unsupported}.
 */
final class HangUpSignal {
    private HangUpSignal() {}

    /**
     * Has something done at each SIGHUP, in place of ending the process; on a thread of the JVM's, one at a time.
     *
     * @return false if none will come: there is no such signal here, or the process was started to ignore it, as {@code nohup} does
     */
    @SuppressWarnings("ReferenceEquality") // Which is what a handler's equality is.
    static boolean handle(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    handler.getClassLoader(),
                    new Class<?>[] {handler},
                    (self, method, arguments) -> switch (method.getName()) {
                        case "handle" -> {
                            action.run();
                            yield null;
                        }
                        case "equals" -> self == arguments[0];
                        case "hashCode" -> System.identityHashCode(self);
                        default -> "market's handler of SIGHUP";
                    });
            Object hangUp = signal.getConstructor(String.class).newInstance("HUP");
            Object before = signal.getMethod("handle", signal, handler).invoke(null, hangUp, proxy);
            // What is ignored from the start stays so: the JVM takes no handler then, and does not say it otherwise.
            return before != handler.getField("SIG_IGN").get(null);
        } catch (ClassNotFoundException | InvocationTargetException e) {
            return false; // Windows knows no HUP; with -Xrs it is the JVM's.
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("sun.misc.Signal is not as it was", e);
        }
    }
}
