package io.agx.market.server.feed;

import java.util.Arrays;
import java.util.Locale;

/** Which column of a trade file means what. Immutable. */
final class CsvColumns {
    /** What a column can mean. */
    enum Role {
        TIME(0, "time"),
        PRICE(1, "price"),
        QTY(2, "qty"),
        SIDE(3, "side"),
        ID(4, "id");

        /** Number of roles. */
        static final int COUNT = 5;

        /** Place in an array of one element per role. */
        final int index;

        /** The name in headers and errors. */
        final String label;

        Role(int index, String label) {
            this.index = index;
            this.label = label;
        }
    }

    /** The form without a header: {@code timestamp,price,amount}. */
    static final CsvColumns WITHOUT_HEADER = new CsvColumns(new int[] {0, 1, 2}, new int[] {0, 1, 2, -1, -1});

    private static final int IGNORED = -1;

    private final int[] roleOfColumn;
    private final int[] columnOfRole;

    private CsvColumns(int[] roleOfColumn, int[] columnOfRole) {
        this.roleOfColumn = roleOfColumn;
        this.columnOfRole = columnOfRole;
    }

    /** Whether a first line names columns rather than holding a trade: it begins with a letter. */
    static boolean isHeader(String line) {
        return !line.isEmpty() && Character.isLetter(line.charAt(0));
    }

    /** @throws IllegalArgumentException if a needed column is missing or two columns mean the same */
    static CsvColumns ofHeader(String line) {
        String[] names = line.split(",", -1);
        int[] roles = new int[names.length];
        int[] columns = new int[Role.COUNT];
        Arrays.fill(columns, IGNORED);
        for (int column = 0; column < names.length; column++) {
            int role = role(names[column].strip().toLowerCase(Locale.ROOT));
            roles[column] = role;
            if (role == IGNORED) {
                continue;
            }
            if (columns[role] != IGNORED) {
                throw new IllegalArgumentException("header has two columns for " + Role.values()[role].label);
            }
            columns[role] = column;
        }
        for (Role needed : new Role[] {Role.TIME, Role.PRICE, Role.QTY}) {
            if (columns[needed.index] == IGNORED) {
                throw new IllegalArgumentException("header has no column for " + needed.label);
            }
        }
        return new CsvColumns(roles, columns);
    }

    int count() {
        return roleOfColumn.length;
    }

    /** Index of the role of a column, or -1 if it is not read. */
    int role(int column) {
        return roleOfColumn[column];
    }

    boolean has(Role role) {
        return columnOfRole[role.index] != IGNORED;
    }

    private static int role(String name) {
        return switch (name) {
            case "time", "timestamp", "ts" -> Role.TIME.index;
            case "price" -> Role.PRICE.index;
            case "qty", "quantity", "amount", "size", "volume" -> Role.QTY.index;
            case "side", "takerside", "taker_side" -> Role.SIDE.index;
            case "id", "tradeid", "trade_id" -> Role.ID.index;
            default -> IGNORED;
        };
    }
}
