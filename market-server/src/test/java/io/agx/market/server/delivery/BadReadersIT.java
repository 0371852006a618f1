package io.agx.market.server.delivery;

import io.agx.market.core.model.Instrument;
import io.agx.market.server.config.DeliveryConfig.TransportChoice;
import io.agx.market.server.testing.RunningMarket;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The embedded server, over both transports. */
final class BadReadersIT extends BadReadersSuite {
    private @Nullable RunningMarket market;
    private @Nullable Instrument instrument;

    @ParameterizedTest
    @EnumSource(
            value = TransportChoice.class,
            names = {"PORTABLE", "FAST"})
    void theHealthyNoticeNothingOfTheBad(TransportChoice transport) throws Exception {
        try (RunningMarket started = start(transport)) {
            market = started;
            instrument = started.define(SYMBOL);
            attack("bad readers", started.port(), transport);
        }
    }

    @Override
    Load load(int tradesPerSecond) {
        return Load.of(Objects.requireNonNull(market), Objects.requireNonNull(instrument), tradesPerSecond);
    }
}
