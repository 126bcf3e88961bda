// A campaign at the level of transactions: events, log-ins and requests on a database of either engine, without HTTP,
// bus or threads. Messages between the modules are carried by hand, so that a test decides when.
#pragma once

#include <catch2/catch.hpp>
#include <string>

#include "guerdon/cursor.hpp"
#include "modules/event/service.hpp"
#include "modules/progress/service.hpp"
#include "modules/reward/catalogue.hpp"
#include "modules/reward/requests.hpp"
#include "modules/reward/wallets.hpp"
#include "support/databases.hpp"
#include "support/idle_pumps.hpp"
#include "support/result.hpp"

namespace guerdon::test {

inline Instant at(const char* text) { return parse_rfc3339(text).value(); }

struct Campaign {
  explicit Campaign(Engine engine, store::DatabaseOptions options = {})
      : store(engine, Schema::migrated, std::move(options)) {
    store.clock.set(at("2026-03-02T12:00:00Z"));
  }

  UserId new_user(RoleSet roles = {Role::user});
  static Caller as(UserId user, RoleSet roles = {Role::user});

  event::EventView create_event(const std::string& json_overrides = "{}");
  /// Changes members of an event, as PUT and the subscribers of EventUpdated do.
  void edit_event(const event::EventView& event, const std::string& json_overrides);
  reward::RewardView add_reward(event::EventId event, std::int64_t points, std::optional<std::int64_t> quantity = {});
  reward::RewardView add_reward(event::EventId event, const json::object& body);
  /// Counts a log-in now, as the subscriber would.
  void log_in(UserId user) { log_in(user, store.clock.now()); }
  void log_in(UserId user, Instant when);
  /// Carries out queued rebuilds.
  void rebuild(event::EventId event);
  void serve_backlog();
  progress::ProgressView progress_of(event::EventId event, UserId user);
  Result<reward::RequestView> ask(event::EventId event, UserId user);
  void serve(event::EventId event, UserId user);
  std::optional<reward::RequestView> request_of(event::EventId event, UserId user);
  std::int64_t points_of(UserId user);
  std::size_t count_messages(std::string_view type) const;
  void advance(std::chrono::milliseconds by) { store.clock.advance(by); }

  TestDatabase store;
  CursorCodec cursors{"a key for the cursors of this test"};
  IdlePumps pumps;
  event::Service events{cursors, TimeZone{}};
  progress::Service progress{cursors};
  reward::Catalogue catalogue{cursors, pumps};
  reward::Requests requests{cursors};
  reward::Wallets wallets{cursors};
  UserId operator_id = new_user({Role::operator_});
};

}  // namespace guerdon::test
