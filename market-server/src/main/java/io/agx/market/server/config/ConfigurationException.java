package io.agx.market.server.config;

import java.util.List;

/** A configuration that cannot be used. Its message names everything that is wrong: key, value, range, and who said so; never a secret. */
public final class ConfigurationException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final transient List<String> problems;

    /** @param problems at least one */
    ConfigurationException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /** What is wrong, each in one line. */
    public List<String> problems() {
        return problems;
    }
}
