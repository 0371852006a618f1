package io.agx.market.core.protocol.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.agx.market.core.protocol.ErrorCode;
import io.agx.market.core.protocol.Payload;
import io.agx.market.core.protocol.Problem;
import io.agx.market.core.protocol.RequestId;
import io.agx.market.core.protocol.ServerEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes what the server sends: the UTF-8 bytes of one text frame. Pure functions. */
public final class EventEncoder {
    private static final byte[] SKIPPED = ",\"skipped\":".getBytes(StandardCharsets.US_ASCII);

    private EventEncoder() {}

    /** The bytes of an event. A live message is encoded once and shared: nobody may change the array. */
    public static byte[] encode(ServerEvent event) {
        return Json.write(expectedBytes(event), json -> {
            json.writeStartObject();
            write(json, event);
            json.writeEndObject();
        });
    }

    /** {@link #encode} as text. */
    public static String toText(ServerEvent event) {
        return new String(encode(event), StandardCharsets.UTF_8);
    }

    /**
     * A shared live message for one connection that was conflated.
     *
     * @param encoded what {@link #encode} returned; not changed
     * @param skipped how many messages were merged into this one, 1 or higher
     * @return new bytes with a last field {@code skipped}
     */
    public static byte[] withSkipped(byte[] encoded, int skipped) {
        byte[] count = Integer.toString(skipped).getBytes(StandardCharsets.US_ASCII);
        int brace = encoded.length - 1;
        byte[] variant = Arrays.copyOf(encoded, encoded.length + SKIPPED.length + count.length);
        System.arraycopy(SKIPPED, 0, variant, brace, SKIPPED.length);
        System.arraycopy(count, 0, variant, brace + SKIPPED.length, count.length);
        variant[variant.length - 1] = '}';
        return variant;
    }

    private static int expectedBytes(ServerEvent event) {
        if (event instanceof ServerEvent.Push push) {
            return 128 + PayloadWriter.expectedBytes(push.data());
        }
        if (event instanceof ServerEvent.Played played) {
            return 192 + PayloadWriter.expectedBytes(played.push().data());
        }
        if (event instanceof ServerEvent.Reply reply) {
            return 128 + PayloadWriter.expectedBytes(reply.data());
        }
        return 512;
    }

    private static void write(JsonGenerator json, ServerEvent event) throws IOException {
        if (event instanceof ServerEvent.Push push) {
            json.writeStringField("event", pushEvent(push.data()));
            writePush(json, push);
        } else if (event instanceof ServerEvent.Played played) {
            begin(json, pushEvent(played.push().data()), played.id());
            writePush(json, played.push());
        } else if (event instanceof ServerEvent.Heartbeat heartbeat) {
            json.writeStringField("event", "heartbeat");
            json.writeNumberField("serverTime", heartbeat.serverTimeMillis());
            writePositions(json, heartbeat.rooms());
        } else if (event instanceof ServerEvent.Reply reply) {
            begin(json, replyEvent(reply.data()), reply.id());
            json.writeFieldName("data");
            PayloadWriter.write(json, reply.data());
        } else if (event instanceof ServerEvent.Subscribed subscribed) {
            begin(json, "subscribed", subscribed.id());
            writeRoomReplies(json, subscribed.rooms());
        } else if (event instanceof ServerEvent.Unsubscribed unsubscribed) {
            begin(json, "unsubscribed", unsubscribed.id());
            writeRoomReplies(json, unsubscribed.rooms());
        } else if (event instanceof ServerEvent.RoomsReply rooms) {
            begin(json, "rooms", rooms.id());
            writePositions(json, rooms.rooms());
        } else if (event instanceof ServerEvent.Gap gap) {
            writeGap(json, gap);
        } else if (event instanceof ServerEvent.Pong pong) {
            writePong(json, pong);
        } else if (event instanceof ServerEvent.ErrorEvent error) {
            writeError(json, error);
        } else if (event instanceof ServerEvent.Authenticated authenticated) {
            writeAuthenticated(json, authenticated);
        } else if (event instanceof ServerEvent.Welcome welcome) {
            writeWelcome(json, welcome);
        } else if (event instanceof ServerEvent.SystemNotice notice) {
            json.writeStringField("event", "system");
            json.writeStringField("room", "system");
            json.writeNumberField("serverTime", notice.serverTimeMillis());
            json.writeStringField("message", notice.message());
        } else if (event instanceof ServerEvent.Drain drain) {
            writeDrain(json, drain);
        } else if (event instanceof ServerEvent.Replaying replaying) {
            begin(json, "replaying", replaying.id());
            writeRoomReplies(json, replaying.rooms());
        } else if (event instanceof ServerEvent.Replayed replayed) {
            writeReplayed(json, replayed);
        } else if (event instanceof ServerEvent.ReplayStopped stopped) {
            begin(json, "replay_stopped", stopped.id());
        } else if (event instanceof ServerEvent.Published published) {
            writePublished(json, published);
        } else if (event instanceof ServerEvent.NewMessages messages) {
            writeMessages(json, messages);
        } else if (event instanceof ServerEvent.Notification notification) {
            writeNotification(json, notification);
        } else if (event instanceof ServerEvent.ReadStatus status) {
            writeReadStatus(json, status);
        }
    }

