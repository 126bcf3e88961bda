-- What every request asks of an account, found without its row, of which some sixteen fit on a page. The condition holds
-- for all of them: it is there so that only a query that names it uses the index.
CREATE INDEX auth_users_standing ON auth_users (id, status, version, roles) WHERE version > 0;
