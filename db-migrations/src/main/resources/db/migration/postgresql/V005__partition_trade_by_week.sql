-- Trades in partitions of one week of their own time, so that old ones go by dropping a table, and an insert touches small indexes only.
-- A week begins on Monday, 00:00 UTC: 4 days and any number of weeks after 1970-01-01. StoreWriter makes the partitions of later trades.

-- Codes and ids are compared byte by byte: faster than by a language's rules, and the same on every machine.
ALTER TABLE kline ALTER COLUMN kline_interval TYPE VARCHAR(3) COLLATE "C";
-- The newest candles are updated again and again: room for that in their page, without a change of the index.
ALTER TABLE kline SET (fillfactor = 80);

ALTER TABLE trade RENAME TO trade_before_partitions;
ALTER TABLE trade_before_partitions DROP CONSTRAINT trade_pkey;
DROP INDEX trade_by_time;
DROP INDEX trade_by_id;

CREATE TABLE trade (
    instrument_id INTEGER     NOT NULL,
    taker_side    SMALLINT    NOT NULL,                     -- 0 unknown, 1 buy, 2 sell
    backfill      BOOLEAN     NOT NULL,
    seq           BIGINT      NOT NULL,                     -- 1, 2, 3 ... without holes per instrument
    trade_time    BIGINT      NOT NULL,                     -- ms
    price         BIGINT      NOT NULL,                     -- price units
    quantity      BIGINT      NOT NULL,                     -- quantity units
    trade_id      VARCHAR(36) COLLATE "C" NOT NULL,         -- the source's id
    PRIMARY KEY (instrument_id, seq, trade_time)            -- the partition's key must be in it
) PARTITION BY RANGE (trade_time);
CREATE INDEX trade_by_time ON trade (instrument_id, trade_time, seq);
CREATE INDEX trade_by_id ON trade (instrument_id, trade_id);
-- For whoever reads a time range of all instruments: a few kilobytes, however many trades.
CREATE INDEX trade_by_time_range ON trade USING brin (trade_time);

-- Which trades of an instrument a partition has: so that a query by seq or by id opens the partitions that it needs, and no other.
CREATE TABLE trade_span (
    instrument_id   INTEGER NOT NULL,
    partition_start BIGINT  NOT NULL,                       -- ms, inclusive start of the partition
    first_seq       BIGINT  NOT NULL,
    last_seq        BIGINT  NOT NULL,
    first_time      BIGINT  NOT NULL,                       -- ms
    last_time       BIGINT  NOT NULL,                       -- ms
    trade_count     BIGINT  NOT NULL,
    PRIMARY KEY (instrument_id, partition_start)
);

-- What must be known of an instrument's trades, also when they were dropped for their age.
CREATE TABLE instrument_head (
    instrument_id   INTEGER NOT NULL PRIMARY KEY,
    last_seq        BIGINT  NOT NULL,                       -- of the newest trade that was stored
    kept_seq        BIGINT  NOT NULL,                       -- from it on every trade is here, before it some may be missing
    newest_seq      BIGINT  NOT NULL,                       -- of the trade with the highest (time, seq)
    newest_time     BIGINT  NOT NULL,                       -- ms
    newest_price    BIGINT  NOT NULL,                       -- price units
    newest_quantity BIGINT  NOT NULL                        -- quantity units
);

ALTER TABLE checkpoint ADD COLUMN writer BIGINT NOT NULL DEFAULT 0;          -- how often it was opened for writing: who is not the last may not
ALTER TABLE checkpoint ADD COLUMN kept_time BIGINT NOT NULL DEFAULT 0;       -- ms; older trades are not kept

DO $$
DECLARE
    week CONSTANT BIGINT := 604800000;                      -- ms
    monday CONSTANT BIGINT := 345600000;                    -- ms, 1970-01-05
    start BIGINT;
BEGIN
    FOR start IN SELECT DISTINCT trade_time - ((trade_time - monday) % week + week) % week FROM trade_before_partitions LOOP
        EXECUTE format('CREATE TABLE %I PARTITION OF trade FOR VALUES FROM (%s) TO (%s)',
            'trade_w' || to_char(to_timestamp(start / 1000) AT TIME ZONE 'UTC', 'YYYYMMDD'), start, start + week);
    END LOOP;

    INSERT INTO trade (instrument_id, taker_side, backfill, seq, trade_time, price, quantity, trade_id)
    SELECT instrument_id, taker_side, backfill, seq, trade_time, price, quantity, trade_id FROM trade_before_partitions;

    INSERT INTO trade_span
    SELECT instrument_id, trade_time - ((trade_time - monday) % week + week) % week,
        MIN(seq), MAX(seq), MIN(trade_time), MAX(trade_time), COUNT(*)
    FROM trade_before_partitions GROUP BY 1, 2;

    INSERT INTO instrument_head
    SELECT DISTINCT ON (instrument_id) instrument_id, MAX(seq) OVER (PARTITION BY instrument_id), 1, seq, trade_time, price, quantity
    FROM trade_before_partitions ORDER BY instrument_id, trade_time DESC, seq DESC;
END $$;

DROP TABLE trade_before_partitions;
