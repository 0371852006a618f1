package io.agx.market.server.transfer;

import io.agx.market.core.inbox.InboxHead;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import io.agx.market.server.store.InboxStore.StoredMessage;
import io.agx.market.server.store.MarketStore;
import io.agx.market.server.store.StoreSums;
import io.agx.market.server.store.StoreSums.Table;
import io.agx.market.server.store.StoredHead;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Writes all that a store has, a page at a time. Nobody may write to the store meanwhile. Used once, by one thread.
 *
 * <p>What is written is summed up here row by row, and by the database for itself; they must be the same.
 */
public final class StoreExporter {
    private static final int PAGE = 5_000;
    /** Of up to 28 KB each. */
    private static final int MESSAGES_PER_PAGE = 500;

    private static final BigInteger NOTHING = BigInteger.ZERO;

    private final MarketStore store;
    private final TransferProgress progress;
    private final ExportLine line = new ExportLine();
    private final StoreSums written = new StoreSums();
    private long totalCount;
    private long tradeCount;
    private long rowCount;

    public StoreExporter(MarketStore store, TransferProgress progress) {
        this.store = store;
        this.progress = progress;
    }

    /**
     * Writes the export, and leaves the stream open.
     *
     * @return what it is of
     * @throws ExportDamagedException if what was read is not what the database says that it has: the export is not ended then
     * @throws IllegalStateException if the store is of no log
     */
    public ExportHeader run(OutputStream to) throws IOException {
        UUID epoch = store.epoch()
                .orElseThrow(() -> new IllegalStateException("the database is empty: there is nothing to export"));
        StoreSums stored = store.transfer().sums();
        ExportHeader header = new ExportHeader(
                epoch,
                store.checkpointPosition(),
                System.currentTimeMillis(),
                store.keptTimeMillis(),
                stored.count(Table.TRADE),
                stored.count(Table.KLINE),
                stored.count(Table.MESSAGE));
        totalCount = header.tradeCount() + header.klineCount() + header.messageCount();
        ExportWriter out = new ExportWriter(to);
        out.write(RowFormat.write(line, header));
        Map<Integer, StoredHead> heads = new HashMap<>();
        store.transfer().heads().forEach(head -> heads.put(head.instrumentId(), head));
        Map<Integer, Ticker> tickers = store.tickers();
        for (Instrument instrument : store.instruments()) {
            write(out, instrument);
            StoredHead head = heads.get(instrument.id());
            if (head != null) {
                out.write(RowFormat.write(line, head));
            }
            writeTrades(out, instrument.id());
            for (KlineInterval interval : KlineInterval.values()) {
                writeKlines(out, instrument.id(), interval);
            }
            Ticker ticker = tickers.get(instrument.id());
            if (ticker != null) {
                write(out, instrument.id(), ticker);
            }
        }
        writeInboxes(out);
        List<String> differences = stored.differences("the database has", written, "was read");
        if (!differences.isEmpty()) {
            throw new ExportDamagedException(
                    "the database changed, or does not give what it has: " + String.join("; ", differences));
        }
        for (Map.Entry<StoreSums.Key, StoreSums.Sum> sum : stored.all().entrySet()) {
            out.write(RowFormat.write(line, sum.getKey(), sum.getValue()));
        }
        out.end();
        return header;
    }

    /** What was written. */
    public StoreSums written() {
        return written;
    }

    private void write(ExportWriter out, Instrument instrument) throws IOException {
        out.write(RowFormat.write(line, instrument));
        written.addRow(
                Table.INSTRUMENT,
                instrument.id(),
                NOTHING,
                NOTHING,
                instrument.symbol().value(),
                instrument.baseAsset(),
                instrument.quoteAsset(),
                instrument.priceScale(),
                instrument.quantityScale(),
                instrument.tickSize(),
                instrument.stepSize(),
                instrument.status().name());
    }

