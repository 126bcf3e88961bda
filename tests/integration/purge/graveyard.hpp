// A campaign with the hard delete as the server wires it, driven by hand: the business clock, the system's and the
// machine's uptime are three fake clocks.
#pragma once

#include "audit/audit_log.hpp"
#include "auth/module.hpp"
#include "event/module.hpp"
#include "event/ports.hpp"
#include "integration/event/deletion_fixture.hpp"
#include "modules/auth/deletion/user_deletion.hpp"
#include "modules/auth/removal/removal.hpp"
#include "modules/auth/repository.hpp"
#include "progress/module.hpp"
#include "purge/hard_delete.hpp"
#include "purge/platform_rows.hpp"
#include "reward/module.hpp"
#include "saga/module.hpp"

namespace guerdon::test {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

inline std::vector<PurgeOwner> all_purge_owners() {
  return {reward::purge_owner(), progress::purge_owner(), event::purge_owner(),
          saga::purge_owner(),   auth::account_owner(),   platform_purge_owner()};
}

struct Graveyard : Office {
  explicit Graveyard(Engine engine, HardDeleteRules rules = {})
      : Office(engine),
        hard_delete(rules, {.clock = guard,
                            .users = auth::account_source(tombstones, name_keys),
                            .events = event::purge_source(),
                            .owners = all_purge_owners(),
                            .erase = [this](Tx& tx, PurgeRunId) { tx.on_commit([this] { ++erasures; }); }}) {
    system.set(store.clock.now());
    uptime.set(Instant{1h});
  }

  /// Time passes: on every clock.
  void pass_time(std::chrono::milliseconds by) {
    store.clock.advance(by);
    system.advance(by);
    uptime.advance(by);
  }

  template <class F>
  void write(F fn) {
    const auto written = store->write([&](Tx& tx) -> Result<void> {
      fn(tx);
      return {};
    });
    REQUIRE(written);
  }

  /// What the deletion saga leaves behind: the user's data is hidden under its id, the account is DELETED.
  void delete_softly(UserId user) {
    write([&](Tx& tx) {
      const auto mark = tx.new_id<Id<SessionTag>>().uuid();
      (void)owners.hide(tx, user, mark, auth::all_user_data).value();
      tx.exec("UPDATE auth_users SET status = 'DELETED', deleted_at = $2, deleted_by = $3 WHERE id = $1", user,
              tx.now(), mark);
    });
  }
  void restore_account(UserId user) {
    write([&](Tx& tx) {
      tx.exec("UPDATE auth_users SET status = 'ACTIVE', deleted_at = NULL, deleted_by = NULL WHERE id = $1", user);
    });
  }

  PurgeStart begin() {
    return store->write([&](Tx& tx) -> Result<PurgeStart> { return hard_delete.begin(tx); }).value();
  }
  Result<PurgeStart> confirm() {
    return store->write([&](Tx& tx) { return hard_delete.confirm(tx, boss()); });
  }
  /// One batch; true when all is done.
  bool pass() {
    return store->write([&](Tx& tx) -> Result<bool> { return hard_delete.pass(tx); }).value();
  }
  int finish() {
    int passes = 1;
    while (!pass()) ++passes;
    return passes;
  }
  PurgeRun last_run() {
    return store->read([](Snapshot& s) { return find_last_run(s).value(); });
  }

  [[nodiscard]] bool has_account(UserId user) {
    return store->read([&](Snapshot& s) { return auth::find_state(s, user).has_value(); });
  }
  std::int64_t count(Sql sql, const Uuid& id) {
    return store->read([&](Snapshot& s) { return s.get<std::int64_t>(sql, id); });
  }

  /// What does not hold of the committed rows.
  Lines violations() {
    Lines lines;
    store->read([&](Snapshot& s) {
      for (const auto& all :
           {auth::invariants(), event::invariants(), progress::invariants(), reward::invariants(), saga::invariants()})
        for (const auto& invariant : all)
          for (const auto& line : invariant.violations(s)) lines.push_back(std::string{invariant.name} + ": " + line);
      for (const auto& line : audit_chain_violations(s)) lines.push_back("audit: " + line);
    });
    return lines;
  }

  FakeClock system, uptime;
  ClockGuard guard{system, uptime};
  auth::SigningSecrets secrets{.current = std::string(32, 'k'), .previous = std::string(32, 'p')};
  auth::Tombstones tombstones{secrets};
  auth::NameKeys name_keys{secrets};
  int erasures = 0;
  HardDelete hard_delete;
};

}  // namespace guerdon::test
