package io.agx.market.server.transfer;

import io.agx.market.core.inbox.InboxHead;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import io.agx.market.server.journal.LogBeginning;
import io.agx.market.server.journal.TradeIds;
import io.agx.market.server.store.ImportMark;
import io.agx.market.server.store.InboxStore.StoredMessage;
import io.agx.market.server.store.MarketStore;
import io.agx.market.server.store.StoreBatch;
import io.agx.market.server.store.StoreSums;
import io.agx.market.server.store.StoreTransfer;
import io.agx.market.server.store.StoredHead;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Puts an export into an empty store: a batch of rows in a transaction, and around all of them a mark that says that they are not whole. Used
 * once, by one thread: {@link #load}, {@link #bind}, {@link #end}.
 */
public final class StoreImporter {
    private static final int BATCH = 20_000;
    /** Of up to 28 KB each. */
    private static final int MESSAGES_PER_BATCH = 500;

    private final ExportReader reader;
    private final MarketStore store;
    private final StoreTransfer transfer;
    private final TransferProgress progress;
    private final StoreSums expected = new StoreSums();
    private final List<Instrument> definitions = new ArrayList<>();
    private final List<StoredHead> heads = new ArrayList<>();
    private final Map<Integer, Long> highestIds = new HashMap<>();

    private final List<Instrument> instruments = new ArrayList<>();
    private final Map<Integer, List<Trade>> trades = new LinkedHashMap<>();
    private final Map<Integer, List<Kline>> klines = new LinkedHashMap<>();
    private final Map<Integer, Ticker> tickers = new HashMap<>();
    private final Map<String, InboxHead> inboxes = new LinkedHashMap<>();
    private final List<StoredMessage> messages = new ArrayList<>();
    private int waiting;
    private long tradeCount;
    private long rowCount;

    public StoreImporter(ExportReader reader, MarketStore store, TransferProgress progress) {
        this.reader = reader;
        this.store = store;
        this.transfer = store.transfer();
        this.progress = progress;
    }

    /**
     * Marks the store, and adds all rows.
     *
     * @throws ExportDamagedException if the export is cut or damaged; the store stays marked
     */
    public void load() throws IOException {
        transfer.begin(new ImportMark(reader.header().epoch(), reader.header().position()));
        for (ExportFields fields = reader.next(); fields != null; fields = reader.next()) {
            try {
                take(fields);
            } catch (IllegalArgumentException e) {
                throw fields.damaged("or one before it is out of its range: " + e.getMessage(), e);
            }
            fields.end();
            if (waiting >= BATCH || messages.size() >= MESSAGES_PER_BATCH) {
                send();
            }
        }
        send();
        Map<Instrument, Ticker> byInstrument = new HashMap<>();
        for (Instrument instrument : definitions) {
            Ticker ticker = tickers.get(instrument.id());
            if (ticker != null) {
                byInstrument.put(instrument, ticker);
            }
        }
        store.saveTickers(byInstrument);
    }

    /** Makes the store the copy of a log up to the export's position. */
    public void bind(UUID epoch) {
        transfer.bind(epoch, reader.header().position(), heads, reader.header().keptTimeMillis());
    }

    /** How what the database now has, by its own account, differs from what the exporting one had, by its own; nothing if it does not. */
    public List<String> differences() {
        return expected.differences("exported", transfer.sums(), "imported");
    }

    /** Takes the mark away. */
    public void end() {
        transfer.end();
    }

    /** What the exporting database had. */
    public StoreSums expected() {
        return expected;
    }

    /** What a log must know that begins where the export ends. */
    public List<LogBeginning.Head> logHeads() {
        Map<Integer, Long> lastSeqs = new HashMap<>();
        heads.forEach(head -> lastSeqs.put(head.instrumentId(), head.lastSeq()));
        return definitions.stream()
                .map(instrument -> new LogBeginning.Head(
                        instrument,
                        lastSeqs.getOrDefault(instrument.id(), 0L),
                        highestIds.getOrDefault(instrument.id(), 0L)))
                .toList();
    }

    private void take(ExportFields fields) throws IOException {
        switch (fields.word()) {
            case RowFormat.TRADE -> {
                int instrumentId = fields.nextInt();
                Trade trade = RowFormat.readTrade(fields);
                trades.computeIfAbsent(instrumentId, id -> new ArrayList<>()).add(trade);
                highestIds.merge(instrumentId, TradeIds.number(trade.id()), Math::max);
                tradeCount++;
                counted();
            }
            case RowFormat.KLINE -> {
                klines.computeIfAbsent(fields.nextInt(), id -> new ArrayList<>())
                        .add(RowFormat.readKline(fields));
                counted();
            }
            case RowFormat.MESSAGE -> {
                messages.add(RowFormat.readMessage(fields));
                counted();
            }
            case RowFormat.INBOX -> {
                inboxes.put(fields.nextText(), RowFormat.readInbox(fields));
                waiting++;
            }
            case RowFormat.TICKER -> tickers.put(fields.nextInt(), RowFormat.readTicker(fields));
            case RowFormat.HEAD -> heads.add(RowFormat.readHead(fields));
            case RowFormat.INSTRUMENT -> {
                Instrument instrument = RowFormat.readInstrument(fields);
                definitions.add(instrument);
                instruments.add(instrument);
            }
            case RowFormat.SUM -> RowFormat.readSum(fields, expected);
            default -> throw fields.damaged("begins with an unknown word: " + fields.word(), null);
        }
    }

    private void counted() {
        waiting++;
        rowCount++;
    }

    private void send() {
        if (!instruments.isEmpty() || !trades.isEmpty() || !klines.isEmpty()) {
            transfer.add(new StoreBatch(List.copyOf(instruments), Map.copyOf(trades), Map.copyOf(klines), 0));
            instruments.clear();
            trades.clear();
            klines.clear();
        }
        if (!inboxes.isEmpty()) {
            transfer.addInboxes(inboxes);
            inboxes.clear();
        }
        if (!messages.isEmpty()) {
            transfer.addMessages(messages);
            messages.clear();
        }
        waiting = 0;
        ExportHeader header = reader.header();
        progress.at(tradeCount, rowCount, header.tradeCount() + header.klineCount() + header.messageCount());
    }
}
