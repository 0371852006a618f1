package io.agx.market.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.server.api.Contract;
import java.io.IOException;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

/** A WebSocket whose every message, in both directions, must be one of the document's. */
final class ContractPeer implements AutoCloseable {
    private final TokenPeer peer;
    private final Contract contract;

    ContractPeer(int port, String target, Contract contract, String... lines) throws IOException {
        peer = new TokenPeer(port, target, lines);
        this.contract = contract;
        assertThat(peer.status()).isEqualTo(101);
    }

    /** Sends a command of the document's. */
    void send(String command) throws IOException {
        contract.command(command);
        peer.send(command);
    }

    /** Sends what is no command of the document's. */
    void sendBad(String text) throws IOException {
        peer.send(text);
    }

    /** The next message of this key; those before it are judged too. */
    String next(String key) throws IOException {
        while (true) {
            String text = Objects.requireNonNull(peer.next(), "at the end before " + key + ": " + peer.closeReason());
            if (!text.equals("PONG") && contract.event(text).equals("event-" + key)) {
                return text;
            }
        }
    }

    /** Reads until there was one of each of these keys, in whatever order. */
    void nextOfEach(String... keys) throws IOException {
        Set<String> missing = new HashSet<>();
        for (String key : keys) {
            missing.add("event-" + key);
        }
        while (!missing.isEmpty()) {
            missing.remove(contract.event(Objects.requireNonNull(peer.next(), "at the end before " + missing)));
        }
    }

    /** Judges all up to the end; returns the close code. */
    int readToEnd() throws IOException {
        for (String text = peer.next(); text != null; text = peer.next()) {
            contract.event(text);
        }
        return peer.closeCode();
    }

    @Override
    public void close() throws IOException {
        peer.close();
    }
}
