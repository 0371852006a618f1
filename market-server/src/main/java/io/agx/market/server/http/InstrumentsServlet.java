package io.agx.market.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.agx.market.core.model.FixedPoint;
import io.agx.market.core.model.Instrument;
import io.agx.market.core.model.Symbol;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.Payload;
import io.agx.market.core.protocol.Problem;
import io.agx.market.core.protocol.json.PayloadWriter;
import io.agx.market.server.feed.LogUnavailableException;
import io.agx.market.server.history.MarketHistory;
import io.agx.market.server.identity.Scope;
import io.agx.market.server.ingest.InstrumentRegistry;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code GET /api/v1/instruments}: all definitions; {@code POST}: a new one, answered when durable. Thread-safe. */
final class InstrumentsServlet extends JsonServlet {
    private static final long serialVersionUID = 1;

    private final transient MarketHistory history;
    private final transient InstrumentRegistry registry;

    InstrumentsServlet(MarketHistory history, InstrumentRegistry registry, HttpAccess access) {
        super(access);
        this.history = history;
        this.registry = registry;
    }

    @Override
    protected Payload read(Query query, HttpServletRequest request) {
        return new Payload.OfInstruments(history.instruments());
    }

    @Override
    protected String allowed() {
        return "GET, HEAD, POST";
    }

    @Override
    protected void write(HttpServletRequest request, HttpServletResponse response) throws IOException {
        access().requireWrite(request, Scope.ADMIN);
        JsonBody body = JsonBody.object(request);
        Symbol symbol = Query.symbol("symbol", body.text("symbol"));
        int priceScale = scale(body, "priceScale");
        int quantityScale = scale(body, "quantityScale");
        try {
            Instrument instrument = registry.define(
                    symbol,
                    body.text("baseAsset"),
                    body.text("quoteAsset"),
                    priceScale,
                    quantityScale,
                    step(body, "tickSize", priceScale),
                    step(body, "stepSize", quantityScale));
            send(response, HttpServletResponse.SC_CREATED, PayloadWriter.toBytes(new Payload.OfInstrument(instrument)));
        } catch (InstrumentRegistry.AlreadyDefinedException e) {
            throw new HttpProblem(409, ErrorCode.ALREADY_EXISTS, "symbol", String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw new HttpProblem(400, ErrorCode.BAD_FIELD, fieldOf(message), message);
        } catch (InstrumentRegistry.BusyException e) {
            throw new HttpProblem(503, new Problem(ErrorCode.BACK_PRESSURE, null, String.valueOf(e.getMessage())), 1);
        } catch (LogUnavailableException e) {
            throw TradeStream.unavailable(e);
        }
    }

    /** A message of the model begins with the field that it is about. */
    private static @Nullable String fieldOf(String message) {
        for (String field : List.of("baseAsset", "quoteAsset", "tickSize", "stepSize")) {
            if (message.startsWith(field + " ")) {
                return field;
            }
        }
        return null;
    }

    private static int scale(JsonBody body, String field) {
        JsonNode node = body.required(field);
        if (!node.canConvertToInt() || !node.isIntegralNumber()) {
            throw HttpProblem.badField(field, field + " must be an integer from 0 to " + Instrument.MAX_SCALE);
        }
        int scale = node.intValue();
        if (scale < 0 || scale > Instrument.MAX_SCALE) {
            throw HttpProblem.badField(field, field + " must be 0 to " + Instrument.MAX_SCALE + ", was " + scale);
        }
        return scale;
    }

    private static long step(JsonBody body, String field, int scale) {
        if (!body.has(field)) {
            return 1;
        }
        try {
            return FixedPoint.parse(body.text(field), scale);
        } catch (NumberFormatException e) {
            throw HttpProblem.badField(field, field + ": " + e.getMessage());
        }
    }
}
