-- What a transaction is about to copy from the log. H2 is not atomic when its process is killed: after a restart a
-- transaction can be there in part. Then this range, which is known, is taken out again and copied once more.
ALTER TABLE checkpoint ADD COLUMN pending_from BIGINT;        -- position in the trade log; null: no transaction was under way
ALTER TABLE checkpoint ADD COLUMN pending_to   BIGINT;        -- position in the trade log
