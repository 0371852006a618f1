package io.agx.market.server.replay;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Trade;
import io.agx.market.core.protocol.RoomName;
import io.agx.market.core.state.StateLimits;
import io.agx.market.core.ticker.RollingTicker;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The state of one instrument in the past, as far as the rooms of a replay show it: the same arithmetic as the live state's, fed
 * with trades and a clock. Owned by the replay's thread.
 *
 * <p>It is made of core's parts and not of its whole instrument: a replay begins anywhere, leaves out trades of other times, and
 * keeps only the series that it shows.
 */
final class PlayedState {
    private final Instrument instrument;
    private final RollingTicker ticker = new RollingTicker();
    private final List<PlayedTicker> tickers = new ArrayList<>(1);
    private final List<PlayedTrades> trades = new ArrayList<>(1);
    private final List<PlayedSeries> series = new ArrayList<>();
    private final List<PlayedRoom> rooms = new ArrayList<>();
    private long clockMillis = Long.MIN_VALUE;
    private long seq;

    /** @param names rooms of this instrument, no name twice */
    PlayedState(Instrument instrument, List<RoomName> names, StateLimits limits) {
        this.instrument = instrument;
        names.forEach(name -> add(name, limits));
    }

    private void add(RoomName name, StateLimits limits) {
        switch (name.channel()) {
            case TICKER -> {
                PlayedTicker room = new PlayedTicker(name);
                tickers.add(room);
                rooms.add(room);
            }
            case TRADE -> {
                PlayedTrades room = new PlayedTrades(name);
                trades.add(room);
                rooms.add(room);
            }
            case KLINE -> {
                PlayedKlines room = new PlayedKlines(name);
                seriesOf(name, limits).show(room);
                rooms.add(room);
            }
            case INBOX, SYSTEM -> throw new IllegalArgumentException("not a room of an instrument: " + name);
        }
    }

    private PlayedSeries seriesOf(RoomName name, StateLimits limits) {
        KlineInterval interval = Objects.requireNonNull(name.interval(), "interval");
        for (PlayedSeries known : series) {
            if (known.is(interval, name.utcOffsetMinutes())) {
                return known;
            }
        }
        PlayedSeries added = new PlayedSeries(interval, name.utcOffsetMinutes(), limits);
        series.add(added);
        return added;
    }

    Instrument instrument() {
        return instrument;
    }

    List<PlayedRoom> rooms() {
        return rooms;
    }

    List<PlayedSeries> series() {
        return series;
    }

    boolean showsTicker() {
        return !tickers.isEmpty();
    }

    /** The time in the replay, epoch milliseconds. */
    long clockMillis() {
        return clockMillis;
    }

    /** A trade from before the replay. */
    void warm(Trade trade) {
        note(trade);
        ticker.apply(trade);
        series.forEach(each -> each.warm(trade));
    }

    /** All trades from before have come; the replay begins at a moment. */
    void warmedUp(long fromMillis) {
        clockMillis = fromMillis;
        series.forEach(each -> each.warmedUp(fromMillis));
        ticker.advance(fromMillis);
        ticker.clearChanged();
    }

    /** Moves the clock; an earlier moment than before changes nothing. */
    void advance(long newClockMillis) {
        if (newClockMillis <= clockMillis) {
            return;
        }
        clockMillis = newClockMillis;
        series.forEach(each -> each.advance(newClockMillis));
        if (!tickers.isEmpty()) {
            ticker.advance(newClockMillis);
        }
    }

    /** Applies the next trade. */
    void apply(Trade trade) {
        note(trade);
        if (!tickers.isEmpty()) {
            ticker.apply(trade);
        }
        series.forEach(each -> each.apply(trade));
        trades.forEach(room -> room.add(trade));
    }

    /** Gives the rooms what changed since the last time. */
    void collect() {
        series.forEach(PlayedSeries::collect);
        if (ticker.isChanged() && ticker.hasTraded()) {
            tickers.forEach(room -> room.offer(ticker.ticker(seq)));
        }
        ticker.clearChanged();
    }

    private void note(Trade trade) {
        seq = Math.max(seq, trade.seq());
    }

    /** Whether a room must be published before anything is played. */
    boolean hasFullRoom() {
        return rooms.stream().anyMatch(PlayedRoom::isFull);
    }

    /** Whether a room has something to publish. */
    boolean isPending() {
        return rooms.stream().anyMatch(PlayedRoom::isPending);
    }
}
