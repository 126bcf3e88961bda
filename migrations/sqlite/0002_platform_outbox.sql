-- The outbox: one log of messages, an offset per consumer, what failed and waits, what was given up.
-- One partition, so that the position alone is the key.
CREATE TABLE outbox_head (
  partition INTEGER PRIMARY KEY CHECK (partition = 0),
  next INTEGER NOT NULL -- the position that the next message gets; the first is 1
) STRICT;
INSERT INTO outbox_head (partition, next) VALUES (0, 1);

CREATE TABLE outbox (
  position INTEGER PRIMARY KEY,
  partition INTEGER NOT NULL CHECK (partition = 0),
  message_id BLOB NOT NULL,
  topic TEXT NOT NULL,
  key TEXT NOT NULL,
  type TEXT NOT NULL,
  payload TEXT NOT NULL,
  headers TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_by_topic ON outbox (topic); -- ends in the position, as every index of a rowid table

CREATE TABLE consumer_offsets (
  consumer TEXT NOT NULL,
  partition INTEGER NOT NULL,
  position INTEGER NOT NULL, -- the last one passed; 0 = none
  moved_at INTEGER NOT NULL,
  PRIMARY KEY (consumer, partition)
) STRICT, WITHOUT ROWID;

-- Messages that failed for a consumer, and behind them later ones of the same key. Of each key exactly the first has a
-- next_at; the others wait for it. A row is a copy: the log may be pruned meanwhile.
CREATE TABLE parked (
  consumer TEXT NOT NULL,
  partition INTEGER NOT NULL,
  position INTEGER NOT NULL,
  message_id BLOB NOT NULL,
  topic TEXT NOT NULL,
  key TEXT NOT NULL,
  type TEXT NOT NULL,
  payload TEXT NOT NULL,
  headers TEXT NOT NULL,
  at INTEGER NOT NULL,
  attempts INTEGER NOT NULL, -- that ended in a failure
  crashes INTEGER NOT NULL,  -- runs that began in careful mode and have not come back
  first_at INTEGER,          -- of the first failure
  next_at INTEGER,
  error TEXT NOT NULL,
  PRIMARY KEY (consumer, partition, position)
) STRICT;
CREATE INDEX parked_by_key ON parked (consumer, partition, key, position);
CREATE INDEX parked_due ON parked (consumer, partition, next_at) WHERE next_at IS NOT NULL;

CREATE TABLE dead_letters (
  id BLOB PRIMARY KEY,
  consumer TEXT NOT NULL,
  partition INTEGER NOT NULL,
  position INTEGER NOT NULL,
  message_id BLOB NOT NULL,
  topic TEXT NOT NULL,
  key TEXT NOT NULL,
  type TEXT NOT NULL,
  payload TEXT NOT NULL,
  headers TEXT NOT NULL,
  at INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  error TEXT NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL
) STRICT;
