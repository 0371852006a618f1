package io.agx.market.client;

/** Takes what happens to the connection. Called on the client's listener thread, in order with the data. */
@FunctionalInterface
public interface LifecycleListener {
    void onEvent(LifecycleEvent event);
}
