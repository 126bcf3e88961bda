// A campaign whose requests are decided by operators, and closed after its end by the job.
#pragma once

#include <atomic>
#include <thread>

#include "modules/reward/closings.hpp"
#include "modules/reward/decisions.hpp"
#include "reward/module.hpp"
#include "support/campaign.hpp"

namespace guerdon::test {

/// Runs `work(0)` to `work(threads - 1)` at the same time.
template <class F>
void in_parallel(int threads, F work) {
  std::vector<std::thread> running;
  std::atomic<bool> go{false};
  for (int i = 0; i < threads; ++i)
    running.emplace_back([&, i] {
      while (!go) std::this_thread::yield();
      work(i);
    });
  go = true;
  for (auto& thread : running) thread.join();
}

/// What the audit log says of a subject.
struct Audited {
  std::string action;
  std::optional<std::string> actor;
  std::string details;
  friend bool operator==(const Audited&, const Audited&) = default;
};
BOOST_DESCRIBE_STRUCT(Audited, (), (action, actor, details))

struct DecidedCampaign : Campaign {
  using Campaign::Campaign;

  Caller by_operator() const { return as(operator_id, {Role::operator_}); }

  Result<reward::RequestView> approve(const Caller& by, reward::RequestId id, reward::ApproveRequest how = {}) {
    return store->write([&](Tx& tx) { return reward::approve_request(tx, by, id, how); });
  }
  Result<reward::RequestView> approve(reward::RequestId id) { return approve(by_operator(), id); }
  Result<reward::RequestView> override_(reward::RequestId id, const std::string& reason) {
    return approve(by_operator(), id, {.override_ = true, .reason = reward::Reason::parse(reason)});
  }
  Result<reward::RequestView> reject(const Caller& by, reward::RequestId id, const std::string& reason = "not now") {
    const reward::RejectRequest why{.reason = reward::Reason::parse(reason).value()};
    return store->write([&](Tx& tx) { return reward::reject_request(tx, by, id, why); });
  }
  Result<reward::RequestView> reject(reward::RequestId id) { return reject(by_operator(), id); }
  reward::BulkApproval approve_all(const std::vector<reward::RequestId>& ids) {
    return store
        ->write(
            [&](Tx& tx) -> Result<reward::BulkApproval> { return reward::approve_requests(tx, by_operator(), ids); })
        .value();
  }

  /// A user who has asked, before the condition is met.
  reward::RequestView waiting(event::EventId event) { return ask(event, new_user()).value(); }
  /// One log-in: for events of one day.
  reward::RequestView waiting_and_met(event::EventId event) {
    const auto user = new_user();
    log_in(user);
    return ask(event, user).value();
  }
  /// What subscribers of event.lifecycle do.
  void plan_closing(event::EventId event) {
    REQUIRE(store->write([&](Tx& tx) -> Result<void> {
      reward::plan_closing(tx, event);
      return {};
    }));
  }
  /// One pass of the job.
  PumpResult close_batch() {
    return store->write([](Tx& tx) -> Result<PumpResult> { return reward::close_requests(tx); }).value();
  }
  /// All passes that are due; how many there were.
  int close() {
    int passes = 1;
    while (close_batch().more) ++passes;
    return passes;
  }

  reward::RequestView get(reward::RequestId id) {
    return store->read([&](Snapshot& s) { return requests.get_request(s, by_operator(), id); }).value();
  }
  reward::RewardView get(event::EventId event, reward::RewardId id) {
    return store->read([&](Snapshot& s) { return catalogue.get_reward(s, by_operator(), event, id); }).value();
  }
  /// Oldest first.
  std::vector<Audited> audited(const std::string& subject) {
    return store->read([&](Snapshot& s) {
      return s.list<Audited>("SELECT action, actor, details FROM audit_log WHERE subject = $1 ORDER BY position",
                             subject);
    });
  }
  void execute(Sql sql, Uuid id) {
    REQUIRE(store->write([&](Tx& tx) -> Result<std::int64_t> { return tx.exec(sql, id); }).value() >= 1);
  }
  void check_invariants() {
    store->read([](Snapshot& snapshot) {
      for (const auto& invariant : reward::invariants()) {
        INFO(invariant.name << ": " << invariant.rule);
        CHECK(invariant.violations(snapshot) == std::vector<std::string>{});
      }
    });
  }
};

inline const std::string manual_day = R"({"approval": "MANUAL", "conditionParams": {"days": 1}})";
inline const std::string auto_day = R"({"conditionParams": {"days": 1}})";

}  // namespace guerdon::test
