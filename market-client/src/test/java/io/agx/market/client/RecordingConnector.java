package io.agx.market.client;

import io.agx.market.core.protocol.ClientCommand;
import io.agx.market.core.protocol.ServerEvent;
import io.agx.market.core.protocol.json.CommandDecoder;
import io.agx.market.core.protocol.json.EventEncoder;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A network in memory: a test plays the server. */
final class RecordingConnector implements Socket.Connector {
    final List<Link> links = new ArrayList<>();
    private final ManualTimers timers;

    RecordingConnector(ManualTimers timers) {
        this.timers = timers;
    }

    @Override
    public void connect(URI uri, String token, Socket.Listener listener) {
        links.add(new Link(uri, token, listener));
    }

    int attempts() {
        return links.size();
    }

    Link last() {
        return links.get(links.size() - 1);
    }

    /** One attempt, seen from the server. */
    final class Link implements Socket {
        final URI uri;
        final String token;
        final List<String> sent = new ArrayList<>();
        int requested;
        int closeCode;
        boolean aborted;
        private final Socket.Listener listener;

        Link(URI uri, String token, Socket.Listener listener) {
            this.uri = uri;
            this.token = token;
            this.listener = listener;
        }

        void open() {
            listener.onOpen(this);
            timers.run();
        }

        void welcome(String epoch) {
            welcome(epoch, Map.of());
        }

        void welcome(String epoch, Map<String, Long> limits) {
            open();
            receive(new ServerEvent.Welcome(
                    "c", ServerEvent.PROTOCOL, timers.epochMillis(), epoch, "n", limits, 10_000, "test"));
        }

        void receive(ServerEvent event) {
            receive(EventEncoder.toText(event));
        }

        void receive(String text) {
            listener.onText(text);
            timers.run();
        }

        void end(int code, String reason) {
            listener.onClosed(code, reason);
            timers.run();
        }

        void refuse(int status) {
            refuse(status, 0);
        }

        void refuse(int status, long retryAfterMillis) {
            listener.onRefused(status, retryAfterMillis);
            timers.run();
        }

        List<ClientCommand> pings() {
            return all().stream()
                    .filter(command -> command instanceof ClientCommand.Ping)
                    .toList();
        }

        private List<ClientCommand> all() {
            return sent.stream().map(CommandDecoder::decode).toList();
        }

        List<ClientCommand> commands() {
            return all().stream()
                    .filter(command -> !(command instanceof ClientCommand.Ping))
                    .toList();
        }

        ClientCommand lastCommand() {
            List<ClientCommand> commands = commands();
            return commands.get(commands.size() - 1);
        }

        @Override
        public void send(String text) {
            sent.add(text);
        }

        @Override
        public void request() {
            requested++;
        }

        @Override
        public void close(int code, String reason) {
            closeCode = code;
        }

        @Override
        public void abort() {
            aborted = true;
        }
    }
}
