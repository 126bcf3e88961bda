-- The outbox: one log of messages, an offset per consumer, what failed and waits, what was given up.
-- Sixteen partitions: whoever publishes holds one until the commit, which makes positions gapless and in commit order.
CREATE TABLE outbox_head (
  partition INTEGER PRIMARY KEY,
  next BIGINT NOT NULL -- the position that the next message gets; the first is 1
) WITH (fillfactor = 10);
INSERT INTO outbox_head (partition, next) SELECT n, 1 FROM generate_series(0, 15) AS n;

CREATE TABLE outbox (
  partition INTEGER NOT NULL,
  position BIGINT NOT NULL,
  message_id UUID NOT NULL,
  topic TEXT NOT NULL,
  key TEXT NOT NULL,
  type TEXT NOT NULL,
  payload TEXT NOT NULL,
  headers JSONB NOT NULL,
  at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (partition, position)
);
CREATE INDEX outbox_by_topic ON outbox (topic, partition, position);

CREATE TABLE consumer_offsets (
  consumer TEXT NOT NULL,
  partition INTEGER NOT NULL,
  position BIGINT NOT NULL, -- the last one passed; 0 = none
  moved_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (consumer, partition)
) WITH (fillfactor = 50);

-- Messages that failed for a consumer, and behind them later ones of the same key. Of each key exactly the first has a
-- next_at; the others wait for it. A row is a copy: the log may be pruned meanwhile.
CREATE TABLE parked (
  consumer TEXT NOT NULL,
  partition INTEGER NOT NULL,
  position BIGINT NOT NULL,
  message_id UUID NOT NULL,
  topic TEXT NOT NULL,
  key TEXT NOT NULL,
  type TEXT NOT NULL,
  payload TEXT NOT NULL,
  headers JSONB NOT NULL,
  at TIMESTAMPTZ NOT NULL,
  attempts INTEGER NOT NULL, -- that ended in a failure
  crashes INTEGER NOT NULL,  -- runs that began in careful mode and have not come back
  first_at TIMESTAMPTZ,      -- of the first failure
  next_at TIMESTAMPTZ,
  error TEXT NOT NULL,
  PRIMARY KEY (consumer, partition, position)
);
CREATE INDEX parked_by_key ON parked (consumer, partition, key, position);
CREATE INDEX parked_due ON parked (consumer, partition, next_at) WHERE next_at IS NOT NULL;

CREATE TABLE dead_letters (
  id UUID PRIMARY KEY,
  consumer TEXT NOT NULL,
  partition INTEGER NOT NULL,
  position BIGINT NOT NULL,
  message_id UUID NOT NULL,
  topic TEXT NOT NULL,
  key TEXT NOT NULL,
  type TEXT NOT NULL,
  payload TEXT NOT NULL,
  headers JSONB NOT NULL,
  at TIMESTAMPTZ NOT NULL,
  attempts INTEGER NOT NULL,
  error TEXT NOT NULL,
  first_at TIMESTAMPTZ NOT NULL,
  last_at TIMESTAMPTZ NOT NULL
);
