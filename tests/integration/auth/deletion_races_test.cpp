// Deletions among everything else that is done to the same user at the same time, with real threads: what was first
// counts, what comes after is refused, and nothing is left in sight.
#include <atomic>
#include <thread>
#include <vector>

#include "modules/auth/repository.hpp"
#include "modules/progress/activities.hpp"
#include "modules/reward/decisions.hpp"
#include "support/decisions.hpp"
#include "support/eventually.hpp"
#include "support/farewell.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

namespace {

/// What four threads do to the guest again and again until they are told to stop; refusals are no failures.
class Crowd {
 public:
  Crowd(Farewell& farewell, const Guest& guest) : farewell_(farewell), guest_(guest) {
    for (int i = 0; i < 4; ++i) threads_.emplace_back([this, i] { work(i); });
  }
  ~Crowd() { stop(); }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  void stop() {
    stopped_ = true;
    for (auto& thread : threads_)
      if (thread.joinable()) thread.join();
  }
  /// Waits until they have been at it for a while.
  void wait_a_while() const {
    const int begin = rounds_;
    while (rounds_ < begin + 12) std::this_thread::yield();
  }
  [[nodiscard]] int refused() const { return refused_; }
  [[nodiscard]] int unexpected() const { return unexpected_; }

 private:
  template <class F>
  void attempt(F what) {
    const auto result = farewell_.store->write(what);
    if (result) return;
    const auto& problem = result.error().problem;
    if (problem == problems::user_deleted)
      ++refused_;
    else if (problem.status != 409 && problem.status != 404)
      ++unexpected_;
  }

  void work(int which) {
    const auto clerk = Campaign::as(farewell_.operator_id, {Role::operator_});
    const auto start = farewell_.store.clock.now();
    for (int i = 0; !stopped_; ++i, ++rounds_) {
      if (which == 0) attempt([&](Tx& tx) { return farewell_.progress.count_login(tx, guest_.id, start + i * 15min); });
      if (which == 1) {
        progress::ActivityInput input;
        input.user_id = guest_.id;
        input.type = event::ActivityType::trusted("purchase");
        attempt([&](Tx& tx) { return progress::post_activity(tx, clerk, input); });
      }
      if (which == 2) {
        const auto event = i % 2 == 0 ? guest_.waiting.id : guest_.paid.id;
        attempt([&](Tx& tx) { return farewell_.requests.ask(tx, Campaign::as(guest_.id), event); });
        attempt([&](Tx& tx) { return farewell_.requests.serve(tx, event, guest_.id); });
      }
      if (which == 3) {
        const auto request = i % 2 == 0 ? guest_.pending : guest_.held;
        const auto reason = reward::Reason::parse("a gift");
        attempt([&](Tx& tx) {
          return reward::approve_request(tx, clerk, request, {.override_ = i % 3 == 0, .reason = reason});
        });
        attempt([&](Tx& tx) -> Result<reward::BulkApproval> {
          return reward::approve_requests(tx, clerk, std::vector{guest_.held, guest_.pending});
        });
      }
    }
  }

  Farewell& farewell_;
  const Guest& guest_;
  std::atomic<bool> stopped_{false};
  std::atomic<int> rounds_{0}, refused_{0}, unexpected_{0};
  std::vector<std::thread> threads_;
};

}  // namespace

TEST_CASE("a deletion in a crowd hides whatever was first, and lets nothing in after it") {
  Farewell farewell{GENERATE(from_range(engines()))};
  for (int round = 0; round < 3; ++round) {
    Guest guest{farewell};
    Crowd crowd{farewell, guest};
    crowd.wait_a_while();
    farewell.remove_account(guest.id);
    while (farewell.step()) continue;
    CHECK(farewell.rows_in_sight(guest.id) == Lines{});
    crowd.wait_a_while();
    CHECK(eventually([&] { return crowd.refused() > 0; }));
    crowd.stop();
    CHECK(farewell.rows_in_sight(guest.id) == Lines{});
    CHECK(crowd.unexpected() == 0);
    CHECK(farewell.violations() == Lines{});
  }
}

TEST_CASE("a deletion that fails in a crowd leaves nothing hidden of what it had hidden") {
  Farewell farewell{GENERATE(from_range(engines()))};
  Guest guest{farewell};
  farewell.trouble_hiding(auth::UserData::wallet, {Trouble::throws, Trouble::refuses});
  Crowd crowd{farewell, guest};
  crowd.wait_a_while();
  const auto saga = farewell.remove_account(guest.id);
  while (farewell.step()) continue;
  crowd.stop();
  farewell.rebuild_users();
  CHECK(farewell.record(saga).state == saga::SagaState::failed);
  for (const Sql sql : {Sql{"SELECT count(*) FROM progress_deleted_logins WHERE deleted_by = $1"},
                        Sql{"SELECT count(*) FROM progress_deleted_states WHERE deleted_by = $1"},
                        Sql{"SELECT count(*) FROM progress_activities WHERE deleted_by = $1"},
                        Sql{"SELECT count(*) FROM reward_requests WHERE deleted_by = $1"},
                        Sql{"SELECT count(*) FROM reward_grants WHERE deleted_by = $1"}})
    CHECK(farewell.store->read([&](Snapshot& s) { return s.get<std::int64_t>(sql, saga); }) == 0);
  CHECK(farewell.violations() == Lines{});
}

TEST_CASE("of many who delete and restore an account at once each is told what it was, and none is half done") {
  Farewell farewell{GENERATE(from_range(engines()))};
  Guest guest{farewell};
  std::atomic<int> unexpected{0};
  in_parallel(6, [&](int i) {
    for (int round = 0; round < 10; ++round) {
      if (i % 2 == 0) {
        if (!farewell.remove_account(farewell.boss(), guest.id)) ++unexpected;
        continue;
      }
      const auto restored = farewell.restore_account(guest.id);
      const bool is_known = restored || restored.error().problem == auth::not_deleted ||
                            restored.error().problem == auth::deletion_running;
      if (!is_known) ++unexpected;
    }
  });
  CHECK(unexpected == 0);
  CHECK(farewell.said() == Lines{"UserDeletionRequested"});
  farewell.settle();
  std::atomic<int> back{0};
  in_parallel(6, [&](int) {
    if (farewell.restore_account(guest.id)) ++back;
  });
  CHECK(back == 1);
  CHECK(farewell.violations() == Lines{});
}
