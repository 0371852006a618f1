package io.agx.market.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The judge of deliveries finds each fault that it is there for. */
class CursorTest {
    private final Cursor cursor = new Cursor();
    private final PushReader reader = new PushReader();

    @BeforeEach
    void subscribe() {
        cursor.welcomed("e");
        cursor.subscribed(10, false, reader.snapshot);
    }

    @Test
    void tradesInOrderAndToldGapsAreWhole() {
        trades(11, 12);
        cursor.gap(13, 20);
        trades(21);

        assertThat(faults()).containsExactly(0, 0, 0, 0);
        assertThat(cursor.received).isEqualTo(3);
        assertThat(cursor.told).isEqualTo(8);
        assertThat(cursor.lastSeq()).isEqualTo(21);
    }

    @Test
    void aHoleIsMissingUntilItComesOutOfOrder() {
        trades(11, 14);
        assertThat(faults()).containsExactly(2, 0, 0, 0);

        trades(12);
        assertThat(faults()).containsExactly(1, 0, 1, 0);
    }

    @Test
    void aRepetitionIsADuplicate() {
        trades(11, 12, 11);

        assertThat(faults()).containsExactly(0, 1, 0, 0);
    }

    @Test
    void aGapThatDoesNotBeginAtTheNextTradeIsMisplaced() {
        cursor.gap(12, 13);

        assertThat(faults()).containsExactly(0, 0, 0, 1);
    }

    @Test
    void recoveredTradesFillWhatWasMissed() {
        trades(11);
        assertThat(cursor.since()).contains("\"epoch\":\"e\"", "\"seq\":11");
        reader.read(subscribed(true, "{\"seq\":12},{\"seq\":13}"));

        cursor.subscribed(reader.live.at(0), reader.recovered, reader.snapshot);

        assertThat(faults()).containsExactly(0, 0, 0, 0);
        assertThat(cursor.lastSeq()).isEqualTo(13);
    }

    @Test
    void whatARecoveryLeavesOutIsMissing() {
        trades(11);
        reader.read(subscribed(true, "{\"seq\":12}"));
        cursor.subscribed(reader.live.at(0), reader.recovered, reader.snapshot);
        reader.read(subscribed(false, ""));
        cursor.subscribed(reader.live.at(0) + 2, reader.recovered, reader.snapshot);

        assertThat(faults()).containsExactly(3, 0, 0, 0);
        assertThat(cursor.lastSeq()).isEqualTo(15);
    }

    private void trades(long... seqs) {
        StringBuilder data = new StringBuilder();
        for (long seq : seqs) {
            data.append(data.length() == 0 ? "" : ",")
                    .append("{\"seq\":")
                    .append(seq)
                    .append(",\"id\":\"x\"}");
        }
        reader.read(("{\"event\":\"trade\",\"room\":\"trade:A\",\"seq\":99,\"serverTime\":5,\"data\":[" + data + "]}")
                .getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < reader.live.count(); i++) {
            cursor.trade(reader.live.at(i));
        }
    }

    private static byte[] subscribed(boolean recovered, String trades) {
        return ("{\"event\":\"subscribed\",\"id\":1,\"data\":[{\"room\":\"trade:A\",\"ok\":true,\"seq\":13,\"recovered\":"
                        + recovered + ",\"snapshot\":[" + trades + "]}]}")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Missing, duplicates, out of order, misplaced gaps. */
    private Integer[] faults() {
        return new Integer[] {
            (int) cursor.missing, (int) cursor.duplicates, (int) cursor.outOfOrder, (int) cursor.misplacedGaps
        };
    }
}
