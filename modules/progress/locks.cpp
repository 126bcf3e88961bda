// SQL of the locks. The first key says what is locked, the second of whom: two users may share one, and then wait for
// each other without need.
#include "locks.hpp"

namespace guerdon::progress {
namespace {

/// Nobody else writes meanwhile.
bool is_alone(const Tx& tx) { return tx.engine() == Engine::sqlite; }

}  // namespace

void keep_in_sight(Tx& tx, UserId user) {
  if (is_alone(tx)) return;
  tx.exec("SELECT pg_advisory_xact_lock_shared(1735680101, hashtext(CAST($1 AS text)))", user.to_string());
}

void hold_user_data(Tx& tx, UserId user) {
  if (is_alone(tx)) return;
  tx.exec("SELECT pg_advisory_xact_lock(1735680101, hashtext(CAST($1 AS text)))", user.to_string());
}

void hold_invitation(Tx& tx, UserId invitee) {
  if (is_alone(tx)) return;
  tx.exec("SELECT pg_advisory_xact_lock(1735680103, hashtext(CAST($1 AS text)))", invitee.to_string());
}

void begin_counting(Tx& tx) {
  if (!is_alone(tx)) tx.exec("SELECT pg_advisory_xact_lock_shared(1735680102, 0)");
}

void await_counting(Tx& tx) {
  if (!is_alone(tx)) tx.exec("SELECT pg_advisory_xact_lock(1735680102, 0)");
}

}  // namespace guerdon::progress
