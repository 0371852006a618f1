package io.agx.market.server.journal;

import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.InstrumentStatus;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Trade;
import io.agx.market.server.journal.LogEntry.InstrumentDefined;
import io.agx.market.server.journal.LogEntry.TradeAccepted;

/** Log entries as bytes and back: the payloads of {@code doc/TRADE-LOG.md}. Not thread-safe. */
final class LogCodec {
    static final int INSTRUMENT = 1;
    static final int TRADE = 2;

    /** More than the longest payload: an id of 36 characters at 3 bytes and 6 numbers of 10 bytes are 170. */
    static final int MAX_PAYLOAD = 512;

    private static final int SIDE_MASK = 0x03;
    private static final int BACKFILL = 0x04;
    private static final int NUMERIC_ID = 0x08;

    private byte[] bytes = new byte[0];
    private int at;
    private int end;

    static int type(LogEntry entry) {
        return entry instanceof InstrumentDefined ? INSTRUMENT : TRADE;
    }

    /**
     * Writes an entry's payload.
     *
     * @param to has room for {@link #MAX_PAYLOAD} bytes after {@code from}
     * @return the offset after the payload
     * @throws IllegalArgumentException if a text is longer than the model allows
     */
    int encode(LogEntry entry, byte[] to, int from) {
        bytes = to;
        at = from;
        if (entry instanceof TradeAccepted accepted) {
            encode(accepted.instrumentId(), accepted.trade());
        } else if (entry instanceof InstrumentDefined defined) {
            encode(defined.instrument());
        }
        return at;
    }

    /** @throws IllegalArgumentException if the payload is not one that {@link #encode} writes */
    LogEntry decode(int type, byte[] from, int offset, int length) {
        bytes = from;
        at = offset;
        end = offset + length;
        LogEntry entry = switch (type) {
            case INSTRUMENT -> new InstrumentDefined(decodeInstrument());
            case TRADE -> decodeTrade();
            default -> throw new IllegalArgumentException("unknown record type " + type);
        };
        if (at != end) {
            throw new IllegalArgumentException((end - at) + " bytes left over in a record of type " + type);
        }
        return entry;
    }

    private void encode(int instrumentId, Trade trade) {
        long number = TradeIds.number(trade.id());
        writeVarint(instrumentId);
        writeVarint(trade.seq());
        bytes[at++] =
                (byte) (trade.takerSide().code() | (trade.backfill() ? BACKFILL : 0) | (number != 0 ? NUMERIC_ID : 0));
        if (number != 0) {
            writeVarint(number);
        } else {
            writeText(trade.id(), Trade.MAX_ID_LENGTH);
        }
        writeVarint(trade.price());
        writeVarint(trade.quantity());
        writeVarint(trade.timeMillis());
    }

    private TradeAccepted decodeTrade() {
        int instrumentId = readInt();
        long seq = readVarint();
        int flags = readByte();
        String id = (flags & NUMERIC_ID) != 0 ? Long.toString(readVarint()) : readText(Trade.MAX_ID_LENGTH);
        long price = readVarint();
        long quantity = readVarint();
        long timeMillis = readVarint();
        Side side = Side.ofCode(flags & SIDE_MASK);
        return new TradeAccepted(
                instrumentId, new Trade(seq, id, price, quantity, side, timeMillis, (flags & BACKFILL) != 0));
    }

    private void encode(Instrument instrument) {
        writeVarint(instrument.id());
        writeText(instrument.symbol().value(), Symbol.MAX_LENGTH);
        writeText(instrument.baseAsset(), Instrument.MAX_ASSET_LENGTH);
        writeText(instrument.quoteAsset(), Instrument.MAX_ASSET_LENGTH);
        bytes[at++] = (byte) instrument.priceScale();
        bytes[at++] = (byte) instrument.quantityScale();
        writeVarint(instrument.tickSize());
        writeVarint(instrument.stepSize());
        bytes[at++] = (byte)
                switch (instrument.status()) {
                    case TRADING -> 0;
                    case HALTED -> 1;
                };
    }

    private Instrument decodeInstrument() {
        int id = readInt();
        Symbol symbol = new Symbol(readText(Symbol.MAX_LENGTH));
        String base = readText(Instrument.MAX_ASSET_LENGTH);
        String quote = readText(Instrument.MAX_ASSET_LENGTH);
        int priceScale = readByte();
        int quantityScale = readByte();
        long tickSize = readVarint();
        long stepSize = readVarint();
        int code = readByte();
        InstrumentStatus status = switch (code) {
            case 0 -> InstrumentStatus.TRADING;
            case 1 -> InstrumentStatus.HALTED;
            default -> throw new IllegalArgumentException("unknown status code " + code);
        };
        return new Instrument(id, symbol, base, quote, priceScale, quantityScale, tickSize, stepSize, status);
    }

    private void writeVarint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[at++] = (byte) rest;
    }

    private long readVarint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int b = readByte();
            value |= (long) (b & 0x7F) << shift;
            if (b < 0x80) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number is longer than 10 bytes");
    }

    private int readInt() {
        return Math.toIntExact(readVarint());
    }

    private int readByte() {
        if (at == end) {
            throw new IllegalArgumentException("the record ends too early");
        }
        return bytes[at++] & 0xFF;
    }

    /** Each character as a varint: exact for every string, and one byte for ASCII. */
    private void writeText(String text, int maxLength) {
        if (text.length() > maxLength) {
            throw new IllegalArgumentException("text is longer than " + maxLength + ": " + text.length());
        }
        writeVarint(text.length());
        for (int i = 0; i < text.length(); i++) {
            writeVarint(text.charAt(i));
        }
    }

    private String readText(int maxLength) {
        int length = readInt();
        if (length > maxLength) {
            throw new IllegalArgumentException("text is longer than " + maxLength + ": " + length);
        }
        char[] text = new char[length];
        for (int i = 0; i < length; i++) {
            text[i] = (char) readVarint();
        }
        return new String(text);
    }
}
