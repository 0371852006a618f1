package io.agx.market.server.config;

import java.util.List;

/**
 * A configuration with where it is from, so that it can be read again. Immutable.
 *
 * @param sources where it is from
 * @param settings what every key is set to
 * @param config the same as records
 */
public record LoadedConfig(ConfigSources sources, Settings settings, MarketConfig config) {
    /**
     * What a running server takes when it reads its sources again: of keys that need a restart it keeps its own values.
     *
     * @param running what the server runs with
     * @param config what it is to run with
     * @param changes what is different from before, also what needs a restart
     */
    public record Reloaded(LoadedConfig running, MarketConfig config, List<ConfigChange> changes) {}

    /**
     * Reads the sources again. Changes nothing.
     *
     * @throws ConfigurationException if something in them is wrong
     * @throws IllegalStateException if the file cannot be read
     */
    public Reloaded reload() {
        LoadedConfig fresh = sources.load();
        Settings merged = settings.reloaded(fresh.settings);
        MarketConfig mergedConfig = ConfigRecords.of(merged);
        return new Reloaded(
                new LoadedConfig(sources, merged, mergedConfig), mergedConfig, settings.changes(fresh.settings));
    }
}
