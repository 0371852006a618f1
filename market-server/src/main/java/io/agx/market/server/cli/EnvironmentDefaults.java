package io.agx.market.server.cli;

import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code --log-retain-bytes} not given: environment variable {@code MARKET_LOG_RETAIN_BYTES}, and then the option's default. */
final class EnvironmentDefaults implements IDefaultValueProvider {
    private final Function<String, @Nullable String> environment;

    EnvironmentDefaults(Function<String, @Nullable String> environment) {
        this.environment = environment;
    }

    /** Nothing for options without a default: what is required is to be said on the command line. */
    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option)
                || option.defaultValue() == null
                || option.arity().max() == 0) {
            return null;
        }
        String name =
                option.longestName().replaceFirst("^--", "").replace('-', '_').toUpperCase(Locale.ROOT);
        String value = environment.apply("MARKET_" + name);
        return value == null ? option.defaultValue() : value; // Not null: help shows it.
    }
}
