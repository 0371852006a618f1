package io.agx.market.server.room;

import io.agx.market.core.protocol.FieldSelection;
import io.agx.market.core.protocol.PayloadField;
import io.agx.market.core.protocol.RoomName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The rooms with the most members, as operators see them. */
final class LargestRooms {
    private LargestRooms() {}

    private record Candidate(Room room, FieldSelection fields, int members) {}

    static RoomFigures.Largest of(Collection<Room> rooms, int limit) {
        List<Candidate> all = new ArrayList<>(rooms.size());
        for (Room room : rooms) {
            for (Audience audience : room.audiences()) {
                all.add(new Candidate(room, audience.fields(), audience.size()));
            }
        }
        List<RoomFigures> largest = Ranking.highest(all, Candidate::members, limit).stream()
                .map(LargestRooms::figures)
                .toList();
        return new RoomFigures.Largest(all.size(), largest);
    }

    private static RoomFigures figures(Candidate candidate) {
        RoomName name = candidate.room.name();
        List<String> fields = candidate.fields.isAll()
                ? List.of()
                : PayloadField.of(name.channel()).stream()
                        .filter(candidate.fields::has)
                        .map(PayloadField::code)
                        .toList();
        return new RoomFigures(
                name.base().toString(),
                name.rate().code(),
                fields,
                candidate.members,
                candidate.room.publishedSeq(),
                candidate.room.completeTimeMillis());
    }
}
