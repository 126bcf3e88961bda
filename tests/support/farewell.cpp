#include "support/farewell.hpp"

#include <stdexcept>

#include "auth/module.hpp"
#include "event/module.hpp"
#include "modules/auth/platforms/repository.hpp"
#include "modules/auth/repository.hpp"
#include "modules/progress/activities.hpp"
#include "progress/module.hpp"
#include "reward/module.hpp"
#include "saga/module.hpp"

namespace guerdon::test {
namespace {

using namespace std::chrono_literals;

constexpr Problem no_farewell{409, "no-farewell"};

store::DatabaseOptions quick(store::DatabaseOptions options) {
  options.full_durability = false;
  options.on_fatal = [](int, const std::string&) {};
  return options;
}

}  // namespace

Farewell::Farewell(Engine engine, store::DatabaseOptions options, std::int64_t limit)
    : Office(engine, quick(std::move(options))), limit_(limit) {
  for (const auto kind : auth::all_user_data)
    owners.add({.kind = kind,
                .hide = [this, kind](Tx&, UserId, const Uuid&, std::int64_t) { return meet(hiding_, kind); },
                .show = [this, kind](Tx&, UserId, const Uuid&, std::int64_t) { return meet(showing_, kind); }});
  wire();
}

void Farewell::wire() {
  accounts.reset();
  engine_.reset();
  pump_ = std::make_unique<OnePump>();
  engine_ = std::make_unique<saga::SagaEngine>(*pump_, *random_);
  auth::define_user_deletion(*engine_, owners, limit_);
  accounts.emplace(*engine_, owners, auth::SessionCopies{}, limit_);
}

Result<auth::RowCounts> Farewell::meet(Script& script, auth::UserData kind) {
  auto& next = script[kind];
  if (next.empty()) return auth::RowCounts{};
  const auto trouble = next.front();
  next.pop_front();
  if (trouble == Trouble::throws) throw std::runtime_error("a bug");
  return Error{no_farewell, "not yet"};
}

bool Farewell::step() {
  PumpResult result;
  try {
    (void)store->write([&](Tx& tx) -> Result<void> {
      result = pump_->pass(tx);
      return {};
    });
  } catch (const StoreError& error) {
    if (error.kind() == StoreError::Kind::commit_unknown) restart();
    return true;
  }
  if (!result.more && result.next_at) store.clock.set(std::max(store.clock.now(), *result.next_at));
  return result.more || result.next_at.has_value();
}

void Farewell::settle() {
  for (int passes = 0; step(); ++passes) REQUIRE(passes < 1000);
  rebuild_users();
}

void Farewell::restart() {
  store.reopen();
  wire();
}

saga::SagaRecord Farewell::record(auth::DeletionId saga) {
  return store->read([&](Snapshot& s) { return engine_->find(s, saga::SagaId{saga.uuid()}); }).value();
}

auth::AccountStatus Farewell::status_of(UserId user) {
  return store->read([&](Snapshot& s) { return auth::find_state(s, user)->status; });
}

AllRows Farewell::rows() {
  return all_rows(store, {.tables = {"saga_sagas", "saga_steps", "audit_log", "audit_head", "auth_sessions"},
                          .columns = {{"auth_users", {"version", "updated_at"}}}});
}

std::vector<std::string> Farewell::rows_in_sight(UserId user) {
  constexpr Sql sql =
      "SELECT 'login', count(*) FROM progress_logins WHERE user_id = $1"
      " UNION ALL SELECT 'session fact', count(*) FROM progress_sessions WHERE user_id = $1 AND deleted_by IS NULL"
      " UNION ALL SELECT 'activity', count(*) FROM progress_activities WHERE user_id = $1 AND deleted_by IS NULL"
      " UNION ALL SELECT 'invitation', count(*) FROM progress_invitations WHERE inviter_id = $1 AND deleted_by IS NULL"
      " UNION ALL SELECT 'state', count(*) FROM progress_states WHERE user_id = $1"
      " UNION ALL SELECT 'request', count(*) FROM reward_requests WHERE user_id = $1 AND deleted_by IS NULL"
      " UNION ALL SELECT 'grant', count(*) FROM reward_grants WHERE user_id = $1 AND deleted_by IS NULL"
      " UNION ALL SELECT 'entry', count(*) FROM reward_ledger WHERE user_id = $1 AND deleted_by IS NULL"
      " UNION ALL SELECT 'wallet', count(*) FROM reward_wallets WHERE user_id = $1 AND deleted_by IS NULL"
      " UNION ALL SELECT 'platform', count(*) FROM auth_platforms WHERE user_id = $1 AND deleted_by IS NULL"
      " UNION ALL SELECT 'session', count(*) FROM auth_sessions WHERE user_id = $1"
      " UNION ALL SELECT 'account', count(*) FROM auth_users WHERE id = $1 AND status IN ('ACTIVE', 'SUSPENDED')";
  std::vector<std::string> found;
  for (const auto& [what, count] :
       store->read([&](Snapshot& s) { return s.list<std::tuple<std::string, std::int64_t>>(sql, user); }))
    if (count != 0) found.push_back(std::to_string(count) + ' ' + what);
  return found;
}

std::vector<std::string> Farewell::violations() {
  std::vector<std::string> lines;
  store->read([&](Snapshot& s) {
    for (auto* const of_module :
         {auth::invariants, event::invariants, progress::invariants, reward::invariants, saga::invariants})
      for (const auto& invariant : of_module())
        for (const auto& line : invariant.violations(s)) lines.push_back(std::string{invariant.name} + ": " + line);
  });
  return lines;
}

std::vector<std::string> Farewell::said() {
  std::vector<std::string> types;
  const auto messages = store.outbox.messages();
  for (; heard_ < messages.size(); ++heard_) {
    const auto& type = messages[heard_].type;
    if (type.starts_with("UserDel") || type == "UserRestored") types.push_back(type);
  }
  return types;
}

Guest::Guest(Farewell& farewell)
    : id(farewell.new_user()),
      paid(farewell.create_event(R"({"name": "Paid", "conditionParams": {"days": 1}})")),
      waiting(farewell.create_event(R"({"name": "Waiting"})")),
      manual(farewell.create_event(R"({"name": "Manual", "approval": "MANUAL", "conditionParams": {"days": 1}})")) {
  farewell.add_reward(paid.id, 10, 5);
  farewell.add_reward(paid.id, {{"type", "ITEM"}, {"metadata", {{"itemId", "sword"}, {"quantity", 2}}}});
  farewell.add_reward(paid.id, {{"type", "BADGE"}, {"metadata", {{"badgeId", "early"}}}});
  farewell.add_reward(paid.id, {{"type", "COUPON"}, {"metadata", {{"code", "SPRING-2026"}}}});
  farewell.add_reward(waiting.id, 100, 5);
  farewell.add_reward(manual.id, 7, 5);

  farewell.log_in(id, farewell.store.clock.now());
  REQUIRE(farewell.remove(farewell.boss(), id));  // stays deleted, whatever becomes of the account
  farewell.advance(24h);
  farewell.log_in(id);
  farewell.serve(paid.id, id);
  pending = farewell.ask(waiting.id, id).value().id;
  held = farewell.ask(manual.id, id).value().id;
  REQUIRE(farewell.points_of(id) == 10);

  progress::ActivityInput spent;
  spent.user_id = id;
  spent.type = event::ActivityType::trusted("purchase");
  const auto friend_ = farewell.new_user();
  REQUIRE(farewell.store->write([&](Tx& tx) -> Result<void> {
    tx.exec("UPDATE auth_users SET invited_by = $2 WHERE id = $1", friend_, id);
    if (auto counted = farewell.progress.count_signup(tx, friend_, tx.now()); !counted) return counted;
    if (auto counted = farewell.progress.count_session(tx, id, tx.now()); !counted) return counted;
    if (const auto posted = progress::post_activity(tx, Farewell::as(farewell.operator_id), spent); !posted)
      return posted.error();
    tx.exec("UPDATE progress_activities SET counted = TRUE");
    auth::add_connection(tx, id,
                         {.id = tx.new_id<auth::ConnectionId>(),
                          .platform = "steam",
                          .platform_user_id = id.to_string(),
                          .connected_at = tx.now()});
    auth::replace_session(tx, id, tx.new_id<SessionId>(), tx.now() + 24h);
    return {};
  }));
  farewell.rebuild(paid.id);  // with it all that are queued: nothing is left to be derived
  (void)farewell.said();
}

}  // namespace guerdon::test
