package io.agx.market.server.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * How values of a key are written, and which there are. Immutable.
 *
 * @param <T> what a value becomes
 */
public sealed interface ValueType<T> {
    /**
     * Reads a value.
     *
     * @param bare whether a time may be a number alone, in the key's own unit
     * @throws IllegalArgumentException if it is none, or out of range; without a message, for {@link #form()} and {@link #range()} say it all
     */
    T parse(String text, boolean bare);

    /** As {@link #parse} reads it. */
    String show(T value);

    /** What is to be written, in a few words. */
    String form();

    /** Which values there are, in a few words; empty where the form says it. */
    String range();

    /**
     * A whole number.
     *
     * @param form what it counts
     */
    record WholeNumber(String form, long least, long most) implements ValueType<Long> {
        @Override
        public Long parse(String text, boolean bare) {
            return within(Long.parseLong(text), least, most);
        }

        @Override
        public String show(Long value) {
            return value.toString();
        }

        @Override
        public String range() {
            return rangeText(String.valueOf(least), String.valueOf(most), most);
        }
    }

    /**
     * A number with decimals, above 0.
     *
     * @param form what it counts
     */
    record Decimal(String form, double most) implements ValueType<Double> {
        @Override
        public Double parse(String text, boolean bare) {
            double value = Double.parseDouble(text);
            if (!(value > 0 && value <= most)) {
                throw new IllegalArgumentException();
            }
            return value;
        }

        @Override
        public String show(Double value) {
            return value % 1 == 0 ? String.valueOf(value.longValue()) : value.toString();
        }

        @Override
        public String range() {
            return "above 0 to " + show(most);
        }
    }

    /**
     * Bytes.
     *
     * @param orZero whether 0 has a meaning of its own
     */
    record Size(long least, long most, boolean orZero) implements ValueType<Long> {
        private static final List<String> UNITS = List.of("GiB", "MiB", "KiB");

        @Override
        public Long parse(String text, boolean bare) {
            long bytes;
            try {
                bytes = ConfigFactory.parseMap(Map.of("size", text)).getBytes("size");
            } catch (ConfigException e) {
                throw new IllegalArgumentException(e);
            }
            return orZero && bytes == 0 ? 0L : within(bytes, least, most);
        }

        @Override
        public String show(Long value) {
            long unit = 1L << 30;
            for (String name : UNITS) {
                if (value != 0 && value % unit == 0) {
                    return value / unit + name;
                }
                unit >>= 10;
            }
            return value.toString();
        }

        @Override
        public String form() {
            return "bytes, such as 65536 or 64KiB";
        }

        @Override
        public String range() {
            return (orZero ? "0 or " : "") + rangeText(show(least), show(most), most);
        }
    }

    /**
     * A duration, in milliseconds.
     *
     * @param bareUnit what a number alone counts, where it is taken
     */
    record Time(long least, long most, TimeUnit bareUnit) implements ValueType<Long> {
        private static final List<String> UNITS = List.of("d", "h", "m", "s");
        private static final List<Long> UNIT_MILLIS = List.of(86_400_000L, 3_600_000L, 60_000L, 1_000L);

        @Override
        public Long parse(String text, boolean bare) {
            if (bare && text.matches("-?[0-9]{1,18}")) {
                return within(bareUnit.toMillis(Long.parseLong(text)), least, most);
            }
            if (!text.equals("0") && !text.matches(".*[a-z]")) {
                throw new IllegalArgumentException(); // The library would take it for milliseconds, an option for its
                // own unit.
            }
            try {
                Duration duration = ConfigFactory.parseMap(Map.of("time", text)).getDuration("time");
                long millis = duration.toMillis();
                if (!Duration.ofMillis(millis).equals(duration)) {
                    throw new IllegalArgumentException();
                }
                return within(millis, least, most);
            } catch (ConfigException e) {
                throw new IllegalArgumentException(e);
            }
        }

        @Override
        public String show(Long millis) {
            for (int i = 0; i < UNITS.size(); i++) {
                if (millis % UNIT_MILLIS.get(i) == 0
                        && (millis != 0 || UNITS.get(i).equals("s"))) {
                    return millis / UNIT_MILLIS.get(i) + UNITS.get(i);
                }
            }
            return millis + "ms";
        }

        @Override
        public String form() {
            return "a time with its unit, such as 10ms, 2s, 5m, 12h or 30d";
        }

