package io.agx.market.server.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContainerSessionsTest {
    @ParameterizedTest
    @CsvSource({
        "/192.0.2.1:4711,192.0.2.1",
        "host.example/192.0.2.1:4711,192.0.2.1",
        "/[2001:db8:0:0:0:0:0:1]:4711,2001:db8:0:0:0:0:0:1",
        "host.example/<unresolved>:4711,<unresolved>",
        "/,''",
        "'',''"
    })
    void theAddressIsThatOfTheSocketWithoutItsPort(String socketAddress, String address) {
        assertThat(ContainerSessions.addressOf(socketAddress)).isEqualTo(address);
    }

    @Test
    void whatJavaMakesOfAnAddressIsUnderstood() {
        assertThat(ContainerSessions.addressOf(new InetSocketAddress("127.0.0.1", 1)))
                .isEqualTo("127.0.0.1");
        assertThat(ContainerSessions.addressOf(new InetSocketAddress("::1", 1))).isEqualTo("0:0:0:0:0:0:0:1");
        assertThat(ContainerSessions.addressOf(null)).isEmpty();
    }
}
