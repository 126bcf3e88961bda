// A user with more rows than one transaction may touch: deleted, kept, and restored portion by portion, with nothing
// lost or counted twice where a process ends in between.
#include "support/farewell.hpp"

using namespace guerdon;
using namespace guerdon::test;
using auth::AccountStatus;
using auth::UserData;
using saga::SagaState;
using saga::StepState;
using Lines = std::vector<std::string>;

namespace {

constexpr std::int64_t activities = 1300;
/// An account, a saga, its step and what is audited: what goes with a portion.
constexpr std::int64_t few = 20;

void add_activities(Farewell& farewell, UserId user, std::int64_t count = activities) {
  REQUIRE(farewell.store->write([&](Tx& tx) -> Result<void> {
    for (std::int64_t i = 0; i < count; ++i)
      tx.exec(
          "INSERT INTO progress_activities (id, source, external_id, user_id, type, at, attributes, counted)"
          " VALUES ($1, 'shop', $2, $3, 'purchase', $4, $5, TRUE)",
          tx.new_id<UserId>().uuid(), user.to_string() + std::to_string(i), user, tx.now() - std::chrono::minutes{i},
          json::object{});
    return {};
  }));
}

/// Rows inserted, changed and deleted so far, as SQLite counts them; PostgreSQL keeps no such count.
std::int64_t changes(Farewell& farewell) {
  if (farewell.store->engine() != Engine::sqlite) return 0;
  return farewell.store
      ->write([](Tx& tx) -> Result<std::int64_t> { return tx.get<std::int64_t>("SELECT total_changes()"); })
      .value();
}

std::int64_t hidden_activities(Farewell& farewell, UserId user) {
  return farewell.store->read([&](Snapshot& s) {
    return s.get<std::int64_t>("SELECT count(*) FROM progress_activities WHERE user_id = $1 AND deleted_by IS NOT NULL",
                               user);
  });
}

/// The steps are applied up to where the saga stands, which holds at any time.
Lines out_of_step(Farewell& farewell) {
  auto lines = farewell.violations();
  std::erase_if(lines, [](const std::string& line) { return !line.starts_with("I33"); });
  return lines;
}

/// One portion of a restoration. True when it was the last one.
bool restore_once(Farewell& farewell, UserId user, auth::RestoreProgress& progress) {
  const auto answer =
      farewell.store->write([&](Tx& tx) { return farewell.accounts->restore(tx, farewell.boss(), user, progress); });
  return answer.value().has_value();
}

}  // namespace

TEST_CASE("a user with many facts is deleted in portions, and the receipt is their sum") {
  Farewell farewell{GENERATE(from_range(engines()))};
  Guest guest{farewell};
  add_activities(farewell, guest.id);
  const auto saga = farewell.remove_account(guest.id);
  int passes = 0;
  for (bool more = true; more; ++passes) {
    const auto before = changes(farewell);
    const auto hidden = hidden_activities(farewell, guest.id);
    more = farewell.step();
    CHECK(changes(farewell) - before <= auth::rows_a_portion + few);
    CHECK(hidden_activities(farewell, guest.id) - hidden <= auth::rows_a_portion);
    CHECK(out_of_step(farewell) == Lines{});
  }
  CHECK(passes >= 10);
  const auto record = farewell.record(saga);
  CHECK(record.state == SagaState::succeeded);
  CHECK(record.steps[0].attempts == 1);
  CHECK(record.receipt.at("progress_activities") == activities + 1);
  CHECK(farewell.rows_in_sight(guest.id) == Lines{});
  CHECK(farewell.violations() == Lines{});
}