        @Override
        public String range() {
            return rangeText(show(least), show(most), most);
        }
    }

    /** Yes or no. */
    record Flag() implements ValueType<Boolean> {
        @Override
        public Boolean parse(String text, boolean bare) {
            if (!text.equals("true") && !text.equals("false")) {
                throw new IllegalArgumentException();
            }
            return text.equals("true");
        }

        @Override
        public String show(Boolean value) {
            return value.toString();
        }

        @Override
        public String form() {
            return "true or false";
        }

        @Override
        public String range() {
            return "";
        }
    }

    /** One of a few words, in lower or upper case. */
    record Choice(List<String> words) implements ValueType<String> {
        @Override
        public String parse(String text, boolean bare) {
            String word = text.toLowerCase(Locale.ROOT);
            if (!words.contains(word)) {
                throw new IllegalArgumentException();
            }
            return word;
        }

        @Override
        public String show(String value) {
            return value;
        }

        @Override
        public String form() {
            return String.join(", ", words.subList(0, words.size() - 1)) + " or " + words.get(words.size() - 1);
        }

        @Override
        public String range() {
            return "";
        }
    }

    /**
     * Text of some length.
     *
     * @param form what it means
     * @param least characters
     * @param most characters
     * @param check throws an {@link IllegalArgumentException} if it is not good
     */
    record Text(String form, int least, int most, Consumer<String> check) implements ValueType<String> {
        @Override
        public String parse(String text, boolean bare) {
            within(text.length(), least, most);
            check.accept(text);
            return text;
        }

        @Override
        public String show(String value) {
            return value;
        }

        @Override
        public String range() {
            return least == 0 ? "at most " + most + " characters" : least + " to " + most + " characters";
        }
    }

    /**
     * Texts with commas between them, or a list in the file.
     *
     * @param form what they mean
     * @param check throws an {@link IllegalArgumentException} if one is not good
     */
    record TextList(String form, Consumer<String> check) implements ValueType<List<String>> {
        @Override
        public List<String> parse(String text, boolean bare) {
            List<String> elements = List.copyOf(EdgeConfig.list(text));
            elements.forEach(check);
            return elements;
        }

        @Override
        public String show(List<String> value) {
            return String.join(",", value);
        }

        @Override
        public String range() {
            return "";
        }
    }

    /** Levels by the names of loggers: {@code name=level} with commas, or an object in the file. */
    record Levels() implements ValueType<Map<String, String>> {
        private static final Choice LEVEL = new Choice(LogConfig.LEVELS);

        @Override
        public Map<String, String> parse(String text, boolean bare) {
            Map<String, String> levels = new TreeMap<>();
            for (String each : EdgeConfig.list(text)) {
                int equals = each.indexOf('=');
                if (equals < 1) {
                    throw new IllegalArgumentException();
                }
                levels.put(
                        each.substring(0, equals).strip(),
                        LEVEL.parse(each.substring(equals + 1).strip(), false));
            }
            return Map.copyOf(levels);
        }

        @Override
        public String show(Map<String, String> value) {
            StringBuilder text = new StringBuilder();
            new TreeMap<>(value)
                    .forEach((name, level) -> text.append(text.isEmpty() ? "" : ",")
                            .append(name)
                            .append('=')
                            .append(level));
            return text.toString();
        }

        @Override
        public String form() {
            return "names of loggers, each with " + LEVEL.form();
        }

        @Override
        public String range() {
            return "";
        }
    }

    /** Definitions of instruments: in the file only. */
    record Instruments() implements ValueType<List<InstrumentConfig>> {
        @Override
        public List<InstrumentConfig> parse(String text, boolean bare) {
            throw new IllegalArgumentException();
        }

        @Override
        public String show(List<InstrumentConfig> value) {
            StringBuilder text = new StringBuilder("[");
            for (InstrumentConfig each : value) {
                text.append(text.length() > 1 ? ", " : "").append(each);
            }
            return text.append(']').toString();
        }

        @Override
        public String form() {
            return "a list of { symbol, base, quote, price-scale, quantity-scale, tick-size, step-size, status }";
        }

        @Override
        public String range() {
            return "";
        }
    }

    private static long within(long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException();
        }
        return value;
    }

    private static String rangeText(String least, String most, long mostValue) {
        return mostValue == Long.MAX_VALUE ? least + " or more" : least + " to " + most;
    }
}
