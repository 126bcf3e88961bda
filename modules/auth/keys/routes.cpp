// The HTTP routes of service keys. A key makes no keys, so that no others outlive it when it is revoked. What an
// ADMIN's key does to accounts outlives it all the same.
#include "routes.hpp"

#include "guerdon/routes.hpp"
#include "keys.hpp"

namespace guerdon::auth {

using CreateKeyCall = Request<None, None, Decoded<KeyRequest>>;

void declare_key_routes(Router& routes, const Keys& keys) {
  constexpr auto admins = Policy::roles({Role::admin}).users_only();

  // Answers to an Idempotency-Key are kept as they are, and this one holds a secret.
  routes.command({.method = "POST",
                  .path = "/api/admin/keys",
                  .policy = admins,
                  .summary = "Make a service key; a repeat makes another one",
                  .status = 201,
                  .idempotent = false},
                 [&keys](Tx& tx, const Caller& caller, const CreateKeyCall& request) {
                   return keys.create(tx, caller, request.body);
                 });

  routes.query({.method = "GET",
                .path = "/api/admin/keys",
                .policy = admins,
                .summary = "Service keys without their secrets, newest first; revoked ones on request"},
               [&keys](Snapshot& snapshot, const Caller&, const Request<None, KeyListQuery>& request) {
                 return keys.list_keys(snapshot, request.query);
               });

  routes.command({.method = "DELETE",
                  .path = "/api/admin/keys/{id}",
                  .policy = admins,
                  .summary = "Revoke a service key: it is refused from the next request on",
                  .problems = {problems::not_found}},
                 [&keys](Tx& tx, const Caller& caller, const Request<KeyPath>& request) {
                   return keys.revoke(tx, caller, request.path.id);
                 });
}

}  // namespace guerdon::auth
