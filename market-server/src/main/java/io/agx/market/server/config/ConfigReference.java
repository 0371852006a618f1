package io.agx.market.server.config;

import com.typesafe.config.ConfigUtil;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A configuration as a file: {@code conf/market.conf} with all keys at their defaults, and what a server runs with. */
public final class ConfigReference {
    private static final int WIDTH = 110;

    private static final String HEAD = """
            # The configuration of market: all keys, each with its default. Take the # away before a key to set another value.
            # HOCON: https://github.com/lightbend/config/blob/main/HOCON.md
            #
            # What comes later wins: defaults, this file (bin/market serve --config FILE, or MARKET_CONFIG), environment variables, options.
            # Keys that are marked with "reload" are read again by a server that runs, at SIGHUP or POST /api/v1/admin/reload.
            # Times have a unit (ms, s, m, h, d), sizes may have one (KiB, MiB, GiB).
            # "market config --check FILE" looks for mistakes, "market config" prints what holds and who said so.
            """;

    private ConfigReference() {}

    /** All keys at their defaults, commented out. */
    public static String text() {
        StringBuilder text = new StringBuilder(HEAD);
        for (Key<?> key : Keys.ALL) {
            text.append('\n');
            wrap(
                    text,
                    key.effect() + " " + sentence(key.briefValues()) + (key.isReloadable() ? " Reload." : "")
                            + (key.isFileOnly() ? "" : " " + key.variable() + "."));
            text.append('#').append(line(Setting.ofDefault(key))).append('\n');
        }
        return text.toString();
    }

    /** What holds, as a file that says the same, each line with who said so. */
    public static String effective(Settings settings) {
        StringBuilder text = new StringBuilder();
        for (Setting<?> setting : settings.all()) {
            text.append(line(setting)).append("  # ").append(setting.origin());
            if (!setting.over().isEmpty()) {
                text.append(", over ").append(setting.over());
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static <T> String line(Setting<T> setting) {
        Key<T> key = setting.key();
        return key.name() + " = " + (key.isSecret() ? quoted(setting.shown()) : hocon(key.type(), setting.value()));
    }

    private static <T> String hocon(ValueType<T> type, T value) {
        if (value instanceof List<?> list && type instanceof ValueType.TextList) {
            return list.stream().map(each -> quoted(String.valueOf(each))).collect(Collectors.joining(", ", "[", "]"));
        }
        if (value instanceof Map<?, ?> map) {
            return new TreeMap<>(map)
                    .entrySet().stream()
                            .map(each -> quoted(String.valueOf(each.getKey())) + " = " + each.getValue())
                            .collect(Collectors.joining(", ", "{", "}"));
        }
        return type instanceof ValueType.Text ? quoted(type.show(value)) : type.show(value);
    }

    private static String quoted(String text) {
        return ConfigUtil.quoteString(text);
    }

    private static String sentence(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1) + ".";
    }

    private static void wrap(StringBuilder text, String sentences) {
        text.append('#');
        int column = 1;
        for (String word : sentences.split(" ", -1)) {
            if (column > 1 && column + word.length() + 1 > WIDTH) {
                text.append("\n#");
                column = 1;
            }
            text.append(' ').append(word);
            column += word.length() + 1;
        }
        text.append('\n');
    }
}