TEST_CASE("a deletion in portions whose process ends after any pass hides every row once, and brings it back") {
  Farewell farewell{GENERATE(from_range(engines())), {}, 100};
  Guest guest{farewell};
  add_activities(farewell, guest.id, 350);
  const auto before = farewell.rows();
  for (int passes = 0; passes < 14; passes += 2) {
    INFO("after " << passes << " passes");
    const auto saga = farewell.remove_account(guest.id);
    for (int i = 0; i < passes; ++i) farewell.step();
    farewell.restart();
    farewell.settle();
    CHECK(farewell.record(saga).state == SagaState::succeeded);
    CHECK(farewell.record(saga).receipt.at("progress_activities") == 351);
    CHECK(farewell.rows_in_sight(guest.id) == Lines{});
    const auto restored = farewell.restore_account(guest.id);
    REQUIRE(restored);
    CHECK(restored->restored == farewell.record(saga).receipt);
    farewell.rebuild_users();
    CHECK(differences(before, farewell.rows()) == Lines{});
  }
}

TEST_CASE("a process that ends again and again between portions does not cost the step its deletion") {
  Farewell farewell{GENERATE(from_range(engines())), {}, 100};
  Guest guest{farewell};
  add_activities(farewell, guest.id, 550);
  const auto saga = farewell.remove_account(guest.id);
  std::int64_t hidden = 0;
  for (int ends = 0; ends < 5; ++ends) {
    const auto next = hidden + 90;
    for (int i = 0; i < 10 && hidden < next; ++i) {
      farewell.step();
      hidden = hidden_activities(farewell, guest.id);
    }
    REQUIRE(hidden >= next);
    farewell.restart();
  }
  farewell.settle();
  CHECK(farewell.record(saga).state == SagaState::succeeded);
  CHECK(farewell.record(saga).receipt.at("progress_activities") == 551);
}

TEST_CASE("a step that fails after its second portion has those undone first, and leaves every row as it was") {
  Farewell farewell{GENERATE(from_range(engines()))};
  const auto trouble = GENERATE(Trouble::refuses, Trouble::throws);
  Guest guest{farewell};
  add_activities(farewell, guest.id);
  const auto before = farewell.rows();
  // Asked only where the facts before it leave something of the limit: in the third portion.
  farewell.trouble_hiding(UserData::facts, std::vector(trouble == Trouble::refuses ? 1 : 8, trouble));
  const auto saga = farewell.remove_account(guest.id);
  std::int64_t most = 0;
  while (true) {
    const auto changed = changes(farewell);
    const bool more = farewell.step();
    CHECK(changes(farewell) - changed <= auth::rows_a_portion + few);
    most = std::max(most, hidden_activities(farewell, guest.id));
    CHECK(out_of_step(farewell) == Lines{});
    if (!more) break;
  }
  farewell.rebuild_users();
  CHECK(most > auth::rows_a_portion);
  const auto record = farewell.record(saga);
  CHECK(record.state == SagaState::failed);
  CHECK(record.steps[0].state == StepState::failed);
  CHECK(record.steps[1].state == StepState::pending);
  CHECK(record.receipt.empty());
  CHECK(farewell.status_of(guest.id) == AccountStatus::active);
  CHECK(differences(before, farewell.rows()) == Lines{});
  CHECK(farewell.said() == Lines{"UserDeletionRequested", "UserDeletionFailed"});
  CHECK(farewell.violations() == Lines{});
}

TEST_CASE("a restoration in portions opens the account last, and one that was broken off goes on") {
  Farewell farewell{GENERATE(from_range(engines()))};
  Guest guest{farewell};
  add_activities(farewell, guest.id);
  const auto before = farewell.rows();
  const auto saga = farewell.remove_account(guest.id);
  farewell.settle();
  const auto receipt = farewell.record(saga).receipt;

  auth::RestoreProgress broken_off;
  const auto changed = changes(farewell);
  REQUIRE_FALSE(restore_once(farewell, guest.id, broken_off));
  CHECK(changes(farewell) - changed <= auth::rows_a_portion + few);
  REQUIRE_FALSE(restore_once(farewell, guest.id, broken_off));
  CHECK(farewell.status_of(guest.id) == AccountStatus::deleted);
  CHECK(hidden_activities(farewell, guest.id) < activities - auth::rows_a_portion);
  CHECK(farewell.audited("account.restore-begun", guest.id.to_string()) == 1);
  farewell.restart();
  farewell.settle();
  CHECK(farewell.status_of(guest.id) == AccountStatus::deleted);

  const auto restored = farewell.restore_account(guest.id);
  REQUIRE(restored);
  CHECK(farewell.status_of(guest.id) == AccountStatus::active);
  CHECK(broken_off.restored.at("progress_activities") + restored->restored.at("progress_activities") ==
        receipt.at("progress_activities"));
  farewell.rebuild_users();
  CHECK(differences(before, farewell.rows()) == Lines{});
  CHECK(farewell.said() == Lines{"UserDeletionRequested", "UserDeletionSucceeded", "UserDeleted", "UserRestored"});
  CHECK(farewell.violations() == Lines{});
}

