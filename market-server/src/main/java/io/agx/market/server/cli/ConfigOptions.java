package io.agx.market.server.cli;

import io.agx.market.server.config.ConfigSources;
import io.agx.market.server.config.Key;
import io.agx.market.server.config.Keys;
import io.agx.market.server.config.ValueType;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The options of the commands that have a configuration: {@code --config}, and what {@link Keys} says. */
final class ConfigOptions {
    private static final String FILE = "--config";

    private ConfigOptions() {}

    /** Gives a command these options. */
    static void addTo(CommandSpec spec) {
        spec.addOption(OptionSpec.builder(FILE)
                .paramLabel("FILE")
                .type(String.class)
                .description(
                        "Configuration file; environment and options win over it. market config --reference prints one with"
                                + " all keys. Read again at SIGHUP. Default: none. Env: " + ConfigSources.FILE_VARIABLE
                                + ".")
                .build());
        for (Key<?> key : Keys.ALL) {
            if (!key.options().isEmpty()) {
                spec.addOption(OptionSpec.builder(key.options().toArray(String[]::new))
                        .paramLabel(label(key.type()))
                        .type(String.class)
                        .arity("1")
                        .description(description(key))
                        .build());
            }
        }
    }

    /**
     * Where the configuration of a command line is from.
     *
     * @param environment variables by name
     */
    static ConfigSources sources(ParseResult line, Function<String, @Nullable String> environment) {
        Map<Key<?>, String> given = new HashMap<>();
        for (Key<?> key : Keys.ALL) {
            if (!key.options().isEmpty()) {
                String text = line.matchedOptionValue(key.options().get(0), null);
                if (text != null) {
                    given.put(key, text);
                }
            }
        }
        String file = line.matchedOptionValue(FILE, "");
        return ConfigSources.ofCommandLine(file, environment, given);
    }

    private static String description(Key<?> key) {
        String bare = key.type() instanceof ValueType.Time time
                ? "; a number alone is " + time.bareUnit().name().toLowerCase(Locale.ROOT)
                : "";
        String text = key.effect() + " Value: " + key.values() + bare + ". Default: " + key.shownDefault() + ". Env: "
                + key.variable() + ".";
        return text.replace("%", "%%");
    }

    private static String label(ValueType<?> type) {
        if (type instanceof ValueType.Time) {
            return "TIME";
        }
        if (type instanceof ValueType.Size) {
            return "SIZE";
        }
        if (type instanceof ValueType.WholeNumber || type instanceof ValueType.Decimal) {
            return "N";
        }
        if (type instanceof ValueType.Flag) {
            return "BOOL";
        }
        if (type instanceof ValueType.Choice) {
            return "WORD";
        }
        return type instanceof ValueType.TextList ? "LIST" : "TEXT";
    }
}
