// Planted: breaks a rule of the architecture on purpose. Never compiled.
void f(Tx& tx) {
  tx.exec("UPDATE event_events SET name = $1");
  tx.exec("SELECT name FROM event_events"
          " JOIN auth_users ON true");
  tx.exec(R"(DELETE FROM outbox_head)");  // FROM auth_sessions: only a comment
  tx.exec("DELETE FROM outbox WHERE key = $1");
  tx.exec("WITH due AS (SELECT id FROM event_events), late (id) AS (SELECT id FROM parked)"
          " SELECT id FROM due JOIN late ON true");
}
