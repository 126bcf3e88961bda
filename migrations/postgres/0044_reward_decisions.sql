-- Decisions: the service key that made one; which stock a waiting request holds; when an event's requests are closed.
ALTER TABLE reward_requests ADD COLUMN operator_key uuid CHECK (operator_key IS NULL OR operator_id IS NULL);

CREATE TABLE reward_holds (
  request_id uuid NOT NULL,
  reward_id  uuid NOT NULL,
  PRIMARY KEY (request_id, reward_id)
);

CREATE INDEX reward_holds_by_reward ON reward_holds (reward_id);

INSERT INTO reward_holds (request_id, reward_id)
  SELECT q.id, r.id FROM reward_requests q JOIN reward_rewards r ON r.event_id = q.event_id AND r.id < q.id
  WHERE q.status = 'PENDING' AND q.holds_stock;

CREATE TABLE reward_closings (
  event_id  uuid PRIMARY KEY,
  due_at    timestamptz NOT NULL,
  before_at timestamptz,
  before_id uuid,
  CHECK ((before_at IS NULL) = (before_id IS NULL))
);

CREATE INDEX reward_closings_due ON reward_closings (due_at, event_id);
