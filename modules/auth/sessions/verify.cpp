// Names are ASCII by their own rule, so they fit into a header as they are.
#include "verify.hpp"

#include "../repository.hpp"

namespace guerdon::auth {
namespace {

std::string list_of(RoleSet roles) {
  std::string list;
  for (const Role role : roles.list()) {
    if (!list.empty()) list += ',';
    list += wire_name(role);
  }
  return list;
}

}  // namespace

Result<Answer> verify_caller(Snapshot& snapshot, const Caller& caller) {
  std::string name;
  if (caller.user) {
    const auto account = find_user(snapshot, *caller.user);
    if (!account) return Error{problems::token_revoked, "The account is gone."};
    name = account->username;
  }
  return Answer{.status = 200,
                .body = {},
                .headers = {{"X-User-Id", std::string{caller.actor().value()}},
                            {"X-User-Name", std::move(name)},
                            {"X-User-Roles", list_of(caller.roles)}}};
}

}  // namespace guerdon::auth
