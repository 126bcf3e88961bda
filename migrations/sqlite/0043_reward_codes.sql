-- The codes of coupon pools, each given to one request at most; a request takes one code of a pool at most.
CREATE TABLE reward_codes (
  reward_id  BLOB NOT NULL,
  code       TEXT NOT NULL,
  request_id BLOB,
  added_at   INTEGER NOT NULL,
  PRIMARY KEY (reward_id, code)
) STRICT, WITHOUT ROWID;

CREATE INDEX reward_codes_free ON reward_codes (reward_id, code) WHERE request_id IS NULL;
CREATE UNIQUE INDEX reward_codes_by_request ON reward_codes (request_id, reward_id) WHERE request_id IS NOT NULL;
