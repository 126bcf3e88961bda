-- INSERT OR REPLACE takes rows out without asking the trigger that keeps them.
CREATE TRIGGER audit_log_keeps_places BEFORE INSERT ON audit_log
WHEN EXISTS (SELECT 1 FROM audit_log WHERE position = NEW.position OR id = NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;
