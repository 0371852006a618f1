package io.agx.market.server.store;

final class PostgresInboxRowsTest extends InboxRowsTest {
    @Override
    StoreLocation location() {
        return PostgresLocations.newDatabase();
    }
}
