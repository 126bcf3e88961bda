// When a user is removed for good their sagas stay, under the user's id, as the record of what was done. The one that
// deleted them gets the receipt: how many rows of which table are gone. Why one failed goes, in words and as a code.
#include "guerdon/purge.hpp"
#include "saga/module.hpp"

namespace guerdon::saga {
namespace {

constexpr std::string_view removed_prefix = "removed.";
constexpr std::string_view deletion_type = "user-deletion";  ///< as auth defines it

void forget_failures(Tx& tx, const Uuid& user, PurgeBatch& batch) {
  batch.add("saga_sagas",
            tx.exec("UPDATE saga_sagas SET reason = NULL WHERE user_id = $1 AND reason IS NOT NULL", user));
  batch.add("saga_steps", tx.exec("UPDATE saga_steps SET error = NULL WHERE error IS NOT NULL"
                                  " AND saga_id IN (SELECT id FROM saga_sagas WHERE user_id = $1)",
                                  user));
}

struct Head {
  SagaId id;
  std::optional<json::object> receipt;
};
BOOST_DESCRIBE_STRUCT(Head, (), (id, receipt))

void complete_receipt(Tx& tx, UserId user, const PurgeCounts& counts) {
  auto saga = tx.find<Head>(
      "SELECT id, receipt FROM saga_sagas WHERE user_id = $1 AND type = $2 AND state = 'SUCCEEDED'"
      " ORDER BY finished_at DESC LIMIT 1",
      user, deletion_type);
  if (!saga) return;
  auto receipt = saga->receipt.value_or(json::object{});
  for (const auto& [table, rows] : counts) receipt[std::string{removed_prefix} + table] = rows;
  tx.exec("UPDATE saga_sagas SET receipt = $2 WHERE id = $1", saga->id, receipt);
}

}  // namespace

PurgeOwner purge_owner() {
  return {.columns = {{"saga_sagas", "user_id", Fate::pseudonym},
                      {"saga_sagas", "reason", Fate::scrubbed},
                      {"saga_steps", "error", Fate::scrubbed}},
          .user = forget_failures,
          .user_removed = complete_receipt};
}

}  // namespace guerdon::saga
