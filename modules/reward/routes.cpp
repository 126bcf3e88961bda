// The HTTP routes of rewards, requests and wallets. Declarations only.
#include "routes.hpp"

#include "catalogue.hpp"
#include "decision_routes.hpp"
#include "guerdon/routes.hpp"
#include "model.hpp"
#include "requests.hpp"
#include "wallets.hpp"

namespace guerdon::reward {
namespace {

using RegisterCall = Request<EventPath, None, Decoded<RewardRegisterRequest>>;
using UpdateCall = Request<RewardPath, None, Decoded<RewardUpdateRequest>>;
using CodesCall = Request<RewardPath, None, CodesRequest>;

constexpr Policy editors = Policy::roles({Role::operator_, Role::admin});

void declare_reading_rewards(Router& routes, Catalogue& catalogue) {
  routes.query(
      {.method = "GET",
       .path = "/api/events/{eventId}/rewards",
       .policy = Policy::any_account(),
       .summary = "An event's rewards, newest first",
       .problems = {problems::not_found}},
      [&catalogue](Snapshot& snapshot, const Caller& caller, const Request<EventPath, RewardListQuery>& request) {
        return catalogue.list_rewards(snapshot, caller, request.path.event_id, request.query);
      });
  routes.query({.method = "GET",
                .path = "/api/events/{eventId}/rewards/{id}",
                .policy = Policy::any_account(),
                .summary = "One reward",
                .problems = {problems::not_found},
                .etag = true},
               [&catalogue](Snapshot& snapshot, const Caller& caller, const Request<RewardPath, RewardQuery>& request) {
                 return catalogue.get_reward(snapshot, caller, request.path.event_id, request.path.id, request.query);
               });
}

void declare_writing_rewards(Router& routes, Catalogue& catalogue) {
  routes.command({.method = "POST",
                  .path = "/api/events/{eventId}/rewards",
                  .policy = editors,
                  .summary = "Register a reward",
                  .status = 201,
                  .problems = {problems::not_found}},
                 [&catalogue](Tx& tx, const Caller& caller, const RegisterCall& request) {
                   return catalogue.register_reward(tx, caller, request.path.event_id, request.body);
                 });
  routes.command({.method = "PUT",
                  .path = "/api/events/{eventId}/rewards/{id}",
                  .policy = editors,
                  .summary = "Change a reward, for later grants",
                  .problems = {problems::not_found, refusals::quantity_below_granted}},
                 [&catalogue](Tx& tx, const Caller& caller, const UpdateCall& request) {
                   return catalogue.update_reward(tx, caller, request.path.event_id, request.path.id, request.body);
                 });
  routes.command({.method = "DELETE",
                  .path = "/api/events/{eventId}/rewards/{id}",
                  .policy = editors,
                  .summary = "Grant a reward no more",
                  .problems = {problems::not_found}},
                 [&catalogue](Tx& tx, const Caller& caller, const Request<RewardPath>& request) {
                   return catalogue.delete_reward(tx, caller, request.path.event_id, request.path.id);
                 });
  routes.command({.method = "POST",
                  .path = "/api/events/{eventId}/rewards/{id}/codes",
                  .policy = editors,
                  .summary = "Add unique codes to a coupon's pool",
                  .problems = {problems::not_found, refusals::no_code_pool},
                  .max_body = 512 * 1024},
                 [&catalogue](Tx& tx, const Caller& caller, const CodesCall& request) {
                   return catalogue.add_codes(tx, caller, request.path.event_id, request.path.id, request.body);
                 });
}

void declare_requests(Router& routes, Requests& requests) {
  routes.command(
      {.method = "POST",
       .path = "/api/events/{eventId}/requests",
       .policy = Policy::roles({Role::user}).users_only(),
       .summary = "Ask for an event's rewards",
       .status = 201,
       .problems = {problems::not_found, problems::user_deleted, refusals::event_deleted, refusals::event_not_running,
                    refusals::already_requested, refusals::rewards_exhausted, refusals::no_rewards},
       .alias = "/api/events/{eventId}/request",
       .budget = Budget::reward_request},
      [&requests](Tx& tx, const Caller& caller, const Request<EventPath>& request) {
        return requests.ask(tx, caller, request.path.event_id);
      });
  routes.query({.method = "GET",
                .path = "/api/events/requests",
                .policy = Policy::any_account(),
                .summary = "Reward requests, newest first: own ones, or all for staff",
                .problems = {problems::not_found}},
               [&requests](Snapshot& snapshot, const Caller& caller, const Request<None, RequestListQuery>& request) {
                 return requests.list_requests(snapshot, caller, request.query);
               });
  routes.query(
      {.method = "GET",
       .path = "/api/events/requests/{id}",
       .policy = Policy::any_account(),
       .summary = "One reward request",
       .problems = {problems::not_found},
       .etag = true},
      [&requests](Snapshot& snapshot, const Caller& caller, const Request<RequestPath, RequestQuery>& request) {
        return requests.get_request(snapshot, caller, request.path.id, request.query);
      });
}

void declare_wallets(Router& routes, Wallets& wallets) {
  routes.query({.method = "GET",
                .path = "/api/wallet",
                .policy = Policy::any_account(),
                .summary = "What the user owns",
                .problems = {problems::not_found},
                .etag = true},
               [&wallets](Snapshot& snapshot, const Caller& caller, const Request<None, WalletQuery>& request) {
                 return wallets.get_wallet(snapshot, caller, request.query);
               });
  routes.query({.method = "GET",
                .path = "/api/wallet/ledger",
                .policy = Policy::any_account(),
                .summary = "Every movement of points, newest first",
                .problems = {problems::not_found}},
               [&wallets](Snapshot& snapshot, const Caller& caller, const Request<None, LedgerQuery>& request) {
                 return wallets.list_ledger(snapshot, caller, request.query);
               });
}

}  // namespace

void declare_routes(Router& routes, Catalogue& catalogue, Requests& requests, Wallets& wallets) {
  declare_reading_rewards(routes, catalogue);
  declare_writing_rewards(routes, catalogue);
  declare_requests(routes, requests);
  declare_decision_routes(routes);
  declare_wallets(routes, wallets);
}

}  // namespace guerdon::reward