    private void writeTrades(ExportWriter out, int instrumentId) throws IOException {
        long next = 1;
        List<Trade> page;
        do {
            page = store.tradesBySeq(instrumentId, next, Long.MAX_VALUE, PAGE);
            for (Trade trade : page) {
                out.write(RowFormat.write(line, instrumentId, trade));
                written.addRow(
                        Table.TRADE,
                        instrumentId,
                        BigInteger.valueOf(trade.quantity()),
                        BigInteger.valueOf(trade.price()).multiply(BigInteger.valueOf(trade.quantity())),
                        trade.seq(),
                        trade.id(),
                        trade.price(),
                        trade.quantity(),
                        trade.takerSide().code(),
                        trade.timeMillis(),
                        trade.backfill());
                next = trade.seq() + 1;
            }
            tradeCount += page.size();
            progressed(page.size());
        } while (!page.isEmpty());
    }

    private void writeKlines(ExportWriter out, int instrumentId, KlineInterval interval) throws IOException {
        long from = Long.MIN_VALUE;
        List<Kline> page;
        do {
            page = store.klines(instrumentId, interval, from, Long.MAX_VALUE, PAGE, false);
            for (Kline kline : page) {
                out.write(RowFormat.write(line, instrumentId, kline));
                BigInteger volume = kline.volume().toBigInteger();
                BigInteger quoteVolume = kline.quoteVolume().toBigInteger();
                written.addRow(
                        Table.KLINE,
                        instrumentId,
                        volume,
                        quoteVolume,
                        interval.code(),
                        kline.openTimeMillis(),
                        kline.nextOpenTimeMillis(),
                        kline.open(),
                        kline.high(),
                        kline.low(),
                        kline.close(),
                        volume,
                        quoteVolume,
                        kline.takerBuyVolume().toBigInteger(),
                        kline.takerBuyQuoteVolume().toBigInteger(),
                        kline.count(),
                        kline.firstSeq(),
                        kline.seq(),
                        kline.firstTradeTimeMillis(),
                        kline.lastTradeTimeMillis());
                from = kline.openTimeMillis() + 1;
            }
            progressed(page.size());
        } while (page.size() == PAGE);
    }

    private void write(ExportWriter out, int instrumentId, Ticker ticker) throws IOException {
        out.write(RowFormat.write(line, instrumentId, ticker));
        written.addRow(
                Table.TICKER,
                instrumentId,
                NOTHING,
                NOTHING,
                ticker.seq(),
                ticker.timeMillis(),
                ticker.last(),
                ticker.lastQuantity(),
                ticker.open(),
                ticker.high(),
                ticker.low(),
                ticker.volume().toBigInteger(),
                ticker.quoteVolume().toBigInteger(),
                ticker.count(),
                ticker.openTimeMillis(),
                ticker.closeTimeMillis());
    }

    /** All users' heads are in memory, as they are in a server; their messages a page at a time. */
    private void writeInboxes(ExportWriter out) throws IOException {
        Map<String, InboxHead> heads = new TreeMap<>();
        store.inbox().heads(heads::put);
        for (Map.Entry<String, InboxHead> inbox : heads.entrySet()) {
            String userId = inbox.getKey();
            InboxHead head = inbox.getValue();
            out.write(RowFormat.write(line, userId, head));
            written.addRow(
                    Table.INBOX,
                    0,
                    NOTHING,
                    NOTHING,
                    userId,
                    head.lastSeq(),
                    head.firstSeq(),
                    head.read().toString());
            for (long from = head.firstSeq(); from <= head.lastSeq(); from += MESSAGES_PER_PAGE) {
                List<StoredMessage> page = new ArrayList<>(
                        store.inbox().messages(userId, from, Math.min(head.lastSeq(), from + MESSAGES_PER_PAGE - 1)));
                for (StoredMessage message : page) {
                    write(out, message);
                }
                progressed(page.size());
            }
        }
    }

    private void write(ExportWriter out, StoredMessage stored) throws IOException {
        out.write(RowFormat.write(line, stored));
        written.addRow(
                Table.MESSAGE,
                0,
                NOTHING,
                NOTHING,
                stored.message().userId(),
                stored.message().seq(),
                stored.message().type(),
                stored.message().title(),
                stored.message().content(),
                stored.message().dataJson(),
                stored.message().senderName(),
                stored.message().senderAvatar(),
                stored.message().createdTimeMillis(),
                stored.readTimeMillis() == 0 ? null : stored.readTimeMillis(),
                stored.message().key());
    }

    private void progressed(int rows) {
        rowCount += rows;
        progress.at(tradeCount, rowCount, totalCount);
    }
}
