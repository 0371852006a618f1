package io.agx.market.core.protocol.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.agx.market.core.model.Side;
import io.agx.market.core.protocol.OfferedQuote;
import io.agx.market.core.protocol.OfferedTrade;
import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.ReceivedEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What a client sends and reads over REST. Pure functions. */
public final class RestCodec {
    private static final int MAX_CODE = 64;
    private static final int MAX_DETAIL = 65_536;

    private RestCodec() {}

    /**
     * An RFC 9457 problem document.
     *
     * @param code an error code of {@code PROTOCOL.md} section 10, or empty if it tells none
     * @param detail text for people, or empty
     */
    public record ReceivedProblem(String code, String detail) {}

    /** The body of {@code POST /api/v1/trades}: a JSON array. */
    public static byte[] encode(List<OfferedTrade> trades) {
        return Json.write(128 * trades.size() + 2, json -> {
            json.writeStartArray();
            for (OfferedTrade trade : trades) {
                write(json, trade);
            }
            json.writeEndArray();
        });
    }

    /** One trade: an element of that array, and of {@code publish}. */
    public static String encode(OfferedTrade trade) {
        return new String(Json.write(160, json -> write(json, trade)), StandardCharsets.UTF_8);
    }

    /** One quote: an element of {@code POST /api/v1/quotes}, and of {@code publish}. */
    public static String encode(OfferedQuote quote) {
        byte[] bytes = Json.write(160, json -> {
            json.writeStartObject();
            json.writeStringField("symbol", quote.symbol());
            json.writeStringField("bid", quote.bid().toPlainString());
            json.writeStringField("bidQty", quote.bidQty().toPlainString());
            json.writeStringField("ask", quote.ask().toPlainString());
            json.writeStringField("askQty", quote.askQty().toPlainString());
            if (quote.timeMillis() != null) {
                json.writeNumberField("time", quote.timeMillis());
            }
            json.writeEndObject();
        });
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void write(JsonGenerator json, OfferedTrade trade) throws IOException {
        json.writeStartObject();
        json.writeStringField("symbol", trade.symbol());
        json.writeStringField("id", trade.id());
        json.writeStringField("price", trade.price().toPlainString());
        json.writeStringField("qty", trade.qty().toPlainString());
        if (trade.takerSide() != Side.UNKNOWN) {
            json.writeFieldName("takerSide");
            PayloadWriter.writeSide(json, trade.takerSide());
        }
        if (trade.timeMillis() != null) {
            json.writeNumberField("time", trade.timeMillis());
        }
        if (trade.buyerUserId() != null) {
            json.writeStringField("buyerUserId", trade.buyerUserId());
        }
        if (trade.sellerUserId() != null) {
            json.writeStringField("sellerUserId", trade.sellerUserId());
        }
        json.writeEndObject();
    }

    /**
     * The answer to it, one result for each trade, in order.
     *
     * @throws ProtocolException if it is not a JSON object with an array of objects {@code results}
     */
    public static List<ReceivedEvent.PublishResult> decodeResults(String body) {
        JsonFields answer = JsonFields.of(Json.readEvent(body), "answer");
        return EventDecoder.list(answer.array("results"), EventDecoder::decodePublishResult);
    }

    /** @throws ProtocolException if it is not a JSON object */
    public static ReceivedProblem decodeProblem(String body) {
        JsonFields fields = JsonFields.of(Json.readEvent(body), "problem");
        return new ReceivedProblem(fields.text("code", MAX_CODE, ""), fields.text("detail", MAX_DETAIL, ""));
    }
}
