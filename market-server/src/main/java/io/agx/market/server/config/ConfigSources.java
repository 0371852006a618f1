package io.agx.market.server.config;

import io.agx.market.core.model.Texts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a configuration is from: defaults, a file, the environment, properties of the JVM or of a servlet context, options of a command line;
 * what comes later wins. Immutable; reads the file at each {@link #load()}.
 */
public final class ConfigSources {
    /** Names the file where there is no option. */
    public static final String FILE_VARIABLE = "MARKET_CONFIG";

    private static final Pattern SERVICE = Pattern.compile("(tcp|udp|sctp)://");

    /** The same in a WAR. */
    public static final String FILE_PROPERTY = "market.config";

    private final Map<Key<?>, String> defaults;
    private final Optional<Path> file;
    private final Function<String, @Nullable String> environment;
    private final Function<String, @Nullable String> properties;
    private final Map<Key<?>, String> options;
    private final boolean embedded;

    private ConfigSources(
            Map<Key<?>, String> defaults,
            Optional<Path> file,
            Function<String, @Nullable String> environment,
            Function<String, @Nullable String> properties,
            Map<Key<?>, String> options,
            boolean embedded) {
        this.embedded = embedded;
        this.defaults = Map.copyOf(defaults);
        this.file = file;
        this.environment = environment;
        this.properties = properties;
        this.options = Map.copyOf(options);
    }

    /**
     * Of a command line.
     *
     * @param fileOption the file that it names; empty for the environment's, if that names one
     * @param environment variables by name
     * @param options texts of the options that were given
     */
    public static ConfigSources ofCommandLine(
            String fileOption, Function<String, @Nullable String> environment, Map<Key<?>, String> options) {
        return new ConfigSources(
                Map.of(), file(fileOption, environment.apply(FILE_VARIABLE)), environment, name -> null, options, true);
    }

    /**
     * Of a web application, whose folder is {@code market-data} where nobody says another: the working directory is its container's.
     *
     * @param properties by name; they win
     * @param environment variables by name
     */
    public static ConfigSources ofWebApplication(
            Function<String, @Nullable String> properties, Function<String, @Nullable String> environment) {
        return new ConfigSources(
                Map.of(Keys.DATA, "market-data"),
                file(properties.apply(FILE_PROPERTY), environment.apply(FILE_VARIABLE)),
                environment,
                properties,
                Map.of(),
                false);
    }

    private static Optional<Path> file(@Nullable String first, @Nullable String second) {
        String name = first == null || first.isEmpty() ? second : first;
        return name == null || name.isEmpty() ? Optional.empty() : Optional.of(Path.of(name));
    }

    /** The file, if there is one. */
    public Optional<Path> file() {
        return file;
    }

    /**
     * Reads all of it.
     *
     * @throws ConfigurationException if anything in it is wrong; it names all that is
     * @throws IllegalStateException if the file cannot be read
     */
    public LoadedConfig load() {
        Problems problems = new Problems();
        Map<Key<?>, FileValue> inFile = file.isPresent() ? ConfigFile.read(file.get(), problems) : Map.of();
        Settings settings = Settings.defaults();
        for (Key<?> key : Keys.ALL) {
            settings = settings.with(setting(key, inFile.get(key), problems));
        }
        problems.throwIfAny();
        return new LoadedConfig(this, settings, ConfigRecords.of(settings));
    }

    private <T> Setting<T> setting(Key<T> key, @Nullable FileValue inFile, Problems problems) {
        Setting<T> setting = Setting.ofDefault(key);
        String otherDefault = defaults.get(key);
        if (otherDefault != null) {
            setting = new Setting<>(key, key.type().parse(otherDefault, true), Setting.DEFAULT, "");
        }
        Setting<T> ofDefault = setting;
        if (inFile != null) {
            setting = inFile.instruments() != null
                    ? instruments(setting, inFile)
                    : said(setting, inFile.text(), inFile.origin(), false, problems);
        }
        if (key.isEmbeddedOnly() && !embedded) {
            return ofDefault; // Read all the same, so that a mistake in the file is told: it may be another server's as
            // well.
        }
        if (key.isFileOnly()) {
            return setting;
        }
        setting = said(setting, variable(key), "environment " + key.variable(), true, problems);
        if (!key.isSecret()) { // A list of processes shows properties and options.
            setting = said(setting, properties.apply(key.property()), "property " + key.property(), true, problems);
            String option =
                    key.options().isEmpty() ? "" : "option " + key.options().get(0);
            setting = said(setting, options.get(key), option, true, problems);
        }
        return setting;
    }

    /**
     * What the environment says. Kubernetes tells every container of a namespace where its services are: with one named {@code market} the server would find
     * {@code MARKET_PORT=tcp://10.0.0.1:8080}, which nobody meant for it.
     */
    private @Nullable String variable(Key<?> key) {
        String text = environment.apply(key.variable());
        boolean ofService = text != null
                && key.variable().endsWith("_PORT")
                && SERVICE.matcher(text).lookingAt();
        return ofService ? null : text;
    }

    private static <T> Setting<T> said(
            Setting<T> before, @Nullable String text, String origin, boolean bare, Problems problems) {
        if (text == null) {
            return before;
        }
        try {
            return before.by(before.key().type().parse(text, bare), origin);
        } catch (IllegalArgumentException e) {
            problems.add(wrong(before.key(), text, origin));
            return before;
        }
    }

    @SuppressWarnings("unchecked") // The file's reader has made it for this key.
    private static <T> Setting<T> instruments(Setting<T> before, FileValue inFile) {
        return before.by((T) Objects.requireNonNull(inFile.instruments()), inFile.origin());
    }

    /** Everything that a message about a value must say. */
    static String wrong(Key<?> key, String text, String origin) {
        String was = key.isSecret() ? "is something else" : "was \"" + Texts.clip(text) + "\"";
        return key.name() + " must be " + key.values() + ", " + was + " (" + origin + ")";
    }

    /** What is wrong, as far as it was found. */
    static final class Problems {
        private final List<String> found = new ArrayList<>();

        void add(String problem) {
            found.add(problem);
        }

        void throwIfAny() {
            if (!found.isEmpty()) {
                throw new ConfigurationException(found);
            }
        }
    }

    /**
     * What the file says of a key.
     *
     * @param text as it would be in a variable
     * @param instruments in place of a text, for {@link Keys#INSTRUMENTS}
     */
    record FileValue(String text, @Nullable List<InstrumentConfig> instruments, String origin) {}
}
