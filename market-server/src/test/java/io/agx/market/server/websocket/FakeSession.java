package io.agx.market.server.websocket;

import jakarta.websocket.CloseReason;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendHandler;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A session that records what is sent, and completes it when told to. It knows the methods that the transport uses. */
final class FakeSession {
    final List<String> sent = new ArrayList<>();
    final CountDownLatch closed = new CountDownLatch(1);
    final CountDownLatch pingsGoOn = new CountDownLatch(1);
    final CountDownLatch pinged = new CountDownLatch(1);
    private final Queue<SendHandler> inFlight = new ArrayDeque<>();
    private volatile @Nullable RuntimeException refusal;
    private volatile @Nullable CloseReason reason;
    private int mostInFlight;

    Session session() {
        RemoteEndpoint.Async remote = proxy(RemoteEndpoint.Async.class, (self, method, arguments) -> {
            switch (method.getName()) {
                case "sendText" -> send((String) arguments[0], (SendHandler) arguments[1]);
                case "sendPing" -> {
                    pingsGoOn.await();
                    pinged.countDown();
                }
                default -> throw new UnsupportedOperationException(method.toString());
            }
            return null;
        });
        return proxy(Session.class, (self, method, arguments) -> switch (method.getName()) {
            case "getAsyncRemote" -> remote;
            case "getId" -> "1";
            case "isOpen" -> reason == null;
            case "setMaxIdleTimeout" -> null;
            case "close" -> {
                reason = (CloseReason) arguments[0];
                closed.countDown();
                yield null;
            }
            default -> throw new UnsupportedOperationException(method.toString());
        });
    }

    /** From now on each write throws, as Tomcat's does when one is under way. */
    void refuse(RuntimeException cause) {
        refusal = cause;
    }

    /** Completes the oldest write. */
    void complete(SendResult result) {
        inFlight.remove().onResult(result);
    }

    int mostInFlight() {
        return mostInFlight;
    }

    @Nullable
    CloseReason reason() {
        return reason;
    }

    private void send(String text, SendHandler handler) {
        RuntimeException cause = refusal;
        if (cause != null) {
            throw cause;
        }
        sent.add(text);
        inFlight.add(handler);
        mostInFlight = Math.max(mostInFlight, inFlight.size());
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
