package io.agx.market.core.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agx.market.core.protocol.ProtocolException;
import io.agx.market.core.protocol.ReceivedEvent.PublishResult;
import org.junit.jupiter.api.Test;

class RestCodecTest {
    @Test
    void readsOneResultForEachTradeFromTheAnswerToAPost() {
        String answer = "{\"results\":[{\"ok\":true,\"seq\":7},{\"ok\":true,\"duplicate\":true},"
                + "{\"ok\":false,\"code\":\"bad_field\",\"message\":\"price must be above 0\"}],"
                + "\"accepted\":1,\"duplicates\":1,\"rejected\":1}";

        assertThat(RestCodec.decodeResults(answer))
                .containsExactly(
                        new PublishResult(true, 7, false, "", ""),
                        new PublishResult(true, 0, true, "", ""),
                        new PublishResult(false, 0, false, "bad_field", "price must be above 0"));
    }

    @Test
    void anAnswerOfAnotherFormIsRefused() {
        for (String answer : new String[] {"[]", "{}", "{\"results\":{}}", "{\"results\":[1]}", "no JSON"}) {
            assertThatThrownBy(() -> RestCodec.decodeResults(answer)).as(answer).isInstanceOf(ProtocolException.class);
        }
    }
}
