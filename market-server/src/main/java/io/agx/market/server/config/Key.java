package io.agx.market.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One thing that can be set: its names, which values there are, and what it does. The source of the file's keys, of options, variables and
 * properties, and of what the documents say about them. Immutable.
 *
 * @param <T> what a value is
 */
public final class Key<T> {
    private static final String VARIABLE_PREFIX = "MARKET_";
    private static final String PROPERTY_PREFIX = "market.";

    private final String name;
    private final ValueType<T> type;
    private final T defaultValue;
    private final String effect;
    private final List<String> options;
    private final String variable;
    private final String property;
    private final boolean reloadable;
    private final boolean secret;
    private final boolean embeddedOnly;

    private Key(Builder<T> from, String effect) {
        this.name = from.name;
        this.type = from.type;
        this.defaultValue = from.defaultValue;
        this.effect = effect;
        this.options = List.copyOf(from.options);
        String longest =
                options.isEmpty() ? "" : options.get(options.size() - 1).substring(2);
        this.variable =
                from.variable.isEmpty() ? VARIABLE_PREFIX + upper(longest.isEmpty() ? name : longest) : from.variable;
        this.property = PROPERTY_PREFIX + (longest.isEmpty() ? name : longest);
        this.reloadable = from.reloadable;
        this.secret = from.secret;
        this.embeddedOnly = from.embeddedOnly;
    }

    /** What a key is made of. */
    static final class Builder<T> {
        private final String name;
        private final ValueType<T> type;
        private final T defaultValue;
        private final List<String> options = new ArrayList<>();
        private String variable = "";
        private boolean reloadable;
        private boolean secret;
        private boolean embeddedOnly;

        private Builder(String name, ValueType<T> type, T defaultValue) {
            this.name = name;
            this.type = type;
            this.defaultValue = defaultValue;
        }

        /** Names on the command line; the environment variable and the property have the last one's name. */
        Builder<T> option(String... names) {
            options.addAll(List.of(names));
            return this;
        }

        Builder<T> variable(String newVariable) {
            variable = newVariable;
            return this;
        }

        /** It is read again while the server runs. */
        Builder<T> reloadable() {
            reloadable = true;
            return this;
        }

        /** It is shown nowhere, and is neither an option nor a property: a list of processes shows those. */
        Builder<T> secret() {
            secret = true;
            return this;
        }

        /** Only the embedded server has it; in a WAR it is the container's. */
        Builder<T> embeddedOnly() {
            embeddedOnly = true;
            return this;
        }

        /** @param effect what it does, as sentences */
        Key<T> effect(String effect) {
            return new Key<>(this, effect);
        }
    }

    static <T> Builder<T> of(String name, ValueType<T> type, T defaultValue) {
        return new Builder<>(name, type, defaultValue);
    }

    /** In the file. */
    public String name() {
        return name;
    }

    public ValueType<T> type() {
        return type;
    }

    public T defaultValue() {
        return defaultValue;
    }

    /** What it does, as sentences. */
    public String effect() {
        return effect;
    }

    /** On the command line, with their dashes; empty for none. */
    public List<String> options() {
        return options;
    }

    /** In the environment. */
    public String variable() {
        return variable;
    }

    /** Of the system or of a servlet context, in a WAR. */
    public String property() {
        return property;
    }

    /** Whether a running server takes a new value; else it takes a restart. */
    public boolean isReloadable() {
        return reloadable;
    }

    public boolean isSecret() {
        return secret;
    }

    /** Whether it has no effect in a WAR. */
    public boolean isEmbeddedOnly() {
        return embeddedOnly;
    }

    /** Whether it can be set in the file only: it has no text for a variable. */
    public boolean isFileOnly() {
        return type instanceof ValueType.Instruments;
    }

    /** A value for people: as it is written, or that it is not shown. */
    public String shown(T value) {
        String text = type.show(value);
        return secret && !text.isEmpty() ? "(not shown)" : text;
    }

    /** The default as the documents tell it. */
    public String shownDefault() {
        String text = type.show(defaultValue);
        return text.isEmpty() ? "none" : text;
    }

    /** Which values there are, as a part of a sentence. */
    public String values() {
        return type.range().isEmpty() ? type.form() : type.form() + ", " + type.range();
    }

    /** The same for a table of many, without what is said above it. */
    public String briefValues() {
        if (type instanceof ValueType.Time) {
            return "a time, " + type.range();
        }
        if (type instanceof ValueType.Size) {
            return "bytes, " + type.range();
        }
        return type instanceof ValueType.Text text && text.most() == Keys.MAX_TEXT ? type.form() : values();
    }

    private static String upper(String text) {
        return text.replace('-', '_').replace('.', '_').toUpperCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return name;
    }
}
