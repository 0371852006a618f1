package io.agx.market.server.attack;

import io.agx.market.server.identity.Scope;
import io.agx.market.server.testing.Tokens;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;

/** Inputs that no honest peer sends: fixed ones, and changed at random from a seed. */
final class HostileInputs {
    /** Of what kind. */
    enum Kind {
        /** A request whose answer must be of the class 400. */
        BAD_REQUEST,
        /** Bytes in place of a request, for which any answer but of the class 500 is right. */
        ANY_REQUEST,
        /** Frames that break RFC 6455: the connection is closed with a code. */
        BAD_FRAMES,
        /** Bytes in place of frames. */
        ANY_FRAMES,
        /** A text that is no command: answered with an error, or the connection closed with a code. */
        BAD_COMMAND,
        /** A text, for which anything but a fault of the server's is right. */
        ANY_COMMAND
    }

    record Input(String name, Kind kind, byte[] bytes) {
        @Override
        public String toString() {
            String shown = new String(bytes, 0, Math.min(bytes.length, 200), StandardCharsets.ISO_8859_1);
            return kind + " " + name + ": " + shown.replaceAll("[^ -~]", ".");
        }
    }

    private static final List<String> BAD_VALUES = List.of(
            "null",
            "true",
            "-1",
            "1e400",
            "99999999999999999999999999",
            "1.5",
            "\"\"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"' OR '1'='1\"",
            "\"; DROP TABLE trade; --\"",
            "\"../../etc/passwd\"",
            "\"${jndi:ldap://127.0.0.1/a}\"",
            "\"T(java.lang.Runtime).getRuntime().exec('id')\"",
            "\"<script>alert(1)</script>\"",
            "\"%n%n%n\"",
            "\"\\r\\nERROR forged line\"",
            "[]",
            "[[]]",
            "[null]",
            "{}",
            "{\"__proto__\":{\"a\":1}}",
            "{\"constructor\":1}",
            "\"" + "a".repeat(9_000) + "\"",
            "[" + "1,".repeat(2_000) + "1]");

    private static final List<String> COMMANDS = List.of(
            "subscribe:rooms",
            "unsubscribe:rooms",
            "ticker:symbol",
            "klines:symbol",
            "klines:interval",
            "klines:limit",
            "klines:startTime",
            "klines:utcOffset",
            "trades:symbol",
            "trades:fromSeq",
            "trades:limit",
            "ping:clientTime",
            "auth:token",
            "read_message:ids",
            "publish:trades",
            "replay:symbol",
            "replay:speed",
            "replay:rooms");

    /** What takes a JSON object with a token, and one of its fields. */
    private static final List<String> BODIES = List.of(
            "/api/v1/quotes:symbol",
            "/api/v1/quotes:bid",
            "/api/v1/quotes:ask",
            "/api/v1/quotes:time",
            "/api/v1/users/u/notifications:type",
            "/api/v1/users/u/notifications:title",
            "/api/v1/users/u/notifications:content",
            "/api/v1/users/u/notifications:data",
            "/api/v1/users/u/notifications:sender",
            "/api/v1/users/u/notifications:idempotencyKey",
            "/api/v1/notifications:userId",
            "/api/v1/broadcast:store",
            "/api/v1/users/me/messages/read:ids",
            "/api/v1/users/me/messages/read:toSeq");

    /** May do all but administer: a change of a few bytes must not drain the server. */
    private static final String TOKEN = Tokens.token("attacker", EnumSet.complementOf(EnumSet.of(Scope.ADMIN)));

    private HostileInputs() {}

    static List<Input> fixed() {
        List<Input> inputs = new ArrayList<>();
        addRequests(inputs);
        addBodies(inputs);
        addHandshakes(inputs);
        addFrames(inputs);
        addCommands(inputs);
        return inputs;
    }

