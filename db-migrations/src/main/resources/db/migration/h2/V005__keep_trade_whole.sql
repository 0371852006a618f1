-- On PostgreSQL this version partitions the trades by time. Here they stay in one table: versions are the same on both.
COMMENT ON TABLE trade IS 'one table; partitioned by trade_time on PostgreSQL';
