-- The list of sagas: by state, and a user's. The primary key leads the others.
CREATE INDEX saga_sagas_by_state ON saga_sagas (state, id);
DROP INDEX saga_sagas_user;
CREATE INDEX saga_sagas_by_user ON saga_sagas (user_id, id) WHERE user_id IS NOT NULL;