TEST_CASE("event data is deleted and restored in portions, and every row is as it was") {
  Farewell farewell{GENERATE(from_range(engines()))};
  farewell.create_event();
  const auto user = farewell.new_user();
  farewell.log_in(user);
  add_activities(farewell, user);
  farewell.rebuild_users();
  const auto before = farewell.rows();
  REQUIRE(farewell.remove(farewell.boss(), user));
  CHECK(hidden_activities(farewell, user) == activities);
  CHECK(farewell.audited("event-data.deletion-begun", user.to_string()) == 1);
  CHECK(farewell.audited("event-data.deleted", user.to_string()) == 1);
  REQUIRE(farewell.restore(farewell.boss(), user));
  CHECK(farewell.audited("event-data.restore-begun", user.to_string()) == 1);
  farewell.rebuild_users();
  CHECK(differences(before, farewell.rows()) == Lines{});
  CHECK(farewell.violations() == Lines{});
}

TEST_CASE("of a deletion and a restoration of event data at the same time the later one has its way, and both end") {
  Farewell farewell{GENERATE(from_range(engines()))};
  farewell.create_event();
  const auto user = farewell.new_user();
  farewell.log_in(user);
  add_activities(farewell, user);
  farewell.rebuild_users();
  const auto before = farewell.rows();
  const event::Deletions deletions{farewell.owners};
  const auto id = event::DeletableId::parse(user.to_string()).value();
  event::DataProgress deleting, restoring;
  const auto step = [&](auto call, event::DataProgress& progress) {
    return farewell.store->write([&](Tx& tx) { return (deletions.*call)(tx, farewell.boss(), id, progress); });
  };
  REQUIRE_FALSE(step(&event::Deletions::remove, deleting).value().has_value());
  REQUIRE_FALSE(step(&event::Deletions::remove, deleting).value().has_value());
  REQUIRE_FALSE(step(&event::Deletions::restore, restoring).value().has_value());
  const auto overtaken = step(&event::Deletions::remove, deleting);
  REQUIRE_FALSE(overtaken);
  CHECK(overtaken.error().problem == event::overtaken);
  int steps = 0;
  while (!step(&event::Deletions::restore, restoring).value().has_value()) REQUIRE(++steps < 10);
  // What it had begun is nobody's any more, also when all is back.
  CHECK(step(&event::Deletions::remove, deleting).error().problem == event::overtaken);
  farewell.rebuild_users();
  CHECK(differences(before, farewell.rows()) == Lines{});
  CHECK(farewell.violations() == Lines{});
}

TEST_CASE("a restoration of event data that is broken off leaves progress derived from what is in sight") {
  Farewell farewell{GENERATE(from_range(engines()))};
  farewell.create_event();
  const auto user = farewell.new_user();
  farewell.log_in(user);
  add_activities(farewell, user);
  farewell.rebuild_users();
  REQUIRE(farewell.remove(farewell.boss(), user));
  farewell.log_in(user);
  const event::Deletions deletions{farewell.owners};
  event::DataProgress restoring;
  const auto first = farewell.store->write([&](Tx& tx) {
    return deletions.restore(tx, farewell.boss(), event::DeletableId::parse(user.to_string()).value(), restoring);
  });
  REQUIRE_FALSE(first.value().has_value());
  CHECK(farewell.violations() == Lines{});
  farewell.rebuild_users();
  CHECK(farewell.violations() == Lines{});
}
