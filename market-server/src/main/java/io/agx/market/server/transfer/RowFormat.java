package io.agx.market.server.transfer;

import io.agx.market.core.inbox.InboxHead;
import io.agx.market.core.inbox.SeqRuns;
import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.InstrumentStatus;
import io.agx.market.core.model.Kline;
import io.agx.market.core.model.KlineCause;
import io.agx.market.core.model.KlineInterval;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Sum128;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Ticker;
import io.agx.market.core.model.Trade;
import io.agx.market.server.store.InboxStore.StoredMessage;
import io.agx.market.server.store.StoreSums;
import io.agx.market.server.store.StoreSums.Sum;
import io.agx.market.server.store.StoreSums.Table;
import io.agx.market.server.store.StoredHead;

/** Rows as lines of an export and back: market-server/doc/EXPORT.md. Stateless. */
final class RowFormat {
    static final String INSTRUMENT = "I";
    static final String HEAD = "H";
    static final String TRADE = "T";
    static final String KLINE = "K";
    static final String TICKER = "P";
    static final String INBOX = "U";
    static final String MESSAGE = "M";
    static final String SUM = "S";

    private RowFormat() {}

    static ExportLine write(ExportLine line, ExportHeader header) {
        return line.begin(ExportReader.MAGIC)
                .add(ExportReader.VERSION)
                .add(header.epoch().toString())
                .add(header.position())
                .add(header.createdTimeMillis())
                .add(header.keptTimeMillis())
                .add(header.tradeCount())
                .add(header.klineCount())
                .add(header.messageCount());
    }

    static ExportLine write(ExportLine line, Instrument instrument) {
        return line.begin(INSTRUMENT)
                .add(instrument.id())
                .add(instrument.symbol().value())
                .add(instrument.baseAsset())
                .add(instrument.quoteAsset())
                .add(instrument.priceScale())
                .add(instrument.quantityScale())
                .add(instrument.tickSize())
                .add(instrument.stepSize())
                .add(instrument.status().name());
    }

    static Instrument readInstrument(ExportFields fields) throws ExportDamagedException {
        return new Instrument(
                fields.nextInt(),
                new Symbol(fields.nextText()),
                fields.nextText(),
                fields.nextText(),
                fields.nextInt(),
                fields.nextInt(),
                fields.nextLong(),
                fields.nextLong(),
                InstrumentStatus.valueOf(fields.nextText()));
    }

    static ExportLine write(ExportLine line, StoredHead head) {
        return line.begin(HEAD)
                .add(head.instrumentId())
                .add(head.lastSeq())
                .add(head.keptSeq())
                .add(head.newestSeq())
                .add(head.newestTimeMillis())
                .add(head.newestPrice())
                .add(head.newestQuantity());
    }

    static StoredHead readHead(ExportFields fields) throws ExportDamagedException {
        return new StoredHead(
                fields.nextInt(),
                fields.nextLong(),
                fields.nextLong(),
                fields.nextLong(),
                fields.nextLong(),
                fields.nextLong(),
                fields.nextLong());
    }

    static ExportLine write(ExportLine line, int instrumentId, Trade trade) {
        return line.begin(TRADE)
                .add(instrumentId)
                .add(trade.seq())
                .add(trade.id())
                .add(trade.price())
                .add(trade.quantity())
                .add(trade.takerSide().code())
                .add(trade.timeMillis())
                .add(trade.backfill());
    }

    /** After its instrument's id was read. */
    static Trade readTrade(ExportFields fields) throws ExportDamagedException {
        return new Trade(
                fields.nextLong(),
                fields.nextText(),
                fields.nextLong(),
                fields.nextLong(),
                Side.ofCode(fields.nextInt()),
                fields.nextLong(),
                fields.nextBoolean());
    }

    static ExportLine write(ExportLine line, int instrumentId, Kline kline) {
        return line.begin(KLINE)
                .add(instrumentId)
                .add(kline.interval().code())
                .add(kline.openTimeMillis())
                .add(kline.nextOpenTimeMillis())
                .add(kline.open())
                .add(kline.high())
                .add(kline.low())
                .add(kline.close())
                .add(kline.volume().toBigInteger())
                .add(kline.quoteVolume().toBigInteger())
                .add(kline.takerBuyVolume().toBigInteger())
                .add(kline.takerBuyQuoteVolume().toBigInteger())
                .add(kline.count())
                .add(kline.firstSeq())
                .add(kline.seq())
                .add(kline.firstTradeTimeMillis())
                .add(kline.lastTradeTimeMillis());
    }

