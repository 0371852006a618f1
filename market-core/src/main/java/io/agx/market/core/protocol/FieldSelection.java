package io.agx.market.core.protocol;

import io.agx.market.core.model.Texts;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Which fields of its payload a room's messages have. Immutable; two selections of the same fields are equal, and print the same text:
 * {@code ~last~volume}, in the payload's order, without the fields that are always sent.
 *
 * @param bits bit n says whether field n of the payload is written; {@link #ALL} has all of them set, whatever the channel
 */
public record FieldSelection(int bits) {
    /** Everything: what a room has whose name selects nothing. */
    public static final FieldSelection ALL = new FieldSelection(-1);

    /** What stands before each field in a room's name; no symbol, rate or field has it. */
    public static final char MARK = '~';

    /**
     * Reads the names of fields.
     *
     * @param codes at least one, each once, in any order; fields that are always sent may be among them and change nothing
     * @throws ProtocolException with {@link ErrorCode#BAD_FIELD}, naming the field and those allowed
     */
    public static FieldSelection of(RoomChannel channel, List<String> codes) {
        if (codes.isEmpty()) {
            throw bad("fields must have at least one element");
        }
        int bits = 0;
        for (String code : codes) {
            PayloadField field = PayloadField.find(channel, code);
            if (field == null) {
                throw bad(unknown(channel, code));
            }
            int bit = 1 << field.ordinal();
            if ((bits & bit) != 0) {
                throw bad("field \"" + code + "\" is there twice");
            }
            bits |= bit;
        }
        boolean all = true;
        for (PayloadField field : PayloadField.of(channel)) {
            bits |= field.isIdentity() ? 1 << field.ordinal() : 0;
            all &= (bits & (1 << field.ordinal())) != 0;
        }
        return all ? ALL : new FieldSelection(bits);
    }

    public boolean isAll() {
        return equals(ALL);
    }

    public boolean has(PayloadField field) {
        return (bits & (1 << field.ordinal())) != 0;
    }

    /**
     * The canonical end of a room's name: empty if all is selected. A selection of nothing but what is always sent is {@code ~seq}, for
     * an empty end means all.
     */
    String suffix(RoomChannel channel) {
        if (isAll()) {
            return "";
        }
        String selected = PayloadField.of(channel).stream()
                .filter(field -> has(field) && !field.isIdentity())
                .map(field -> MARK + field.code())
                .collect(Collectors.joining());
        return selected.isEmpty() ? MARK + "seq" : selected;
    }

    /** The payload with these fields only. */
    public Payload of(Payload payload) {
        return isAll() ? payload : new Payload.Selected(payload, this);
    }

    private static String unknown(RoomChannel channel, String code) {
        if (!channel.isOfInstrument()) {
            return channel.code() + " has no fields to select, was \"" + Texts.clip(code) + "\"";
        }
        return "fields of a " + channel.code() + " room are "
                + PayloadField.of(channel).stream().map(PayloadField::code).collect(Collectors.joining(" "))
                + ", was \""
                + Texts.clip(code) + "\"";
    }

    private static ProtocolException bad(String message) {
        return new ProtocolException(ErrorCode.BAD_FIELD, "fields", message);
    }
}
