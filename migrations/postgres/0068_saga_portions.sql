-- The step at the saga's position has done a part of its work, and is not applied.
ALTER TABLE saga_sagas ADD COLUMN is_partial boolean NOT NULL DEFAULT FALSE;
