-- Kafka: how far activities were taken from each partition of their topic. Who relays is no question: there is one
-- server on an embedded store, so that its table of leases stays empty.
CREATE TABLE kafka_leases (
  name TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE kafka_offsets (
  topic TEXT NOT NULL,
  partition INTEGER NOT NULL,
  next INTEGER NOT NULL, -- the offset of the first message whose effects are not in this database
  PRIMARY KEY (topic, partition)
) STRICT, WITHOUT ROWID;
