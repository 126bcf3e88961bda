-- How far the named readers of the feed are. Messages that one has not seen stay in the log as long as it commits now
-- and then.
CREATE TABLE feed_offsets (
  topic TEXT NOT NULL,
  consumer TEXT NOT NULL,
  partition INTEGER NOT NULL,
  position INTEGER NOT NULL, -- the last one passed; 0 = none
  committed_at INTEGER NOT NULL,
  PRIMARY KEY (topic, consumer, partition)
) STRICT, WITHOUT ROWID;
