package io.agx.market.server.room;

import io.agx.market.core.protocol.FieldSelection;
import io.agx.market.core.protocol.RoomName;
import java.util.ArrayList;
import java.util.List;

/** The members of a room that chose the same fields: each message is encoded once for all of them. Owned by the flush thread. */
final class Audience {
    private final RoomName name;
    // As messages carry it: made once.
    private final String text;
    private final List<Membership> members = new ArrayList<>();

    Audience(RoomName name) {
        this.name = name;
        this.text = name.toString();
    }

    FieldSelection fields() {
        return name.fields();
    }

    /** The room's name with the fields, canonical. */
    String room() {
        return text;
    }

    int size() {
        return members.size();
    }

    boolean isEmpty() {
        return members.isEmpty();
    }

    void admit(Membership membership) {
        membership.index = members.size();
        members.add(membership);
    }

    void dismiss(Membership membership) {
        int index = membership.index;
        Membership last = members.remove(members.size() - 1);
        if (index < members.size()) {
            members.set(index, last);
            last.index = index;
        }
        membership.index = -1;
    }

    void addTo(List<Membership> all) {
        all.addAll(members);
    }

    void offer(Publication publication) {
        for (int i = 0; i < members.size(); i++) {
            members.get(i).offer(publication);
        }
    }
}