    /** After its instrument's id was read. */
    static Kline readKline(ExportFields fields) throws ExportDamagedException {
        String code = fields.nextText();
        return new Kline(
                KlineInterval.ofCode(code).orElseThrow(() -> fields.damaged("is no interval: " + code, null)),
                fields.nextLong(),
                fields.nextLong(),
                fields.nextLong(),
                fields.nextLong(),
                fields.nextLong(),
                fields.nextLong(),
                sum(fields),
                sum(fields),
                sum(fields),
                sum(fields),
                fields.nextLong(),
                fields.nextLong(),
                fields.nextLong(),
                fields.nextLong(),
                fields.nextLong(),
                false,
                KlineCause.TRADE);
    }

    static ExportLine write(ExportLine line, int instrumentId, Ticker ticker) {
        return line.begin(TICKER)
                .add(instrumentId)
                .add(ticker.seq())
                .add(ticker.timeMillis())
                .add(ticker.last())
                .add(ticker.lastQuantity())
                .add(ticker.open())
                .add(ticker.high())
                .add(ticker.low())
                .add(ticker.volume().toBigInteger())
                .add(ticker.quoteVolume().toBigInteger())
                .add(ticker.count())
                .add(ticker.openTimeMillis())
                .add(ticker.closeTimeMillis());
    }

    /** After its instrument's id was read. */
    static Ticker readTicker(ExportFields fields) throws ExportDamagedException {
        return new Ticker(
                fields.nextLong(),
                fields.nextLong(),
                fields.nextLong(),
                fields.nextLong(),
                fields.nextLong(),
                fields.nextLong(),
                fields.nextLong(),
                sum(fields),
                sum(fields),
                fields.nextLong(),
                fields.nextLong(),
                fields.nextLong());
    }

    static ExportLine write(ExportLine line, String userId, InboxHead head) {
        return line.begin(INBOX)
                .add(userId)
                .add(head.lastSeq())
                .add(head.firstSeq())
                .add(head.read().toString());
    }

    /** After its user was read. */
    static InboxHead readInbox(ExportFields fields) throws ExportDamagedException {
        return new InboxHead(fields.nextLong(), fields.nextLong(), SeqRuns.parse(fields.nextText()));
    }

    static ExportLine write(ExportLine line, StoredMessage stored) {
        UserMessage message = stored.message();
        return line.begin(MESSAGE)
                .add(message.userId())
                .add(message.seq())
                .add(message.type())
                .add(message.title())
                .add(message.content())
                .add(message.dataJson())
                .add(message.senderName())
                .add(message.senderAvatar())
                .add(message.createdTimeMillis())
                .add(message.key())
                .add(stored.readTimeMillis());
    }

    static StoredMessage readMessage(ExportFields fields) throws ExportDamagedException {
        UserMessage message = new UserMessage(
                fields.nextText(),
                fields.nextLong(),
                fields.nextText(),
                fields.nextText(),
                fields.nextText(),
                fields.nextNullableText(),
                fields.nextText(),
                fields.nextNullableText(),
                fields.nextLong(),
                fields.nextNullableText());
        return new StoredMessage(message, fields.nextLong());
    }

    static ExportLine write(ExportLine line, StoreSums.Key key, Sum sum) {
        return line.begin(SUM)
                .add(key.table().tableName())
                .add(key.instrumentId())
                .add(sum.count())
                .add(sum.checksum())
                .add(sum.quantity())
                .add(sum.quote());
    }

    static void readSum(ExportFields fields, StoreSums sums) throws ExportDamagedException {
        String name = fields.nextText();
        for (Table table : Table.values()) {
            if (table.tableName().equals(name)) {
                sums.add(
                        new StoreSums.Key(table, fields.nextInt()),
                        new Sum(fields.nextLong(), fields.nextInteger(), fields.nextInteger(), fields.nextInteger()));
                return;
            }
        }
        throw fields.damaged("is no table: " + name, null);
    }

    private static Sum128 sum(ExportFields fields) throws ExportDamagedException {
        return Sum128.of(fields.nextInteger());
    }
}