    /** So many, each a fixed one or a good one with some bytes changed, left out, doubled or put in. */
    static List<Input> random(long seed, int count) {
        Random random = new Random(seed);
        List<Input> bases = fixed();
        List<String> good = List.of(
                "GET /api/v1/tickers HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /api/v1/klines?symbol=NBR-USDT&interval=1m&limit=5 HTTP/1.1\r\nHost: localhost\r\n\r\n",
                Wire.HANDSHAKE + "\r\n");
        List<Input> inputs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Input base = bases.get(random.nextInt(bases.size()));
            boolean fromGood = random.nextInt(4) == 0;
            byte[] bytes =
                    fromGood ? good.get(random.nextInt(good.size())).getBytes(StandardCharsets.ISO_8859_1) : base.bytes;
            Kind kind = fromGood
                    ? Kind.ANY_REQUEST
                    : switch (base.kind) {
                        case BAD_REQUEST, ANY_REQUEST -> Kind.ANY_REQUEST;
                        case BAD_FRAMES, ANY_FRAMES -> Kind.ANY_FRAMES;
                        case BAD_COMMAND, ANY_COMMAND -> Kind.ANY_COMMAND;
                    };
            inputs.add(new Input("random " + seed + "/" + i, kind, changed(bytes, random)));
        }
        return inputs;
    }

    static byte[] changed(byte[] bytes, Random random) {
        byte[] changed = bytes.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && changed.length > 0; i++) {
            int at = random.nextInt(changed.length);
            switch (random.nextInt(5)) {
                case 0 -> changed[at] = (byte) random.nextInt(256);
                case 1 -> changed[at] ^= (byte) (1 << random.nextInt(8));
                case 2 ->
                    changed = joined(
                            Arrays.copyOf(changed, at),
                            Arrays.copyOfRange(
                                    changed, Math.min(changed.length, at + 1 + random.nextInt(8)), changed.length));
                case 3 -> changed = joined(Arrays.copyOf(changed, at), changed);
                default -> {
                    byte[] junk = new byte[1 + random.nextInt(16)];
                    random.nextBytes(junk);
                    changed = joined(
                            joined(Arrays.copyOf(changed, at), junk), Arrays.copyOfRange(changed, at, changed.length));
                }
            }
        }
        return changed.length > 100_000 ? Arrays.copyOf(changed, 100_000) : changed;
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] joined = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }

    private static void addRequests(List<Input> inputs) {
        for (String line : List.of(
                "GET / HTTP/9.9",
                "GET /\u0000 HTTP/1.1",
                "G\u0000T / HTTP/1.1",
                "GET /" + "a".repeat(20_000) + " HTTP/1.1",
                "TRACE / HTTP/1.1",
                "TRACE /api/v1/tickers HTTP/1.1",
                "TRACE /health/live HTTP/1.1",
                "CONNECT evil.example:80 HTTP/1.1",
                "FOO / HTTP/1.1",
                "PROPFIND /api/v1/tickers HTTP/1.1",
                "PUT / HTTP/1.1",
                "DELETE /metrics HTTP/1.1",
                "POST /health/live HTTP/1.1",
                "PATCH /api/v1/trades HTTP/1.1",
                "GET /api/v1/nothing HTTP/1.1",
                "GET /api/v1/tickers/%00 HTTP/1.1",
                "GET /api/v1/tickers/%zz HTTP/1.1",
                "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1",
                "GET /..%2f..%2fetc/passwd HTTP/1.1")) {
            inputs.add(request(
                    "line " + line.substring(0, Math.min(30, line.length())),
                    Kind.BAD_REQUEST,
                    line + "\r\nHost: localhost\r\n\r\n"));
        }
        for (String head : List.of(
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\nHost: b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\n X: folded\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\nNo colon\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\nBad Name: x\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\nX : x\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\nX: \u0000\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "h".repeat(20_000) + "\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\n" + "X: y\r\n".repeat(3_000) + "\r\n")) {
            inputs.add(request("head " + inputs.size(), Kind.BAD_REQUEST, head));
        }
        for (String length : List.of("+5", "-1", "5, 6", "0x5", "5 5", "", "99999999999999999999", "5.0", "five")) {
            inputs.add(request(
                    "length " + length,
                    Kind.BAD_REQUEST,
                    "POST /api/v1/trades HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + length + "\r\n\r\n[]abc"));
        }
        inputs.add(request("more blanks", Kind.ANY_REQUEST, "GET  /  HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        for (String coding : List.of(
                "chunked, chunked", "xchunked", "identity", "chunked\r\nContent-Length: 3", "gzip", "chunked;q=1")) {
            inputs.add(request(
                    "coding " + coding,
                    Kind.ANY_REQUEST,
                    "POST /api/v1/trades HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: " + coding
                            + "\r\n\r\n2\r\n[]\r\n0\r\n\r\n"));
        }
        for (String chunk : List.of(
                "2;a=\"\r\n\"\r\n[]",
                "-2\r\n[]",
                "2 \r\n[]",
                "g\r\n[]",
                "ffffffffffffffffff\r\n[]",
                "2\n[]",
                "0x2\r\n[]",
                "2;" + "e".repeat(20_000) + "\r\n[]")) {
            inputs.add(request(
                    "chunk",
                    Kind.ANY_REQUEST,
                    "POST /api/v1/trades HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk
                            + "\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        }
        for (String field : List.of("symbol", "interval", "limit", "startTime", "endTime", "utcOffset", "fill")) {
            for (String value : List.of(
                    "",
                    "%00",
                    "%27%20OR%201=1--",
                    "-1",
                    "9e99",
                    "%ff%fe",
                    "a".repeat(4_000),
                    "1&" + field + "=2",
                    "%F0%9F%92%A9",
                    "null",
                    "[]",
                    "$%7B7*7%7D")) {
                String others = (field.equals("symbol") ? "" : "&symbol=NBR-USDT")
                        + (field.equals("interval") ? "" : "&interval=1m");
                inputs.add(request(
                        "query " + field,
                        Kind.BAD_REQUEST,
                        "GET /api/v1/klines?" + field + "=" + value + others + " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            }
        }
        for (String field : List.of("symbol", "id", "price", "qty", "takerSide", "time")) {
            for (String value : BAD_VALUES) {
                String trade = "[{" + (field.equals("symbol") ? "" : "\"symbol\":\"NO-SUCH\",") + "\"" + field + "\":"
                        + value + "}]";
                byte[] body = trade.getBytes(StandardCharsets.UTF_8);
                inputs.add(request(
                        "trade " + field,
                        Kind.ANY_REQUEST,
                        "POST /api/v1/trades?atomic=true HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                                + body.length + "\r\n\r\n" + new String(body, StandardCharsets.ISO_8859_1)));
            }
        }
    }

    private static void addBodies(List<Input> inputs) {
        for (String target : BODIES) {
            String path = target.substring(0, target.indexOf(':'));
            String field = target.substring(target.indexOf(':') + 1);
            boolean isArray = path.endsWith("quotes") || path.equals("/api/v1/notifications");
            for (String value : BAD_VALUES) {
                String object =
                        "{" + (field.equals("userId") ? "" : "\"userId\":\"u\",") + "\"" + field + "\":" + value + "}";
                byte[] body = (isArray ? "[" + object + "]" : object).getBytes(StandardCharsets.UTF_8);
                inputs.add(request(
                        "body " + target,
                        Kind.ANY_REQUEST,
                        "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + TOKEN
                                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n"
                                + new String(body, StandardCharsets.ISO_8859_1)));
            }
        }
    }

    private static void addHandshakes(List<Input> inputs) {
        for (String name : List.of("Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol")) {
            for (String value : List.of(
                    "=",
                    ";",
                    "a;b=\"",
                    "a b",
                    "a;=b",
                    "\u0000",
                    "x".repeat(13_000), // More than the 12,288 characters that subprotocols may have.
                    "a" + ",a".repeat(100) + ";",
                    "permessage-deflate; server_max_window_bits=\"",
                    "()<>@",
                    "a;b=c;b=\"" + "\\".repeat(1_000))) {
                inputs.add(request(
                        "handshake " + name, Kind.BAD_REQUEST, Wire.HANDSHAKE + name + ": " + value + "\r\n\r\n"));
            }
        }
        for (String origin :
                List.of("null", "", "http://evil.example", "file://", "http://127.0.0.1.evil.example", "*")) {
            inputs.add(
                    request("origin " + origin, Kind.BAD_REQUEST, Wire.HANDSHAKE + "Origin: " + origin + "\r\n\r\n"));
        }
        for (String path : List.of(
                "/WS", "/ws/", "//ws", "/./ws", "/ws;a=b", "/%77%73/", "/ws%2f", "/a/../ws/x", "/ws/..", "/ws%00")) {
            inputs.add(request(
                    "path " + path,
                    Kind.ANY_REQUEST,
                    Wire.HANDSHAKE.replace("/ws ", path + " ") + "Origin: http://evil.example\r\n\r\n"));
        }
        for (String header : List.of(
                "Content-Length: 5",
                "Transfer-Encoding: chunked",
                "Sec-WebSocket-Key: x",
                "Sec-WebSocket-Version: 8",
                "Upgrade: h2c")) {
            inputs.add(request("handshake with " + header, Kind.BAD_REQUEST, Wire.HANDSHAKE + header + "\r\n\r\n"));
        }
    }

    private static void addFrames(List<Input> inputs) {
        byte[] text = "{\"event\":\"ping\"}".getBytes(StandardCharsets.UTF_8);
        for (int first = 0; first < 256; first++) {
            int opcode = first & 0x0f;
            boolean known = opcode <= 2 || opcode >= 8 && opcode <= 10;
            boolean reserved = (first & 0x70) != 0 || !known;
            boolean control = opcode >= 8 && (first & 0x80) == 0;
            if (reserved || control || opcode == 0) {
                inputs.add(new Input("first byte " + first, Kind.BAD_FRAMES, Wire.frame(first, text)));
            }
            if (known && opcode != 8) {
                inputs.add(
                        new Input("not masked " + first, Kind.BAD_FRAMES, Wire.frame(first, text.length, false, text)));
            }
            if (!known) {
                inputs.add(new Input(
                        "declares 1.5 GB " + first, Kind.BAD_FRAMES, Wire.frame(first, 1_500_000_000L, true, text)));
            }
        }
        for (int code : new int[] {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535}) {
            inputs.add(new Input("close " + code, Kind.BAD_FRAMES, Wire.frame(0x88, new byte[] {
                (byte) (code >> 8), (byte) code
            })));
        }
        inputs.add(new Input("close of one byte", Kind.BAD_FRAMES, Wire.frame(0x88, new byte[1])));
        inputs.add(new Input("long ping", Kind.BAD_FRAMES, Wire.frame(0x89, new byte[126])));
        inputs.add(new Input("negative length", Kind.BAD_FRAMES, Wire.frame(0x81, Long.MIN_VALUE + 5, true, text)));
        inputs.add(new Input("1 MB", Kind.BAD_FRAMES, Wire.frame(0x81, new byte[1 << 20])));
        for (byte[] bad : List.of(
                new byte[] {(byte) 0xc0, (byte) 0x80},
                new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
                new byte[] {(byte) 0xff},
                new byte[] {(byte) 0xf5, 0, 0, 0})) {
            inputs.add(new Input("not UTF-8", Kind.BAD_FRAMES, Wire.frame(0x81, bad)));
        }
        inputs.add(new Input("binary", Kind.BAD_FRAMES, Wire.frame(0x82, text)));
        inputs.add(new Input(
                "HTTP on a WebSocket",
                Kind.ANY_FRAMES,
                "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
    }

    private static void addCommands(List<Input> inputs) {
        for (String text : List.of(
                "",
                " ",
                "{",
                "}",
                "nul",
                "[]",
                "\"ping\"",
                "1",
                "{}",
                "{\"event\":1}",
                "{\"event\":null}",
                "{\"event\":\"\"}",
                "{\"event\":\"no_such\"}",
                "{\"event\":\"ping\",\"event\":\"ping\"}",
                "{\"event\":\"ping\"}{\"event\":\"ping\"}",
                "{\"event\":\"ping\",}",
                "{'event':'ping'}",
                "{\"event\":\"ping\",\"id\":" + "9".repeat(65) + "}",
                "{\"event\":\"ping\",\"id\":\"" + "i".repeat(65) + "\"}",
                "{\"event\":\"ping\",\"id\":1.5}",
                "{\"event\":\"ping\",\"data\":" + "[".repeat(33) + "]".repeat(33) + "}",
                "{\"event\":\"ping\",\"data\":" + "{\"a\":".repeat(40) + "1" + "}".repeat(40) + "}",
                "[".repeat(30_000),
                "{\"a\":".repeat(10_000),
                "\u0000",
                "{\"event\":\"ping\\u0000\"}",
                "/* */{\"event\":\"ping\"}",
                "\ufeff{\"event\":\"ping\"}",
                "NaN",
                "-",
                "1e",
                "\"\\x\"",
                "{\"event\":\"subscribe\"}",
                "{\"event\":\"subscribe\",\"data\":{\"rooms\":[]}}")) {
            inputs.add(new Input("command", Kind.BAD_COMMAND, text.getBytes(StandardCharsets.UTF_8)));
        }
        for (String command : COMMANDS) {
            String event = command.substring(0, command.indexOf(':'));
            String field = command.substring(command.indexOf(':') + 1);
            for (String value : BAD_VALUES) {
                inputs.add(new Input(
                        command,
                        Kind.ANY_COMMAND,
                        ("{\"event\":\"" + event + "\",\"id\":7,\"data\":{\"" + field + "\":" + value + "}}")
                                .getBytes(StandardCharsets.UTF_8)));
            }
            for (String room : List.of(
                    "trade:",
                    ":",
                    "ticker:" + "*".repeat(50),
                    "kline:A:1m:+99:99",
                    "trade:NBR-USDT@1ms",
                    "trade:NBR-USDT~" + "x~".repeat(90),
                    "inbox",
                    "inbox:other",
                    "user:alice")) {
                inputs.add(new Input(
                        "room " + room,
                        Kind.ANY_COMMAND,
                        ("{\"event\":\"" + event + "\",\"id\":7,\"data\":{\"rooms\":[\"" + room + "\"]}}")
                                .getBytes(StandardCharsets.UTF_8)));
            }
        }
    }

    private static Input request(String name, Kind kind, String text) {
        return new Input(name, kind, text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