    private static void begin(JsonGenerator json, String event, @Nullable RequestId id) throws IOException {
        json.writeStringField("event", event);
        CommandEncoder.writeId(json, id);
    }

    private static void writeAuthenticated(JsonGenerator json, ServerEvent.Authenticated authenticated)
            throws IOException {
        begin(json, "auth", authenticated.id());
        json.writeObjectFieldStart("data");
        json.writeStringField("userId", authenticated.userId());
        json.writeNumberField("expiresTime", authenticated.expiresTimeMillis());
        json.writeArrayFieldStart("scopes");
        for (String scope : authenticated.scopes()) {
            json.writeString(scope);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writePush(JsonGenerator json, ServerEvent.Push push) throws IOException {
        json.writeStringField("room", push.room());
        json.writeNumberField("seq", push.seq());
        if (push.serverTimeMillis() != 0) {
            json.writeNumberField("serverTime", push.serverTimeMillis());
        }
        json.writeFieldName("data");
        PayloadWriter.write(json, push.data());
    }

    private static String pushEvent(Payload pushed) {
        Payload data = pushed.whole();
        if (data instanceof Payload.OfTicker || data instanceof Payload.OfTickers) {
            return "ticker";
        }
        if (data instanceof Payload.OfTrades) {
            return "trade";
        }
        return "kline";
    }

    private static String replyEvent(Payload data) {
        if (data instanceof Payload.OfTicker) {
            return "ticker";
        }
        if (data instanceof Payload.OfTickers) {
            return "tickers";
        }
        if (data instanceof Payload.OfTrades) {
            return "trades";
        }
        return data instanceof Payload.OfInstruments || data instanceof Payload.OfInstrument ? "instruments" : "klines";
    }

    private static void writeWelcome(JsonGenerator json, ServerEvent.Welcome welcome) throws IOException {
        json.writeStringField("event", "welcome");
        json.writeObjectFieldStart("data");
        json.writeStringField("connectionId", welcome.connectionId());
        json.writeStringField("protocol", welcome.protocol());
        json.writeNumberField("serverTime", welcome.serverTimeMillis());
        json.writeStringField("epoch", welcome.epoch());
        json.writeStringField("node", welcome.node());
        json.writeObjectFieldStart("limits");
        for (Map.Entry<String, Long> limit : welcome.limits().entrySet()) {
            json.writeNumberField(limit.getKey(), limit.getValue());
        }
        json.writeEndObject();
        json.writeNumberField("heartbeatMillis", welcome.heartbeatMillis());
        json.writeStringField("transport", welcome.transport());
        json.writeEndObject();
    }

    private static void writeRoomReplies(JsonGenerator json, List<ServerEvent.RoomReply> rooms) throws IOException {
        json.writeArrayFieldStart("data");
        for (ServerEvent.RoomReply reply : rooms) {
            json.writeStartObject();
            json.writeStringField("room", reply.room());
            if (reply instanceof ServerEvent.RoomReply.Joined joined) {
                json.writeBooleanField("ok", true);
                json.writeNumberField("seq", joined.seq());
                json.writeBooleanField("recovered", joined.recovered());
                if (joined.snapshot() != null) {
                    json.writeFieldName("snapshot");
                    PayloadWriter.write(json, joined.snapshot());
                }
            } else if (reply instanceof ServerEvent.RoomReply.Left left) {
                json.writeBooleanField("ok", true);
                json.writeNumberField("seq", left.seq());
            } else if (reply instanceof ServerEvent.RoomReply.Replaying) {
                json.writeBooleanField("ok", true);
            } else if (reply instanceof ServerEvent.RoomReply.Refused refused) {
                json.writeBooleanField("ok", false);
                json.writeStringField("code", refused.code().code());
                json.writeStringField("message", refused.message());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writePositions(JsonGenerator json, List<ServerEvent.RoomPosition> rooms) throws IOException {
        json.writeArrayFieldStart("data");
        for (ServerEvent.RoomPosition position : rooms) {
            json.writeStartObject();
            json.writeStringField("room", position.room());
            json.writeNumberField("seq", position.seq());
            json.writeNumberField("time", position.timeMillis());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writeGap(JsonGenerator json, ServerEvent.Gap gap) throws IOException {
        json.writeStringField("event", "gap");
        json.writeStringField("room", gap.room());
        json.writeObjectFieldStart("data");
        json.writeNumberField("fromSeq", gap.fromSeq());
        json.writeNumberField("toSeq", gap.toSeq());
        json.writeStringField("rest", gap.rest());
        json.writeEndObject();
    }

    private static void writePong(JsonGenerator json, ServerEvent.Pong pong) throws IOException {
        begin(json, "pong", pong.id());
        json.writeObjectFieldStart("data");
        if (pong.clientTimeMillis() != null) {
            json.writeNumberField("clientTime", pong.clientTimeMillis());
        }
        json.writeNumberField("receiveTime", pong.receiveTimeMillis());
        json.writeNumberField("sendTime", pong.sendTimeMillis());
        json.writeEndObject();
    }

    private static void writeError(JsonGenerator json, ServerEvent.ErrorEvent error) throws IOException {
        Problem problem = error.problem();
        ErrorCode code = problem.code();
        begin(json, "error", error.id());
        json.writeStringField("code", code.code());
        json.writeStringField("message", problem.message());
        json.writeBooleanField("temporary", code.temporary());
        if (problem.field() == null && error.retryAfterMillis() == 0) {
            return;
        }
        json.writeObjectFieldStart("data");
        if (problem.field() != null) {
            json.writeStringField("field", problem.field());
        }
        if (error.retryAfterMillis() != 0) {
            json.writeNumberField("retryAfterMillis", error.retryAfterMillis());
        }
        json.writeEndObject();
    }

    private static void writeDrain(JsonGenerator json, ServerEvent.Drain drain) throws IOException {
        json.writeStringField("event", "drain");
        json.writeStringField("room", "system");
        json.writeObjectFieldStart("data");
        json.writeNumberField("reconnectAfterMillis", drain.reconnectAfterMillis());
        if (drain.url() != null) {
            json.writeStringField("url", drain.url());
        }
        json.writeEndObject();
    }

    private static void writeReplayed(JsonGenerator json, ServerEvent.Replayed replayed) throws IOException {
        begin(json, "replayed", replayed.id());
        json.writeObjectFieldStart("data");
        json.writeStringField("symbol", replayed.symbol().value());
        json.writeNumberField("fromTime", replayed.fromTimeMillis());
        json.writeNumberField("toTime", replayed.toTimeMillis());
        json.writeNumberField("trades", replayed.trades());
        json.writeNumberField("lastSeq", replayed.lastSeq());
        json.writeEndObject();
    }

    private static void writePublished(JsonGenerator json, ServerEvent.Published published) throws IOException {
        begin(json, "published", published.id());
        json.writeNumberField("credit", published.credit());
        json.writeArrayFieldStart("data");
        for (ServerEvent.PublishResult result : published.results()) {
            json.writeStartObject();
            if (result instanceof ServerEvent.PublishResult.Accepted accepted) {
                json.writeBooleanField("ok", true);
                if (accepted.seq() != 0) {
                    json.writeNumberField("seq", accepted.seq());
                }
            } else if (result instanceof ServerEvent.PublishResult.Duplicate) {
                json.writeBooleanField("ok", true);
                json.writeBooleanField("duplicate", true);
            } else if (result instanceof ServerEvent.PublishResult.Rejected rejected) {
                json.writeBooleanField("ok", false);
                json.writeStringField("code", rejected.code());
                json.writeStringField("message", rejected.message());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writeNotification(JsonGenerator json, ServerEvent.Notification notification)
            throws IOException {
        json.writeStringField("event", "notification");
        json.writeStringField("room", "inbox");
        json.writeNumberField("seq", notification.message().seq());
        json.writeNumberField("serverTime", notification.serverTimeMillis());
        json.writeObjectFieldStart("data");
        PayloadWriter.writeMessage(json, notification.message());
        json.writeNumberField("unread", notification.unreadCount());
        json.writeEndObject();
    }

    private static void writeReadStatus(JsonGenerator json, ServerEvent.ReadStatus status) throws IOException {
        begin(json, "ev_read_status", status.id());
        json.writeStringField("message", "success");
        json.writeObjectFieldStart("data");
        json.writeArrayFieldStart("ids");
        for (String id : status.ids()) {
            json.writeString(id);
        }
        json.writeEndArray();
        if (status.toSeq() != 0) {
            json.writeNumberField("toSeq", status.toSeq());
        }
        json.writeNumberField("unread", status.unreadCount());
        json.writeEndObject();
    }

    private static void writeMessages(JsonGenerator json, ServerEvent.NewMessages messages) throws IOException {
        begin(json, "ev_new_message", messages.id());
        json.writeStringField("message", "success");
        json.writeArrayFieldStart("data");
        for (ServerEvent.InboxMessage message : messages.messages()) {
            json.writeStartObject();
            json.writeStringField("id", message.id());
            json.writeStringField("title", message.title());
            json.writeStringField("content", message.content());
            json.writeNumberField("create_time", message.createTimeMillis());
            json.writeObjectFieldStart("send_user");
            json.writeStringField("nickname", message.senderNickname());
            if (message.senderAvatar() != null) {
                json.writeStringField("avatar", message.senderAvatar());
            }
            json.writeEndObject();
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
