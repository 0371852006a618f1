package io.agx.market.server.admin;

import java.util.List;

/**
 * What reading the configuration again has changed. Immutable; without secrets.
 *
 * @param changed what holds now
 * @param needRestart what is configured otherwise than the server runs, and holds from its next start on
 */
public record ReloadReport(List<Change> changed, List<Change> needRestart) {
    public ReloadReport {
        changed = List.copyOf(changed);
        needRestart = List.copyOf(needRestart);
    }

    /**
     * One key.
     *
     * @param key its name
     * @param before what it was
     * @param after what it is, or would be
     */
    public record Change(String key, String before, String after) {}
}
