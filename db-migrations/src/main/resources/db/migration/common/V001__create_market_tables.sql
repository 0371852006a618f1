-- The store: everything here is derived from the trade log, and can be built again from it.
-- Prices, quantities and amounts are integers in units of 10^-scale of their instrument:
--   price units    10^-price_scale, quantity units 10^-quantity_scale, quote units 10^-(price_scale + quantity_scale).
-- Times are epoch milliseconds UTC.

CREATE TABLE log_identity (
    id          SMALLINT    NOT NULL PRIMARY KEY CHECK (id = 1),
    epoch       VARCHAR(36) NOT NULL                    -- UUID of the trade log that this store was built from
);

CREATE TABLE checkpoint (
    id           SMALLINT NOT NULL PRIMARY KEY CHECK (id = 1),
    log_position BIGINT   NOT NULL,                     -- position in the trade log up to which all of it is in this store
    written_time BIGINT   NOT NULL                      -- ms
);

CREATE TABLE asset (
    code        VARCHAR(16) NOT NULL PRIMARY KEY
);

CREATE TABLE instrument (
    id             INTEGER     NOT NULL PRIMARY KEY,
    symbol         VARCHAR(32) NOT NULL UNIQUE,
    base_asset     VARCHAR(16) NOT NULL REFERENCES asset (code),
    quote_asset    VARCHAR(16) NOT NULL REFERENCES asset (code),
    price_scale    SMALLINT    NOT NULL,                -- decimals of a price, 0 to 18
    quantity_scale SMALLINT    NOT NULL,                -- decimals of a quantity, 0 to 18
    tick_size      BIGINT      NOT NULL,                -- price units
    step_size      BIGINT      NOT NULL,                -- quantity units
    status         VARCHAR(16) NOT NULL
);

CREATE TABLE trade (
    instrument_id INTEGER     NOT NULL,
    seq           BIGINT      NOT NULL,                 -- 1, 2, 3 ... without holes per instrument
    trade_id      VARCHAR(36) NOT NULL,                 -- the source's id
    price         BIGINT      NOT NULL,                 -- price units
    quantity      BIGINT      NOT NULL,                 -- quantity units
    taker_side    SMALLINT    NOT NULL,                 -- 0 unknown, 1 buy, 2 sell
    trade_time    BIGINT      NOT NULL,                 -- ms
    backfill      BOOLEAN     NOT NULL,
    PRIMARY KEY (instrument_id, seq)
);
CREATE INDEX trade_by_time ON trade (instrument_id, trade_time);
CREATE INDEX trade_by_id ON trade (instrument_id, trade_id);

CREATE TABLE kline (
    instrument_id          INTEGER       NOT NULL,
    kline_interval         VARCHAR(3)    NOT NULL,      -- 1s 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M
    open_time              BIGINT        NOT NULL,      -- ms, inclusive start
    next_open_time         BIGINT        NOT NULL,      -- ms, exclusive end
    open_price             BIGINT        NOT NULL,      -- price units
    high_price             BIGINT        NOT NULL,      -- price units
    low_price              BIGINT        NOT NULL,      -- price units
    close_price            BIGINT        NOT NULL,      -- price units
    volume                 NUMERIC(39,0) NOT NULL,      -- quantity units
    quote_volume           NUMERIC(39,0) NOT NULL,      -- quote units
    taker_buy_volume       NUMERIC(39,0) NOT NULL,      -- quantity units
    taker_buy_quote_volume NUMERIC(39,0) NOT NULL,      -- quote units
    trade_count            BIGINT        NOT NULL,
    first_seq              BIGINT        NOT NULL,
    last_seq               BIGINT        NOT NULL,
    first_trade_time       BIGINT        NOT NULL,      -- ms, of the trade that gave open_price
    last_trade_time        BIGINT        NOT NULL,      -- ms, of the trade that gave close_price
    PRIMARY KEY (instrument_id, kline_interval, open_time)
);

CREATE TABLE asset_ticker (
    instrument_id INTEGER       NOT NULL PRIMARY KEY,
    seq           BIGINT        NOT NULL,               -- last trade included
    ticker_time   BIGINT        NOT NULL,               -- ms, the moment of this state
    last_price    BIGINT        NOT NULL,               -- price units
    last_quantity BIGINT        NOT NULL,               -- quantity units
    open_price    BIGINT        NOT NULL,               -- price units
    high_price    BIGINT        NOT NULL,               -- price units
    low_price     BIGINT        NOT NULL,               -- price units
    volume        NUMERIC(39,0) NOT NULL,               -- quantity units, in the 24 hours
    quote_volume  NUMERIC(39,0) NOT NULL,               -- quote units, in the 24 hours
    trade_count   BIGINT        NOT NULL,               -- in the 24 hours
    open_time     BIGINT        NOT NULL,               -- ms, start of the window
    close_time    BIGINT        NOT NULL                -- ms, end of the window
);
