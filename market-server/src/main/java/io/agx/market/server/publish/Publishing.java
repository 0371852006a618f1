package io.agx.market.server.publish;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.server.feed.Fill;
import io.agx.market.server.feed.FillListener;
import io.agx.market.server.feed.NewTrade;
import io.agx.market.server.feed.Offer;
import io.agx.market.server.feed.TradeResult;
import io.agx.market.server.feed.TradeResult.Rejected;
import io.agx.market.server.ingest.Ingest;
import io.agx.market.server.ingest.InstrumentRegistry;
import io.agx.market.server.ingest.TradeValidator;
import io.agx.market.server.measure.WordCounts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/** What becomes of the trades of one request, whichever way they came. Thread-safe; keeps nothing. */
public final class Publishing {
    /** Reads what is published, within the depth, number and string bounds of every JSON text that the server takes. */
    public static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(32)
                    .maxNumberLength(64)
                    .maxStringLength(65_536)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final Rejected BECAUSE_OF_ANOTHER =
            new Rejected("atomic", "another trade of the batch is not valid");

    /** Why an element never comes to the rules of {@link Ingest}, or was refused because of another. */
    static final List<String> CODES = List.of(
            ErrorCode.BAD_REQUEST.code(),
            ErrorCode.BAD_FIELD.code(),
            ErrorCode.UNKNOWN_SYMBOL.code(),
            BECAUSE_OF_ANOTHER.code());

    private final WordCounts refusals = new WordCounts(codes());
    private final Ingest ingest;
    private final InstrumentRegistry registry;
    private final FillListener fills;
    private final LongSupplier clockMillis;

    /**
     * @param fills told of trades whose sides are known, before their publisher is answered
     * @param clockMillis the market's clock, for trades that tell no time
     */
    public Publishing(Ingest ingest, InstrumentRegistry registry, FillListener fills, LongSupplier clockMillis) {
        this.ingest = ingest;
        this.registry = registry;
        this.fills = fills;
        this.clockMillis = clockMillis;
    }

    /** What became of an offer at once. */
    public sealed interface Outcome {
        /** All or nothing was asked for, and one is not valid: nothing was offered. */
        record Refused(List<TradeResult> results) implements Outcome {}

        /** Too much is in flight; nothing was kept. */
        record PushedBack(long retryAfterMillis) implements Outcome {}

        /**
         * Taken on.
         *
         * @param durable one result for each element, in order; see {@link Offer.Accepted#durable()}. The caller then tells the fills,
         *     and answers
         */
        record Taken(CompletableFuture<List<TradeResult>> durable) implements Outcome {}
    }

    /** The market's clock, epoch milliseconds: when a request is received. */
    public long nowMillis() {
        return clockMillis.getAsLong();
    }

    /** A parser for one request. */
    public TradeParser parser(boolean backfill, long receivedMillis) {
        return new TradeParser(registry, backfill, receivedMillis);
    }

    /**
     * Reads the elements of a JSON array that was read before within the same bounds, as of now.
     *
     * @throws UncheckedIOException if it was not
     */
    public List<ParsedTrade> read(String array) {
        return read(array, parser(false, nowMillis())::read);
    }

    /** What reads the element at the parser's current token. */
    interface Reader<T> {
        T read(JsonParser json) throws IOException;
    }

    static <T> List<T> read(String array, Reader<T> reader) {
        List<T> elements = new ArrayList<>();
        try (JsonParser json = JSON.createParser(array)) {
            json.nextToken();
            while (json.nextToken() != JsonToken.END_ARRAY) {
                elements.add(reader.read(json));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("reading again what was read failed", e);
        }
        return elements;
    }

    /** Offers the trades among the elements. Never blocks. */
    public Outcome offer(List<ParsedTrade> parsed, boolean atomic) {
        List<NewTrade> trades = new ArrayList<>(parsed.size());
        for (ParsedTrade each : parsed) {
            if (each.trade() != null) {
                trades.add(each.trade());
            }
        }
        if (atomic) {
            Optional<List<TradeResult>> refused = refuseAll(parsed, trades);
            if (refused.isPresent()) {
                refused.get().forEach(this::countRefused);
                return new Outcome.Refused(refused.get());
            }
        }
        if (trades.isEmpty()) {
            countUnread(parsed);
            return new Outcome.Taken(CompletableFuture.completedFuture(merge(parsed, List.of())));
        }
        Offer offer = ingest.offer(trades);
        if (offer instanceof Offer.BackPressured pushedBack) {
            return new Outcome.PushedBack(pushedBack.retryAfterMillis());
        }
        countUnread(parsed);
        CompletableFuture<List<TradeResult>> durable = ((Offer.Accepted) offer).durable();
        return new Outcome.Taken(
                trades.size() == parsed.size() ? durable : durable.thenApply(results -> merge(parsed, results)));
    }

    /** The fills among durable elements: accepted or duplicates, with a side that is known. */
    public static List<Fill> fillsOf(List<ParsedTrade> parsed, List<TradeResult> results) {
        List<Fill> found = List.of();
        for (int i = 0; i < results.size(); i++) {
            ParsedTrade each = parsed.get(i);
            NewTrade trade = each.trade();
            if (trade == null
                    || each.buyerUserId() == null && each.sellerUserId() == null
                    || results.get(i) instanceof Rejected) {
                continue;
            }
            if (found.isEmpty()) {
                found = new ArrayList<>();
            }
            long seq = results.get(i) instanceof TradeResult.Accepted accepted ? accepted.seq() : 0;
            found.add(new Fill(trade, seq, each.buyerUserId(), each.sellerUserId()));
        }
        return found;
    }

    /**
     * Tells fills; may wait for the disk.
     *
     * @throws io.agx.market.server.feed.LogUnavailableException if it cannot be made durable now
     */
    public void tell(List<Fill> found) {
        if (!found.isEmpty()) {
            fills.onFills(found);
        }
    }

    /**
     * Elements that were published and refused here, by code: those that could not be read as a trade of a known instrument, and all of a
     * batch of which one was not valid. What else breaks a rule is counted by {@link Ingest#rejections()}.
     */
    public WordCounts refusals() {
        return refusals;
    }

    private void countUnread(List<ParsedTrade> parsed) {
        for (ParsedTrade each : parsed) {
            if (each.rejected() != null) {
                countRefused(each.rejected());
            }
        }
    }

    private void countRefused(TradeResult result) {
        if (result instanceof Rejected rejected) {
            refusals.add(rejected.code());
        }
    }

    private static List<String> codes() {
        List<String> codes = new ArrayList<>(CODES);
        codes.addAll(TradeValidator.CODES);
        return codes;
    }

    private Optional<List<TradeResult>> refuseAll(List<ParsedTrade> parsed, List<NewTrade> trades) {
        List<Optional<Rejected>> rules = ingest.check(trades);
        if (trades.size() == parsed.size() && rules.stream().allMatch(Optional::isEmpty)) {
            return Optional.empty();
        }
        List<TradeResult> results = new ArrayList<>(parsed.size());
        int next = 0;
        for (ParsedTrade each : parsed) {
            results.add(
                    each.rejected() != null
                            ? each.rejected()
                            : rules.get(next++).orElse(BECAUSE_OF_ANOTHER));
        }
        return Optional.of(results);
    }

    private static List<TradeResult> merge(List<ParsedTrade> parsed, List<TradeResult> results) {
        List<TradeResult> merged = new ArrayList<>(parsed.size());
        int next = 0;
        for (ParsedTrade each : parsed) {
            merged.add(each.rejected() != null ? each.rejected() : results.get(next++));
        }
        return merged;
    }
}
