package io.agx.market.server.journal;

import io.agx.market.core.inbox.UserMessage;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.InstrumentStatus;
import io.agx.market.core.model.Side;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.model.Trade;
import io.agx.market.server.journal.LogEntry.InstrumentDefined;
import io.agx.market.server.journal.LogEntry.MessageAdded;
import io.agx.market.server.journal.LogEntry.MessagesRead;
import io.agx.market.server.journal.LogEntry.MessagesTrimmed;
import io.agx.market.server.journal.LogEntry.TradeAccepted;
import java.util.ArrayList;
import java.util.List;

/** Log entries as bytes and back: the payloads of {@code doc/TRADE-LOG.md}. Not thread-safe. */
final class LogCodec {
    static final int INSTRUMENT = 1;
    static final int TRADE = 2;

    static final int MESSAGE = 3;
    static final int MESSAGES_READ = 4;
    static final int MESSAGES_TRIMMED = 5;

    /**
     * More than the longest payload of an instrument or a trade: an id of 36 characters at 3 bytes and 6 numbers of 10 bytes are 170.
     */
    static final int MAX_PAYLOAD = 512;

    /**
     * More than the longest payload of an inbox: the texts of a message have 5,064 characters at 3 bytes, and its data of 8,192 bytes, if they
     * are pairs of surrogates, 12,288; that is 27,480, and some lengths. 1,024 numbers of 10 bytes are less.
     */
    static final int MAX_INBOX_PAYLOAD = 32_768;

    private static final int HAS_DATA = 0x01;
    private static final int HAS_AVATAR = 0x02;
    private static final int HAS_KEY = 0x04;

    private static final int SIDE_MASK = 0x03;
    private static final int BACKFILL = 0x04;
    private static final int NUMERIC_ID = 0x08;

    private byte[] bytes = new byte[0];
    private int at;
    private int end;

    static int type(LogEntry entry) {
        if (entry instanceof MessageAdded) {
            return MESSAGE;
        }
        if (entry instanceof MessagesRead) {
            return MESSAGES_READ;
        }
        if (entry instanceof MessagesTrimmed) {
            return MESSAGES_TRIMMED;
        }
        return entry instanceof InstrumentDefined ? INSTRUMENT : TRADE;
    }

    /** Longest payload of a type, in bytes. */
    static int maxPayload(int type) {
        return type >= MESSAGE && type <= MESSAGES_TRIMMED ? MAX_INBOX_PAYLOAD : MAX_PAYLOAD;
    }

    /**
     * Writes an entry's payload.
     *
     * @param to has room for {@link #maxPayload} bytes after {@code from}
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
        } else if (entry instanceof MessageAdded added) {
            encode(added.message());
        } else if (entry instanceof MessagesRead read) {
            writeText(read.userId(), UserMessage.MAX_USER_ID);
            writeVarint(read.timeMillis());
            writeVarint(read.toSeq());
            writeVarint(read.seqs().size());
            read.seqs().forEach(this::writeVarint);
        } else if (entry instanceof MessagesTrimmed trimmed) {
            writeText(trimmed.userId(), UserMessage.MAX_USER_ID);
            writeVarint(trimmed.toSeq());
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
            case MESSAGE -> new MessageAdded(decodeMessage());
            case MESSAGES_READ -> decodeRead();
            case MESSAGES_TRIMMED -> new MessagesTrimmed(readText(UserMessage.MAX_USER_ID), readVarint());
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

    private void encode(UserMessage message) {
        writeText(message.userId(), UserMessage.MAX_USER_ID);
        writeVarint(message.seq());
        writeVarint(message.createdTimeMillis());
        bytes[at++] = (byte) ((message.dataJson() == null ? 0 : HAS_DATA)
                | (message.senderAvatar() == null ? 0 : HAS_AVATAR)
                | (message.key() == null ? 0 : HAS_KEY));
        writeText(message.type(), UserMessage.MAX_TYPE);
        writeText(message.title(), UserMessage.MAX_TITLE);
        writeText(message.content(), UserMessage.MAX_CONTENT);
        writeText(message.senderName(), UserMessage.MAX_SENDER_NAME);
        if (message.dataJson() != null) {
            writeText(message.dataJson(), UserMessage.MAX_DATA_BYTES);
        }
        if (message.senderAvatar() != null) {
            writeText(message.senderAvatar(), UserMessage.MAX_SENDER_AVATAR);
        }
        if (message.key() != null) {
            writeText(message.key(), UserMessage.MAX_KEY);
        }
    }

    private UserMessage decodeMessage() {
        String userId = readText(UserMessage.MAX_USER_ID);
        long seq = readVarint();
        long createdTimeMillis = readVarint();
        int flags = readByte();
        String type = readText(UserMessage.MAX_TYPE);
        String title = readText(UserMessage.MAX_TITLE);
        String content = readText(UserMessage.MAX_CONTENT);
        String senderName = readText(UserMessage.MAX_SENDER_NAME);
        String dataJson = (flags & HAS_DATA) == 0 ? null : readText(UserMessage.MAX_DATA_BYTES);
        String senderAvatar = (flags & HAS_AVATAR) == 0 ? null : readText(UserMessage.MAX_SENDER_AVATAR);
        String key = (flags & HAS_KEY) == 0 ? null : readText(UserMessage.MAX_KEY);
        return new UserMessage(
                userId, seq, type, title, content, dataJson, senderName, senderAvatar, createdTimeMillis, key);
    }

    private MessagesRead decodeRead() {
        String userId = readText(UserMessage.MAX_USER_ID);
        long timeMillis = readVarint();
        long toSeq = readVarint();
        int count = readInt();
        if (count < 0 || count > MessagesRead.MAX_SEQS) {
            throw new IllegalArgumentException("more seqs than " + MessagesRead.MAX_SEQS + ": " + count);
        }
        List<Long> seqs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            seqs.add(readVarint());
        }
        return new MessagesRead(userId, timeMillis, toSeq, seqs);
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
