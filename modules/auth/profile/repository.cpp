// An UPDATE has no ON CONFLICT: that an address is another's shows as a violated constraint, however the two came
// about.
#include "repository.hpp"

namespace guerdon::auth {
namespace {

bool write_update(Tx& tx, UserId id, const AccountUpdate& update) {
  constexpr Sql sql =
      "UPDATE auth_users SET email = coalesce($2, email), email_key = coalesce($3, email_key),"
      " profile = coalesce($4, profile), password_hash = coalesce($5, password_hash),"
      " password_version = password_version + $6, version = version + 1, updated_at = $7"
      " WHERE id = $1 AND status = 'ACTIVE' AND password_version = coalesce($8, password_version)";
  const std::int64_t new_passwords = update.password_hash ? 1 : 0;
  return tx.exec(sql, id, update.email, update.email_key, update.profile, update.password_hash, new_passwords, tx.now(),
                 update.password_version) == 1;
}

}  // namespace

UpdateOutcome update_account(Tx& tx, UserId id, const AccountUpdate& update) {
  try {
    const auto is_done = tx.savepoint([&]() -> Result<bool> { return write_update(tx, id, update); });
    return is_done.value() ? UpdateOutcome::done : UpdateOutcome::not_active;
  } catch (const StoreError& error) {
    if (error.kind() != StoreError::Kind::constraint || !update.email) throw;
    return UpdateOutcome::address_taken;
  }
}

}  // namespace guerdon::auth
