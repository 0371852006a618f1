package io.agx.market.server.publish;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.agx.market.core.model.FixedPoint;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Texts;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.server.feed.NewQuote;
import io.agx.market.server.feed.TradeResult.Rejected;
import io.agx.market.server.ingest.InstrumentRegistry;
import io.agx.market.server.ingest.QuoteIngest;
import io.agx.market.server.measure.WordCounts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Quotes from JSON to ingest: {@code {"symbol","bid","bidQty","ask","askQty","time"}}, decimals as of trades. Without {@code time} a quote
 * has the time at which its request was received. Unknown fields are passed over. Thread-safe; keeps nothing, never blocks.
 */
public final class QuotePublishing {
    private static final Rejected BECAUSE_OF_ANOTHER =
            new Rejected("atomic", "another quote of the batch is not valid");
    private static final List<String> DECIMALS = List.of("bid", "bidQty", "ask", "askQty");

    private final WordCounts refusals = new WordCounts(codes());
    private final QuoteIngest ingest;
    private final InstrumentRegistry registry;
    private final LongSupplier clockMillis;

    /** @param clockMillis the market's clock, for quotes that tell no time */
    public QuotePublishing(QuoteIngest ingest, InstrumentRegistry registry, LongSupplier clockMillis) {
        this.ingest = ingest;
        this.registry = registry;
        this.clockMillis = clockMillis;
    }

    /** A quote, or why it is none. */
    public record Parsed(@Nullable NewQuote quote, @Nullable Rejected rejected) {}

    /** The market's clock, epoch milliseconds: when a request is received. */
    public long nowMillis() {
        return clockMillis.getAsLong();
    }

    /**
     * Offers quotes.
     *
     * @return for each its rejection, or nothing if it was taken
     */
    public List<Optional<Rejected>> offer(List<Parsed> parsed, boolean atomic) {
        List<Optional<Rejected>> results = new ArrayList<>(parsed.size());
        if (atomic) {
            boolean valid = true;
            for (Parsed each : parsed) {
                Optional<Rejected> rejected = rejection(each);
                valid &= rejected.isEmpty();
                results.add(rejected);
            }
            if (!valid) {
                results.replaceAll(result -> result.or(() -> Optional.of(BECAUSE_OF_ANOTHER)));
                results.forEach(result -> refusals.add(result.orElseThrow().code()));
                return results;
            }
            results.clear();
        }
        for (Parsed each : parsed) {
            NewQuote quote = each.quote();
            if (quote == null) {
                Optional<Rejected> rejected = rejection(each);
                rejected.ifPresent(why -> refusals.add(why.code()));
                results.add(rejected);
            } else {
                results.add(ingest.offer(List.of(quote)).get(0));
            }
        }
        return results;
    }

    /** As {@link Publishing#refusals()}, of quotes: what else breaks a rule is counted by {@link QuoteIngest#rejections()}. */
    public WordCounts refusals() {
        return refusals;
    }

    private static List<String> codes() {
        List<String> codes = new ArrayList<>(Publishing.CODES);
        codes.addAll(QuoteIngest.CODES);
        return codes;
    }

    /** As {@link Publishing#read(String)}. */
    public List<Parsed> read(String array) {
        long receivedMillis = nowMillis();
        return Publishing.read(array, json -> read(json, receivedMillis));
    }

    /**
     * Reads the object whose start is the current token.
     *
     * @throws com.fasterxml.jackson.core.JsonProcessingException if the text is not JSON
     */
    public Parsed read(JsonParser json, long receivedMillis) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            json.skipChildren();
            return rejected(ErrorCode.BAD_REQUEST, "a quote must be a JSON object");
        }
        String symbol = null;
        @Nullable String[] decimals = new String[DECIMALS.size()];
        String time = null;
        String wrongType = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            int decimal = DECIMALS.indexOf(field);
            if (value == JsonToken.VALUE_NULL) {
                continue;
            }
            if (field.equals("symbol") && value == JsonToken.VALUE_STRING) {
                symbol = json.getText();
            } else if (field.equals("time") && value == JsonToken.VALUE_NUMBER_INT) {
                time = json.getText();
            } else if (decimal >= 0 && isDecimal(value)) {
                decimals[decimal] = json.getText();
            } else {
                json.skipChildren();
                wrongType = decimal >= 0 || field.equals("symbol") || field.equals("time") ? field : wrongType;
            }
        }
        return wrongType == null
                ? build(symbol, decimals, time, receivedMillis)
                : rejected(ErrorCode.BAD_FIELD, wrongType + " has the wrong type");
    }

    private Parsed build(
            @Nullable String symbol, @Nullable String[] decimals, @Nullable String time, long receivedMillis) {
        if (symbol == null) {
            return rejected(ErrorCode.BAD_FIELD, "symbol is missing");
        }
        Optional<Instrument> known = Symbol.isValid(symbol) ? registry.find(new Symbol(symbol)) : Optional.empty();
        if (known.isEmpty()) {
            return rejected(ErrorCode.UNKNOWN_SYMBOL, "there is no instrument \"" + Texts.clip(symbol) + "\"");
        }
        Instrument instrument = known.get();
        long[] units = new long[decimals.length];
        String field = "time";
        try {
            long timeMillis = time == null ? receivedMillis : Long.parseLong(time);
            for (int i = 0; i < units.length; i++) {
                field = DECIMALS.get(i);
                String text = decimals[i];
                if (text == null) {
                    return rejected(ErrorCode.BAD_FIELD, field + " is missing");
                }
                int scale = i % 2 == 0 ? instrument.priceScale() : instrument.quantityScale();
                units[i] = FixedPoint.parse(text, scale);
            }
            return new Parsed(new NewQuote(instrument, units[0], units[1], units[2], units[3], timeMillis), null);
        } catch (NumberFormatException e) {
            return rejected(ErrorCode.BAD_FIELD, field + ": " + e.getMessage());
        }
    }

    private Optional<Rejected> rejection(Parsed parsed) {
        NewQuote quote = parsed.quote();
        return quote == null ? Optional.ofNullable(parsed.rejected()) : ingest.check(quote);
    }

    private static boolean isDecimal(JsonToken value) {
        return value == JsonToken.VALUE_STRING
                || value == JsonToken.VALUE_NUMBER_INT
                || value == JsonToken.VALUE_NUMBER_FLOAT;
    }

    private static Parsed rejected(ErrorCode code, String message) {
        return new Parsed(null, new Rejected(code.code(), message));
    }
}
