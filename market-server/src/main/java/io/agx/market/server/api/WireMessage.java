package io.agx.market.server.api;

/**
 * One kind of message of the WebSocket.
 *
 * @param key its name in the document, {@code command-…} or {@code event-…}: several kinds may have one {@code event}
 * @param type the record that the codec reads or writes
 * @param event the value of its field {@code event}
 * @param title one line
 * @param payload the whole message
 */
record WireMessage(String key, Class<?> type, String event, String title, Schema payload) {
    static final String COMMAND = "command-";
    static final String EVENT = "event-";
}
