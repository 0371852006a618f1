package io.agx.market.server.cli;

import io.agx.market.server.config.ConfigSources;
import io.agx.market.server.config.Key;
import io.agx.market.server.config.Keys;
import io.agx.market.server.config.ValueType;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The options of the commands that have a configuration: {@code --config}, and what {@link Keys} says. */
final class ConfigOptions {
    static final String FILE = "--config";

    /** What tells where a server's data are, of the commands that open them while it is not running. */
    static final List<String> FOLDER =
            List.of("data", "store.url", "store.user", "store.password-file", "store.connections", "store.retain-days");

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
     * Where the configuration of a command line is from, of a command that has all these options.
     *
     * @param environment variables by name
     */
    static ConfigSources sources(ParseResult line, Function<String, @Nullable String> environment) {
        return sources(line, Keys.ALL.stream().map(Key::name).toList(), environment);
    }

    /** The same, of a command where the options of only these keys mean them. */
    static ConfigSources sources(ParseResult line, List<String> keys, Function<String, @Nullable String> environment) {
        Map<Key<?>, String> given = new HashMap<>();
        for (Key<?> key : Keys.ALL) {
            if (!key.options().isEmpty() && keys.contains(key.name())) {
                String text = given(line, key.options().get(0));
                if (text != null) {
                    given.put(key, text);
                }
            }
        }
        String file = given(line, FILE);
        return ConfigSources.ofCommandLine(file == null ? "" : file, environment, given);
    }

    /** As it was given on the command line, whatever it becomes; null if it was not. */
    private static @Nullable String given(ParseResult line, String option) {
        return line.hasMatchedOption(option)
                ? line.matchedOption(option).originalStringValues().get(0)
                : null;
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
