package io.agx.market.server.ingest;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.InstrumentStatus;
import io.agx.market.core.model.Symbol;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The instruments that ingest takes trades for. Thread-safe.
 *
 * <p>An instrument is known here only once its definition is durable in the log, so that no trade can come before it.
 * Bounded by {@link #MAX_INSTRUMENTS}.
 */
public final class InstrumentRegistry {
    /** Most instruments of one installation; the window of a busy one takes megabytes, see SnapshotCache. */
    public static final int MAX_INSTRUMENTS = 100_000;

    private final ConcurrentHashMap<Symbol, Instrument> bySymbol = new ConcurrentHashMap<>();
    private final TradeAppender appender;
    private int nextId = 1;

    /**
     * @param known the instruments that the log already defines
     */
    public InstrumentRegistry(TradeAppender appender, Collection<Instrument> known) {
        this.appender = appender;
        for (Instrument instrument : known) {
            bySymbol.put(instrument.symbol(), instrument);
            nextId = Math.max(nextId, instrument.id() + 1);
        }
    }

    public Optional<Instrument> find(Symbol symbol) {
        return Optional.ofNullable(bySymbol.get(symbol));
    }

    /** An instrument as it is now, whatever its tick, step and status were. */
    public Instrument current(Instrument instrument) {
        return bySymbol.getOrDefault(instrument.symbol(), instrument);
    }

    /** All instruments, in the order of their symbols. */
    public List<Instrument> all() {
        return bySymbol.values().stream()
                .sorted((a, b) -> a.symbol().compareTo(b.symbol()))
                .toList();
    }

    /**
     * Defines a new instrument, and waits until the definition is durable.
     *
     * @return the instrument with its id
     * @throws IllegalArgumentException if a value is out of range, the message names the field
     * @throws AlreadyDefinedException if the symbol is taken
     * @throws io.agx.market.server.feed.LogUnavailableException if the log did not take it
     * @throws BusyException if too much waits for the log
     */
    public synchronized Instrument define(
            Symbol symbol,
            String baseAsset,
            String quoteAsset,
            int priceScale,
            int quantityScale,
            long tickSize,
            long stepSize) {
        return define(
                symbol, baseAsset, quoteAsset, priceScale, quantityScale, tickSize, stepSize, InstrumentStatus.TRADING);
    }

    /** The same with a status. */
    public synchronized Instrument define(
            Symbol symbol,
            String baseAsset,
            String quoteAsset,
            int priceScale,
            int quantityScale,
            long tickSize,
            long stepSize,
            InstrumentStatus status) {
        Instrument existing = bySymbol.get(symbol);
        if (existing != null) {
            throw new AlreadyDefinedException(existing);
        }
        if (bySymbol.size() >= MAX_INSTRUMENTS) {
            throw new IllegalArgumentException(
                    "at most " + MAX_INSTRUMENTS + " instruments are kept, and that many are defined");
        }
        Instrument instrument = new Instrument(
                nextId, symbol, baseAsset, quoteAsset, priceScale, quantityScale, tickSize, stepSize, status);
        appendDurably(instrument);
        nextId++;
        bySymbol.put(symbol, instrument);
        return instrument;
    }

    /**
     * Changes what may change of an instrument, and waits until that is durable. Trades that are on their way may still come under
     * what held before.
     *
     * @throws IllegalArgumentException if there is no such instrument, or a value is out of range
     * @throws io.agx.market.server.feed.LogUnavailableException if the log did not take it
     * @throws BusyException if too much waits for the log
     */
    public synchronized Instrument change(Symbol symbol, long tickSize, long stepSize, InstrumentStatus status) {
        Instrument known = bySymbol.get(symbol);
        if (known == null) {
            throw new IllegalArgumentException("there is no instrument " + symbol);
        }
        Instrument changed = new Instrument(
                known.id(),
                symbol,
                known.baseAsset(),
                known.quoteAsset(),
                known.priceScale(),
                known.quantityScale(),
                tickSize,
                stepSize,
                status);
        if (!changed.equals(known)) {
            appendDurably(changed);
            bySymbol.put(symbol, changed);
        }
        return changed;
    }

    private void appendDurably(Instrument instrument) {
        CompletableFuture<Void> durable =
                appender.append(instrument).orElseThrow(() -> new BusyException("the trade log is busy; try again"));
        try {
            durable.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Too much waits for the trade log: nothing was defined, and the same may be tried again. */
    public static final class BusyException extends RuntimeException {
        private static final long serialVersionUID = 1;

        BusyException(String message) {
            super(message);
        }
    }

    /** The symbol is taken. */
    public static final class AlreadyDefinedException extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient Instrument existing;

        AlreadyDefinedException(Instrument existing) {
            super("instrument " + existing.symbol() + " is already defined");
            this.existing = existing;
        }

        /** The instrument that has the symbol. */
        public Instrument existing() {
            return existing;
        }
    }
}
