// A campaign whose users are deleted and restored, by hand: a test says when the saga takes its next step, which step
// fails, and when the process ends. What the modules own is wired as the server wires it.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "integration/event/deletion_fixture.hpp"
#include "modules/auth/deletion/deletion.hpp"
#include "modules/auth/deletion/user_deletion.hpp"
#include "modules/saga/saga_engine.hpp"
#include "support/all_rows.hpp"

namespace guerdon::test {

/// What happens to an attempt once it has done its work: `refuses` and `throws` leave none of it.
enum class Trouble { refuses, throws };

class Farewell : public Office {
 public:
  /// `limit` rows of a user's data a transaction.
  explicit Farewell(Engine engine, store::DatabaseOptions options = {}, std::int64_t limit = auth::rows_a_portion);

  auth::DeletionId remove_account(UserId user) { return remove_account(boss(), user).value().saga_id; }
  Result<auth::DeletionResponse> remove_account(const Caller& caller, UserId user) {
    return store->write([&](Tx& tx) { return accounts->request(tx, caller, user); });
  }
  Result<auth::RestoreResponse> restore_account(UserId user) {
    return in_steps<auth::RestoreResponse, auth::RestoreProgress>(
        [&](Tx& tx, auth::RestoreProgress& far) { return accounts->restore(tx, boss(), user, far); });
  }

  /// One pass of the engine; the clock is moved to when the next one is due. False when nothing is left to be done.
  /// A store that stopped is opened again, as after a restart.
  bool step();
  /// Until nothing is left to be done, rebuilds of users too.
  void settle();
  /// The process ends without a word and a new one begins.
  void restart();

  /// The next attempts to hide, or to show, that kind of data; afterwards they succeed.
  void trouble_hiding(auth::UserData kind, std::vector<Trouble> next) { add(hiding_, kind, next); }
  void trouble_showing(auth::UserData kind, std::vector<Trouble> next) { add(showing_, kind, next); }

  void forget_trouble() {
    hiding_.clear();
    showing_.clear();
  }

  saga::SagaRecord record(auth::DeletionId saga);
  auth::AccountStatus status_of(UserId user);
  /// All rows but those in which a deletion that failed may leave a trace, as reliability.md has it (I30).
  AllRows rows();
  /// One line for each row of the user that is in sight (I31).
  std::vector<std::string> rows_in_sight(UserId user);
  /// What must always hold, of all modules.
  std::vector<std::string> violations();
  /// The types of the messages since the last call, those of deletions only.
  std::vector<std::string> said();

  std::optional<auth::Deletions> accounts;

 private:
  class OnePump final : public Pumps {
   public:
    void add(std::string, std::function<PumpResult(Tx&)> pass) override { pass_ = std::move(pass); }
    void wake(std::string_view) override {}
    PumpResult pass(Tx& tx) { return pass_(tx); }

   private:
    std::function<PumpResult(Tx&)> pass_;
  };
  using Script = std::map<auth::UserData, std::deque<Trouble>>;

  static void add(Script& script, auth::UserData kind, const std::vector<Trouble>& next) {
    script[kind].insert(script[kind].end(), next.begin(), next.end());
  }
  static Result<auth::RowCounts> meet(Script& script, auth::UserData kind);
  void wire();

  std::int64_t limit_;
  Script hiding_, showing_;
  std::size_t heard_ = 0;
  std::unique_ptr<Random> random_ = system_random();
  std::unique_ptr<OnePump> pump_;
  std::unique_ptr<saga::SagaEngine> engine_;
};

/// Somebody with something in every table: paid for one event, waiting in two others, one of which holds stock; with
/// log-ins, sessions, activities, a friend who was invited, accounts on other platforms, and a session. Some of it was
/// deleted before, and has come back only in part.
struct Guest {
  explicit Guest(Farewell& farewell);

  UserId id;
  event::EventView paid, waiting, manual;
  reward::RequestId pending, held;
};

}  // namespace guerdon::test
