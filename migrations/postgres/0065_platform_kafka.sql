-- Kafka: which server relays, and how far activities were taken from each partition of their topic.
CREATE TABLE kafka_leases (
  name TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE kafka_offsets (
  topic TEXT NOT NULL,
  partition INTEGER NOT NULL,
  next BIGINT NOT NULL, -- the offset of the first message whose effects are not in this database
  PRIMARY KEY (topic, partition)
) WITH (fillfactor = 50);
