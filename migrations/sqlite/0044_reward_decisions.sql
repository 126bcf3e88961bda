-- Decisions: the service key that made one; which stock a waiting request holds; when an event's requests are closed.
ALTER TABLE reward_requests ADD COLUMN operator_key BLOB CHECK (operator_key IS NULL OR operator_id IS NULL);

CREATE TABLE reward_holds (
  request_id BLOB NOT NULL,
  reward_id  BLOB NOT NULL,
  PRIMARY KEY (request_id, reward_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX reward_holds_by_reward ON reward_holds (reward_id);

INSERT INTO reward_holds (request_id, reward_id)
  SELECT q.id, r.id FROM reward_requests q JOIN reward_rewards r ON r.event_id = q.event_id AND r.id < q.id
  WHERE q.status = 'PENDING' AND q.holds_stock;

CREATE TABLE reward_closings (
  event_id  BLOB PRIMARY KEY NOT NULL,
  due_at    INTEGER NOT NULL,
  before_at INTEGER,
  before_id BLOB,
  CHECK ((before_at IS NULL) = (before_id IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX reward_closings_due ON reward_closings (due_at, event_id);
