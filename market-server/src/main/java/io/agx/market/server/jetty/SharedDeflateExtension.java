package io.agx.market.server.jetty;

import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.ExtensionConfig;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.eclipse.jetty.websocket.core.internal.PerMessageDeflateExtension;

/**
 * permessage-deflate without context takeover in either direction (RFC 7692 section 7.1.1), whether the client asked for it or not: so a
 * publication is compressed once for all connections, and none of them keeps a window of 32 KiB between its messages. Jetty inflates what
 * comes in; what goes out is compressed already when it reaches the socket (see {@link DirectTransport}).
 *
 * <p>Made by Jetty, one for each connection that negotiated it. Public, and with a public constructor, because Jetty's object factory asks
 * for both.
 */
public final class SharedDeflateExtension extends PerMessageDeflateExtension {
    static final String NAME = "permessage-deflate";

    private static final String SERVER_WINDOW = "server_max_window_bits";
    private static final String SERVER_NO_TAKEOVER = "server_no_context_takeover";
    private static final String CLIENT_NO_TAKEOVER = "client_no_context_takeover";
    /** The only window that java.util.zip has. */
    private static final String LARGEST_WINDOW = "15";

    private ExtensionConfig agreed = new ExtensionConfig(NAME);

    @Override
    public void init(ExtensionConfig offer, WebSocketComponents components) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put(SERVER_NO_TAKEOVER, null);
        super.init(new ExtensionConfig(NAME, parameters), components);
        parameters.put(CLIENT_NO_TAKEOVER, null);
        if (offer.getParameterKeys().contains(SERVER_WINDOW)) {
            parameters.put(SERVER_WINDOW, LARGEST_WINDOW); // Smaller ones were declined before.
        }
        agreed = new ExtensionConfig(NAME, parameters);
    }

    /**
     * Forgets the client's window after each message. Jetty would do it at any last frame, also at a ping between two fragments, whose
     * message is then broken; so it is not told, and we do it.
     */
    @Override
    protected void nextIncomingFrame(Frame frame, Callback callback) {
        if (frame.isDataFrame() && frame.isFin()) {
            releaseInflater();
        }
        super.nextIncomingFrame(frame, callback);
    }

    /** What the answer says. */
    @Override
    public ExtensionConfig getConfig() {
        return agreed;
    }
}
