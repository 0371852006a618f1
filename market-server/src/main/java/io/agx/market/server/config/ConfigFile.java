package io.agx.market.server.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.agx.market.core.model.FixedPoint;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.InstrumentStatus;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Texts;
import io.agx.market.server.config.ConfigSources.FileValue;
import io.agx.market.server.config.ConfigSources.Problems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads a configuration file: HOCON, so JSON too. Within a file and those that it includes the last word counts, as HOCON has it; what
 * is {@code null} is not set. Every key is known here, whatever is not is told.
 */
final class ConfigFile {
    private static final Set<String> INSTRUMENT_FIELDS =
            Set.of("symbol", "base", "quote", "price-scale", "quantity-scale", "tick-size", "step-size", "status");

    private final Problems problems;
    private final Map<Key<?>, FileValue> values = new HashMap<>();

    private ConfigFile(Problems problems) {
        this.problems = problems;
    }

    /**
     * @param problems told what is wrong in it
     * @throws IllegalStateException if it cannot be read, or is no HOCON; the message says where
     */
    static Map<Key<?>, FileValue> read(Path file, Problems problems) {
        ConfigObject root;
        try {
            root = ConfigFactory.parseFile(
                            file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false))
                    .resolve()
                    .root();
        } catch (ConfigException e) {
            throw new IllegalStateException("the configuration file " + file + " cannot be used: " + e.getMessage(), e);
        }
        ConfigFile reader = new ConfigFile(problems);
        reader.section("", root);
        return reader.values;
    }

    private void section(String prefix, ConfigObject section) {
        // In the order of the file, so that problems are.
        List<Map.Entry<String, ConfigValue>> entries = new ArrayList<>(section.entrySet());
        entries.sort((a, b) -> Integer.compare(
                a.getValue().origin().lineNumber(), b.getValue().origin().lineNumber()));
        for (Map.Entry<String, ConfigValue> entry : entries) {
            String name = prefix + entry.getKey();
            ConfigValue value = entry.getValue();
            Key<?> key = Keys.find(name).orElse(null);
            if (value.valueType() == ConfigValueType.NULL) {
                continue;
            }
            if (key != null) {
                take(key, value);
            } else if (!Keys.isSection(name)) {
                unknown(name, value);
            } else if (value instanceof ConfigObject inner) {
                section(name + ".", inner);
            } else {
                problems.add(name + " is a section, " + name + " { … }, and no key (" + where(value.origin()) + ")");
            }
        }
    }

    private void unknown(String name, ConfigValue value) {
        String similar = Keys.similar(name)
                .map(known -> "; did you mean " + known + "?")
                .orElse("; market config --reference prints all keys");
        problems.add("there is no key " + Texts.clip(name) + similar + " (" + where(value.origin()) + ")");
    }

    private void take(Key<?> key, ConfigValue value) {
        String origin = where(value.origin());
        if (key.isFileOnly()) {
            instruments(key, value);
        } else if (key.type() instanceof ValueType.Levels && value instanceof ConfigObject object) {
            values.put(key, new FileValue(levels(object), null, origin));
        } else if (key.type() instanceof ValueType.TextList && value instanceof ConfigList list) {
            List<String> texts = new ArrayList<>();
            list.forEach(each -> texts.add(String.valueOf(each.unwrapped())));
            values.put(key, new FileValue(String.join(",", texts), null, origin));
        } else if (value instanceof ConfigObject || value instanceof ConfigList) {
            problems.add(ConfigSources.wrong(key, key.isSecret() ? "" : value.render(), origin));
        } else {
            values.put(key, new FileValue(text(value), null, origin));
        }
    }

    /** A number as it is written: 0.10 is not 0.1. */
    private static String text(ConfigValue value) {
        return value.atKey("value").getString("value");
    }

    /** The names of loggers have dots, quoted or not. */
    private static String levels(ConfigObject object) {
        StringBuilder text = new StringBuilder();
        Map<String, String> sorted = new TreeMap<>();
        for (Map.Entry<String, ConfigValue> each : object.toConfig().entrySet()) {
            sorted.put(
                    String.join(".", ConfigUtil.splitPath(each.getKey())),
                    String.valueOf(each.getValue().unwrapped()));
        }
        sorted.forEach((name, level) ->
                text.append(text.isEmpty() ? "" : ",").append(name).append('=').append(level));
        return text.toString();
    }

    private void instruments(Key<?> key, ConfigValue value) {
        if (!(value instanceof ConfigList list)) {
            problems.add(ConfigSources.wrong(key, value.render(), where(value.origin())));
            return;
        }
        List<InstrumentConfig> instruments = new ArrayList<>();
        Set<Symbol> symbols = new HashSet<>();
        for (ConfigValue each : list) {
            String origin = where(each.origin());
            if (!(each instanceof ConfigObject object)) {
                problems.add(ConfigSources.wrong(key, each.render(), origin));
                continue;
            }
            try {
                InstrumentConfig instrument = instrument(object);
                if (!symbols.add(instrument.symbol())) {
                    problems.add("instruments has " + instrument.symbol() + " twice (" + origin + ")");
                }
                instruments.add(instrument);
            } catch (IllegalArgumentException e) { // NumberFormatException too.
                problems.add("instruments: " + e.getMessage() + " (" + origin + ")");
            } catch (ConfigException e) {
                problems.add("instruments: " + e.getMessage());
            }
        }
        values.put(key, new FileValue("", List.copyOf(instruments), where(value.origin())));
    }

    private static InstrumentConfig instrument(ConfigObject object) {
        for (String field : object.keySet()) {
            if (!INSTRUMENT_FIELDS.contains(field)) {
                throw new IllegalArgumentException("an instrument has no " + Texts.clip(field));
            }
        }
        Config config = object.toConfig();
        int priceScale = scale(config, "price-scale");
        int quantityScale = scale(config, "quantity-scale");
        return new InstrumentConfig(
                new Symbol(config.getString("symbol")),
                config.getString("base"),
                config.getString("quote"),
                priceScale,
                quantityScale,
                step(config, "tick-size", priceScale),
                step(config, "step-size", quantityScale),
                status(config));
    }

    private static int scale(Config config, String field) {
        int scale = config.getInt(field);
        if (scale < 0 || scale > Instrument.MAX_SCALE) {
            throw new IllegalArgumentException(field + " must be 0 to " + Instrument.MAX_SCALE + ", was " + scale);
        }
        return scale;
    }

    private static long step(Config config, String field, int scale) {
        if (!config.hasPath(field)) {
            return 1;
        }
        try {
            return FixedPoint.parse(config.getString(field), scale);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(field + ": " + e.getMessage(), e);
        }
    }

    private static InstrumentStatus status(Config config) {
        if (!config.hasPath("status")) {
            return InstrumentStatus.TRADING;
        }
        String text = config.getString("status");
        for (InstrumentStatus status : InstrumentStatus.values()) {
            if (status.name().equals(text.toUpperCase(Locale.ROOT))) {
                return status;
            }
        }
        throw new IllegalArgumentException("status must be trading or halted, was \"" + Texts.clip(text) + "\"");
    }

    private static String where(ConfigOrigin origin) {
        String file = origin.filename() == null ? origin.description() : origin.filename();
        return origin.lineNumber() > 0 ? file + ":" + origin.lineNumber() : file;
    }
}
