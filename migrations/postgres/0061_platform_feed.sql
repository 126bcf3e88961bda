-- How far the named readers of the feed are. Messages that one has not seen stay in the log as long as it commits now
-- and then.
CREATE TABLE feed_offsets (
  topic TEXT NOT NULL,
  consumer TEXT NOT NULL,
  partition INTEGER NOT NULL,
  position BIGINT NOT NULL, -- the last one passed; 0 = none
  committed_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (topic, consumer, partition)
) WITH (fillfactor = 50);
