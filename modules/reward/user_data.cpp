// Marks a user's requests, and takes that mark away again.
#include "user_data.hpp"

namespace guerdon::reward {
namespace {

/// By id, as everybody locks them. How many there are is bounded by how often operators have rejected the user.
void lock_requests_of(Tx& tx, UserId user) {
  static constexpr Sql sql{"SELECT id FROM reward_requests WHERE user_id = $1 ORDER BY id",
                           "SELECT id FROM reward_requests WHERE user_id = $1 ORDER BY id FOR UPDATE"};
  tx.exec(sql, user);
}

}  // namespace

event::RowCounts hide_user(Tx& tx, UserId user, const Uuid& mark) {
  lock_requests_of(tx, user);
  const auto hidden =
      tx.exec("UPDATE reward_requests SET deleted_at = $3, deleted_by = $2 WHERE user_id = $1 AND deleted_at IS NULL",
              user, mark, tx.now());
  return {{"reward_requests", hidden}};
}

event::RowCounts show_user(Tx& tx, UserId user, const Uuid& mark) {
  lock_requests_of(tx, user);
  const auto shown =
      tx.exec("UPDATE reward_requests SET deleted_at = NULL, deleted_by = NULL WHERE user_id = $1 AND deleted_by = $2",
              user, mark);
  return {{"reward_requests", shown}};
}

}  // namespace guerdon::reward
