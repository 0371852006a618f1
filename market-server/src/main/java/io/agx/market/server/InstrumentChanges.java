package io.agx.market.server;

import io.agx.market.core.model.Instrument;
import io.agx.market.server.config.ConfigChange;
import io.agx.market.server.config.InstrumentConfig;
import io.agx.market.server.ingest.InstrumentRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the configured instruments change of those that there are: seen before anything is, so that all or none are good. */
final class InstrumentChanges {
    private final InstrumentRegistry registry;
    private final List<InstrumentConfig> wanted;

    private InstrumentChanges(InstrumentRegistry registry, List<InstrumentConfig> wanted) {
        this.registry = registry;
        this.wanted = wanted;
    }

    /** @throws IllegalArgumentException if one would change what never changes; the message names it */
    static InstrumentChanges of(InstrumentRegistry registry, List<InstrumentConfig> instruments) {
        List<InstrumentConfig> wanted = new ArrayList<>();
        for (InstrumentConfig each : instruments) {
            Optional<Instrument> known = registry.find(each.symbol());
            known.ifPresent(it -> requireSame(it, each));
            if (known.isEmpty() || !known.get().equals(each.numbered(known.get().id()))) {
                wanted.add(each);
            }
        }
        return new InstrumentChanges(registry, wanted);
    }

    private static void requireSame(Instrument known, InstrumentConfig wanted) {
        Instrument other = wanted.numbered(known.id());
        if (known.priceScale() != other.priceScale()
                || known.quantityScale() != other.quantityScale()
                || !known.baseAsset().equals(other.baseAsset())
                || !known.quoteAsset().equals(other.quoteAsset())) {
            throw new IllegalArgumentException("instruments: scales and assets of " + known.symbol()
                    + " never change, for what is stored would mean something else: it is " + text(known)
                    + ", was given "
                    + wanted);
        }
    }

    /**
     * Makes them, one after the other, each durable.
     *
     * @throws io.agx.market.server.feed.LogUnavailableException if the log does not take one: those before it are made
     */
    List<ConfigChange> apply() {
        List<ConfigChange> changes = new ArrayList<>();
        for (InstrumentConfig each : wanted) {
            Optional<Instrument> known = registry.find(each.symbol());
            Instrument made = known.isPresent()
                    ? registry.change(each.symbol(), each.tickSize(), each.stepSize(), each.status())
                    : registry.define(
                            each.symbol(),
                            each.baseAsset(),
                            each.quoteAsset(),
                            each.priceScale(),
                            each.quantityScale(),
                            each.tickSize(),
                            each.stepSize(),
                            each.status());
            changes.add(new ConfigChange(
                    "instruments." + each.symbol(),
                    known.map(InstrumentChanges::text).orElse("none"),
                    text(made),
                    true));
        }
        return changes;
    }

    private static String text(Instrument instrument) {
        return new InstrumentConfig(
                        instrument.symbol(),
                        instrument.baseAsset(),
                        instrument.quoteAsset(),
                        instrument.priceScale(),
                        instrument.quantityScale(),
                        instrument.tickSize(),
                        instrument.stepSize(),
                        instrument.status())
                .toString();
    }
}
