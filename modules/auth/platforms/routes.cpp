// The HTTP routes of platform accounts: always the caller's own.
#include "routes.hpp"

#include "guerdon/routes.hpp"
#include "platforms.hpp"

namespace guerdon::auth {

void declare_platform_routes(Router& routes, const Platforms& platforms) {
  constexpr auto users = Policy::any_account().users_only();

  routes.query({.method = "GET",
                .path = "/api/auth/platforms",
                .policy = users,
                .summary = "The caller's accounts on other platforms, newest first"},
               [&platforms](Snapshot& snapshot, const Caller& caller, const Request<None, PageQuery>& request) {
                 return platforms.list_platforms(snapshot, caller, request.query);
               });

  routes.command({.method = "POST",
                  .path = "/api/auth/platforms",
                  .policy = users,
                  .summary = "Connect an account on another platform",
                  .status = 201,
                  .problems = {platform_account_taken, platform_connected}},
                 [&platforms](Tx& tx, const Caller& caller, const Request<None, None, ConnectRequest>& request) {
                   return platforms.connect(tx, caller, request.body);
                 });

  routes.command({.method = "DELETE",
                  .path = "/api/auth/platforms/{platform}",
                  .policy = users,
                  .summary = "Disconnect the caller's account on a platform",
                  .problems = {problems::not_found}},
                 [&platforms](Tx& tx, const Caller& caller, const Request<PlatformPath>& request) {
                   return platforms.disconnect(tx, caller, request.path.platform);
                 });
}

}  // namespace guerdon::auth
