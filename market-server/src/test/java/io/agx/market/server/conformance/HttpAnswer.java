package io.agx.market.server.conformance;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A response as it came. A body is read if its length is told; a response without a length has none here. */
record HttpAnswer(int status, List<String> lines, String body) {
    private static final int MAX_LINES = 100;

    /** @param hasBody not for HEAD */
    static HttpAnswer read(DataInputStream in, boolean hasBody) throws IOException {
        String statusLine = line(in);
        List<String> lines = new ArrayList<>();
        for (String line = line(in); !line.isEmpty() && lines.size() < MAX_LINES; line = line(in)) {
            lines.add(line);
        }
        HttpAnswer head = new HttpAnswer(Integer.parseInt(statusLine.split(" ", 3)[1]), lines, "");
        int length = head.header("Content-Length").map(Integer::parseInt).orElse(0);
        if (!hasBody || length == 0) {
            return head;
        }
        return new HttpAnswer(head.status, lines, new String(in.readNBytes(length), StandardCharsets.UTF_8));
    }

    /** All values of a header as one list. */
    Optional<String> header(String name) {
        String prefix = name.toLowerCase(Locale.ROOT) + ":";
        return lines.stream()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                .map(line -> line.substring(prefix.length()).strip())
                .reduce((a, b) -> a + ", " + b);
    }

    private static String line(DataInputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) {
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }
}
