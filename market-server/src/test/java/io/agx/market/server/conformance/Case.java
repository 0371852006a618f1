package io.agx.market.server.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is sent on one connection after its handshake, and what must come back.
 *
 * @param name begins with the section of the RFC
 * @param offer of extensions in the handshake
 * @param segments sent one after the other, as they are; a null one ends the sending side
 * @param outcomes what may come, each as {@link Conversation} tells it
 */
record Case(String name, Optional<String> offer, List<byte[]> segments, List<List<String>> outcomes) {
    /** The last thing asked of a connection that must live: its answer says that all before was taken. */
    static final String LAST = "{\"event\":\"ping\",\"id\":\"end\"}";

    static final String LIVES = "pong:end";

    /** A whole command, which is answered with its id. */
    static String ping(String id) {
        return "{\"event\":\"ping\",\"id\":\"" + id + "\"}";
    }

    static Case of(String name, byte[]... segments) {
        return new Case(name, Optional.empty(), List.of(segments), List.of());
    }

    Case offering(String extensions) {
        return new Case(name, Optional.of(extensions), segments, outcomes);
    }

    /** The connection answers with these, and lives. */
    Case lives(String... answers) {
        List<byte[]> more = new ArrayList<>(segments);
        more.add(ClientFrame.text(LAST));
        List<String> expected = new ArrayList<>(List.of(answers));
        expected.add(LIVES);
        return new Case(name, offer, more, List.of(expected));
    }

    /** A Close frame with one of these codes comes, and the end. */
    Case closes(int... codes) {
        return closesAfter(List.of(), codes);
    }

    Case closesAfter(List<String> answers, int... codes) {
        List<List<String>> expected = new ArrayList<>();
        for (int code : codes) {
            List<String> outcome = new ArrayList<>(answers);
            outcome.add("close:" + code);
            outcome.add("eof");
            expected.add(outcome);
        }
        return new Case(name, offer, segments, expected);
    }

    /** One of these; the segments are complete. */
    Case is(List<List<String>> expected) {
        return new Case(name, offer, segments, expected);
    }

    @Override
    public String toString() {
        return name;
    }
}
