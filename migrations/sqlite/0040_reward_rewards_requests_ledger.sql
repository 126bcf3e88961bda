-- Rewards and their stock, requests, what they granted, and the points ledger.
CREATE TABLE reward_rewards (
  id         BLOB PRIMARY KEY NOT NULL,
  event_id   BLOB NOT NULL,
  type       TEXT NOT NULL,
  name       TEXT,
  metadata   TEXT NOT NULL,
  quantity   INTEGER CHECK (quantity >= 0),
  granted    INTEGER NOT NULL DEFAULT 0 CHECK (granted >= 0),
  remaining  INTEGER CHECK (remaining >= 0 AND remaining <= quantity),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK ((quantity IS NULL) = (remaining IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX reward_rewards_by_event ON reward_rewards (event_id, id);

CREATE TABLE reward_requests (
  id           BLOB PRIMARY KEY NOT NULL,
  user_id      BLOB NOT NULL,
  event_id     BLOB NOT NULL,
  status       TEXT NOT NULL CHECK (status IN ('PENDING', 'APPROVED', 'REJECTED')),
  holds_stock  INTEGER NOT NULL DEFAULT 0,
  requested_at INTEGER NOT NULL,
  processed_at INTEGER,
  operator_id  BLOB CHECK (operator_id <> user_id),
  reason       TEXT,
  updated_at   INTEGER NOT NULL,
  CHECK ((status = 'PENDING') = (processed_at IS NULL))
) STRICT, WITHOUT ROWID;

-- One live request per user and event, whatever runs in parallel.
CREATE UNIQUE INDEX reward_requests_live ON reward_requests (user_id, event_id) WHERE status <> 'REJECTED';
CREATE INDEX reward_requests_by_user ON reward_requests (user_id, id);
CREATE INDEX reward_requests_by_event ON reward_requests (event_id, id);

CREATE TABLE reward_grants (
  request_id BLOB NOT NULL,
  reward_id  BLOB NOT NULL,
  user_id    BLOB NOT NULL,
  type       TEXT NOT NULL,
  name       TEXT,
  metadata   TEXT NOT NULL,
  granted_at INTEGER NOT NULL,
  PRIMARY KEY (request_id, reward_id)
) STRICT, WITHOUT ROWID;

-- Every movement of points, each with its cause. The balance is their sum; `balance` is the running one.
CREATE TABLE reward_ledger (
  id         BLOB PRIMARY KEY NOT NULL,
  user_id    BLOB NOT NULL,
  amount     INTEGER NOT NULL CHECK (amount <> 0),
  balance    INTEGER NOT NULL CHECK (balance >= 0),
  event_id   BLOB NOT NULL,
  reward_id  BLOB NOT NULL,
  request_id BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (request_id, reward_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX reward_ledger_by_user ON reward_ledger (user_id, id);

-- The lock that makes a user's ledger entries follow one another.
CREATE TABLE reward_wallets (
  user_id BLOB PRIMARY KEY NOT NULL,
  points  INTEGER NOT NULL CHECK (points >= 0)
) STRICT, WITHOUT ROWID;

-- Events whose first reward came after users had met the condition, and how far they have been served.
CREATE TABLE reward_backlog (
  event_id   BLOB PRIMARY KEY NOT NULL,
  after_user BLOB
) STRICT, WITHOUT ROWID;
