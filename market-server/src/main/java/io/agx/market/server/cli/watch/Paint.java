package io.agx.market.server.cli.watch;

/** Colours a terminal's text, or does not. */
enum Paint {
    COLOURS,
    NONE;

    /** What a piece of text says by its colour. */
    enum Tone {
        PLAIN(""),
        UP("32"),
        DOWN("31"),
        WARNING("33"),
        TITLE("1"),
        FAINT("2");

        private final String code;

        Tone(String code) {
            this.code = code;
        }
    }

    String on(Tone tone, String text) {
        return this == NONE || tone == Tone.PLAIN || text.isBlank()
                ? text
                : "\u001b[" + tone.code + "m" + text + "\u001b[0m";
    }
}
