// The way back of a deletion: each step's undo, tried until it is done, leaves every row as it was before.
#include "support/farewell.hpp"

using namespace guerdon;
using namespace guerdon::test;
using auth::AccountStatus;
using auth::UserData;
using saga::SagaState;
using saga::StepState;
using Lines = std::vector<std::string>;

namespace {

constexpr std::size_t account_step = 3;

std::size_t step_of(UserData kind) {
  switch (kind) {
    case UserData::facts:
      return 0;
    case UserData::progress:
      return 1;
    case UserData::requests:
    case UserData::wallet:
      return 2;
  }
  return account_step;
}

void set_status(Farewell& farewell, UserId user, AccountStatus status) {
  REQUIRE(farewell.store->write([&](Tx& tx) -> Result<std::int64_t> {
    return tx.exec("UPDATE auth_users SET status = $2 WHERE id = $1", user, status);
  }));
}

/// As if there were a step after the last one, and it had refused.
void turn_round(Farewell& farewell, auth::DeletionId saga) {
  REQUIRE(farewell.store->write([&](Tx& tx) -> Result<std::int64_t> {
    return tx.exec(
        "UPDATE saga_sagas SET state = 'COMPENSATING', position = $2, failed_step = 'farewell', reason = 'no-farewell',"
        " receipt = NULL, finished_at = NULL, next_at = $3 WHERE id = $1",
        saga, static_cast<int>(account_step), tx.now());
  }));
}

}  // namespace

TEST_CASE("an account that can't be closed at any attempt has all the steps before undone, and is what it was") {
  Farewell farewell{GENERATE(from_range(engines()))};
  Guest guest{farewell};
  const auto before = farewell.rows();
  const auto saga = farewell.remove_account(guest.id);
  set_status(farewell, guest.id, AccountStatus::deleted);  // which is not what the step finds when all is well
  farewell.settle();
  const auto record = farewell.record(saga);
  CHECK(record.state == SagaState::failed);
  CHECK(record.steps[account_step].state == StepState::failed);
  CHECK(record.steps[account_step].attempts == 8);
  for (std::size_t i = 0; i < account_step; ++i) CHECK(record.steps[i].state == StepState::undone);
  CHECK(farewell.status_of(guest.id) == AccountStatus::active);
  CHECK(differences(before, farewell.rows()) == Lines{});
  CHECK(farewell.said() == Lines{"UserDeletionRequested", "UserDeletionFailed"});
  CHECK(farewell.violations() == Lines{});
}

TEST_CASE("an undo that fails is tried until it is done, whichever step's it is") {
  Farewell farewell{GENERATE(from_range(engines()))};
  Guest guest{farewell};
  const auto before = farewell.rows();
  for (const auto kind : auth::all_user_data) {
    for (const auto trouble : {Trouble::refuses, Trouble::throws}) {
      INFO("step " << step_of(kind) << ", refuses: " << (trouble == Trouble::refuses));
      farewell.trouble_showing(kind, std::vector(12, trouble));
      const auto saga = farewell.remove_account(guest.id);
      set_status(farewell, guest.id, AccountStatus::deleted);
      farewell.settle();
      const auto record = farewell.record(saga);
      CHECK(record.state == SagaState::failed);
      CHECK(record.steps[step_of(kind)].attempts == 1 + 13);
      CHECK(differences(before, farewell.rows()) == Lines{});
    }
  }
  CHECK(farewell.violations() == Lines{});
}

TEST_CASE(
    "an account that was closed is opened again when its deletion turns round after that, however often it fails") {
  Farewell farewell{GENERATE(from_range(engines()))};
  Guest guest{farewell};
  const auto before = farewell.rows();
  const auto saga = farewell.remove_account(guest.id);
  while (farewell.step()) continue;
  REQUIRE(farewell.record(saga).state == SagaState::succeeded);
  REQUIRE(farewell.rows_in_sight(guest.id) == Lines{});
  turn_round(farewell, saga);
  set_status(farewell, guest.id, AccountStatus::deleting);  // which is not what the undo finds when all is well
  for (int i = 0; i < 6; ++i) farewell.step();
  CHECK(farewell.record(saga).state == SagaState::compensating);
  CHECK(farewell.record(saga).steps[account_step].attempts > 2);
  CHECK(farewell.rows_in_sight(guest.id) == Lines{});
  set_status(farewell, guest.id, AccountStatus::deleted);
  farewell.settle();
  const auto record = farewell.record(saga);
  CHECK(record.state == SagaState::failed);
  for (const auto& step : record.steps) CHECK(step.state == StepState::undone);
  CHECK(record.receipt.empty());
  CHECK(farewell.status_of(guest.id) == AccountStatus::active);
  CHECK(differences(before, farewell.rows()) == Lines{});
  CHECK(farewell.violations() == Lines{});
}
