-- Nothing to refuse that is not refused yet: here an INSERT replaces a row by an UPDATE of it.
COMMENT ON TABLE audit_log IS 'append-only: triggers refuse to change or remove a row';
