-- An import that was begun and has not ended. While there is a row, the others are not whole, and no server may use them.
CREATE TABLE import_mark (
    id           SMALLINT    NOT NULL PRIMARY KEY CHECK (id = 1),
    epoch        VARCHAR(36) NOT NULL,                      -- UUID of the trade log that the export is of
    log_position BIGINT      NOT NULL,                      -- position in that log up to which the export has everything
    begun_time   BIGINT      NOT NULL                       -- ms
);
