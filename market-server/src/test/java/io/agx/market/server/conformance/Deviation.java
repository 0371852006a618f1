package io.agx.market.server.conformance;

import java.util.List;

/**
 * What a container does instead in one case.
 *
 * @param name of the case
 * @param outcomes what may come there, as the case's own are told
 */
public record Deviation(String name, String reason, List<List<String>> outcomes) {
    /** How an outcome ends on a connection that lives. */
    public static final String LIVES = Case.LIVES;

    public Deviation(String name, String reason, String... outcome) {
        this(name, reason, List.of(List.of(outcome)));
    }
}
