// See administrators.hpp.
#include "app/administrators.hpp"

#include <string>
#include <string_view>

#include "auth/ports.hpp"
#include "guerdon/password.hpp"
#include "runtime/error_words.hpp"
#include "runtime/exit_codes.hpp"
#include "telemetry/log.hpp"

namespace guerdon {
namespace {

std::string text_of(const json::object& object, std::string_view name) {
  const auto* const value = object.if_contains({name.data(), name.size()});
  return value != nullptr && value->is_string() ? std::string{value->get_string()} : std::string{};
}

/// On a thread that hashes once: it keeps no memory for a next time.
Result<auth::NewAccount> prepare(Foundation& foundation, const auth::AccountInput& input) {
  auto account = auth::prepare_account(foundation.config().auth, foundation.random(), input);
  release_password_memory();
  return account;
}

}  // namespace

void add_first_admin(Foundation& foundation, const FirstAdmin& admin) {
  auto& database = foundation.database();
  if (database.read([](Snapshot& snapshot) { return auth::has_admin(snapshot); })) return;
  const auto& [username, email, password] = admin;
  const auto account = prepare(foundation, {username, email, password, RoleSet{Role::admin}});
  if (!account) throw StartError(exit_config, "the first administrator: " + in_words(account.error()));
  const auto added = database.write([&](Tx& tx) { return auth::add_first_admin(tx, *account); });
  if (!added) throw StartError(exit_config, "the first administrator: " + in_words(added.error()));
  if (*added) log::info("runtime", "made the first administrator", {{"user", (*added)->to_string()}});
}

int create_admin(Foundation& foundation, const json::object& arguments, ControlOutput output) {
  const auto refuse = [&](const Error& error) {
    static_cast<void>(output("refused: " + in_words(error)));
    return exit_failed;
  };
  const auth::AccountInput input{text_of(arguments, "username"), text_of(arguments, "email"),
                                 Secret<std::string>{text_of(arguments, "password")}, RoleSet{Role::admin}};
  const auto account = prepare(foundation, input);
  if (!account) return refuse(account.error());
  const auto added = foundation.database().write([&](Tx& tx) { return auth::add_account_by(tx, Caller{}, *account); });
  if (!added) return refuse(added.error());
  static_cast<void>(output("made the administrator " + input.username + ", " + added->to_string()));
  return exit_ok;
}

}  // namespace guerdon
