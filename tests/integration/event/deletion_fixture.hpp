// A campaign whose events, and whose users' data in them, can be deleted and restored as the server wires it.
#pragma once

#include <optional>
#include <utility>

#include "modules/event/deletion.hpp"
#include "modules/progress/user_data.hpp"
#include "modules/reward/user_data.hpp"
#include "support/campaign.hpp"

namespace guerdon::test {

struct Office : Campaign {
  explicit Office(Engine engine, store::DatabaseOptions options = {}) : Campaign(engine, std::move(options)) {
    progress::own_user_data(pumps, owners);
    reward::own_user_data(owners);
  }

  [[nodiscard]] Caller boss() const { return as(admin_id, {Role::admin}); }

  template <class Subject>
  Result<None> remove(const Caller& caller, Subject id) {
    const auto deletable = event::DeletableId::parse(id.to_string()).value();
    return in_steps<None, event::DataProgress>(
        [&](Tx& tx, event::DataProgress& far) { return deletions.remove(tx, caller, deletable, far); });
  }
  template <class Subject>
  Result<None> restore(const Caller& caller, Subject id) {
    const auto deletable = event::DeletableId::parse(id.to_string()).value();
    return in_steps<None, event::DataProgress>(
        [&](Tx& tx, event::DataProgress& far) { return deletions.restore(tx, caller, deletable, far); });
  }
  /// As a route in steps does: each in a transaction of its own, until one answers.
  template <class Output, class State, class Step>
  Result<Output> in_steps(Step step) {
    for (State before, after;; before = std::move(after)) {
      const auto answer = store->write([&](Tx& tx) -> Result<std::optional<Output>> {
        after = before;  // it may run again
        return step(tx, after);
      });
      if (!answer) return answer.error();
      if (*answer) return **answer;
    }
  }
  /// Carries out queued rebuilds of users.
  void rebuild_users() {
    bool more = true;
    while (more)
      REQUIRE(store->write([&](Tx& tx) -> Result<void> {
        more = progress::rebuild_user(tx).more;
        return {};
      }));
  }

  Result<event::EventView> get(event::EventId id, const Caller& caller, bool include_deleted = false) {
    return store->read([&](Snapshot& s) { return events.get_event(s, caller, id, {include_deleted}); });
  }
  std::vector<std::string> names(const Caller& caller, event::EventListQuery query = {}) {
    const auto page = store->read([&](Snapshot& s) { return events.list_events(s, caller, query); }).value();
    std::vector<std::string> found;
    for (const auto& event : page.items) found.push_back(event.name);
    return found;
  }
  /// How often it was done, as the audit log has it.
  std::int64_t audited(std::string_view action, const std::string& subject) {
    return store->read([&](Snapshot& s) {
      return s.get<std::int64_t>("SELECT count(*) FROM audit_log WHERE action = $1 AND subject = $2", action, subject);
    });
  }

  auth::UserDataOwners owners;
  event::Deletions deletions{owners};
  UserId admin_id = new_user({Role::admin});
};

}  // namespace guerdon::test
