-- The newest trades of a time range are read from the index's end, without sorting all trades of the instrument.
DROP INDEX trade_by_time;
CREATE INDEX trade_by_time ON trade (instrument_id, trade_time, seq);
