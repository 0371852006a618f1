-- Inboxes: like all of the store derived from the trade log, and built again from it. Times are epoch milliseconds UTC.

CREATE TABLE user_inbox (
    user_id   VARCHAR(128)    NOT NULL PRIMARY KEY,
    last_seq  BIGINT          NOT NULL,                 -- of the newest message; messages are 1, 2, 3 ... without holes per user
    first_seq BIGINT          NOT NULL,                 -- of the oldest that is kept; last_seq + 1 if none is
    read_runs VARCHAR(400000) NOT NULL                  -- seqs of the kept ones that are read, as runs: 1-5,9
);

CREATE TABLE user_message (
    user_id         VARCHAR(128)  NOT NULL,
    seq             BIGINT        NOT NULL,
    message_type    VARCHAR(32)   NOT NULL,
    title           VARCHAR(200)  NOT NULL,
    content         VARCHAR(4000) NOT NULL,
    data_json       VARCHAR(8192),                      -- one JSON value; null: none
    sender_name     VARCHAR(64)   NOT NULL,
    sender_avatar   VARCHAR(512),                       -- URL; null: none
    created_time    BIGINT        NOT NULL,             -- ms
    read_time       BIGINT,                             -- ms; null: unread
    idempotency_key VARCHAR(128),                       -- its sender's name for it, once per user; null: none
    PRIMARY KEY (user_id, seq)
);
CREATE INDEX user_message_by_key ON user_message (user_id, idempotency_key);
CREATE INDEX user_message_by_time ON user_message (created_time);
