// One order of locks, whoever takes them, on both engines. A command that ran twice had lost a deadlock: none does.
#include <algorithm>
#include <future>

#include "modules/reward/user_data.hpp"
#include "support/decisions.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

struct Crowd : DecidedCampaign {
  using DecidedCampaign::DecidedCampaign;

  /// As write(), and counts when it had to run again.
  template <class F>
  auto once(F fn) {
    int runs = 0;
    auto result = store->write([&](Tx& tx) {
      if (++runs > 1) ++reruns;
      return fn(tx);
    });
    return result;
  }

  void ask_once(event::EventId event, UserId user) {
    (void)once([&](Tx& tx) { return requests.ask(tx, as(user), event); });
  }
  void serve_once(event::EventId event, UserId user) {
    (void)once([&](Tx& tx) { return requests.serve(tx, event, user); });
  }
  void begin_backlog(event::EventId event) {
    (void)once([&](Tx& tx) -> Result<bool> { return requests.request_backlog(tx, event); });
  }
  void serve_backlog_once() {
    bool more = true;
    while (more)
      (void)once([&](Tx& tx) -> Result<void> {
        more = requests.serve_backlog(tx).more;
        return {};
      });
  }
  void approve_once(const std::vector<reward::RequestId>& ids) {
    (void)once(
        [&](Tx& tx) -> Result<reward::BulkApproval> { return reward::approve_requests(tx, by_operator(), ids); });
  }
  void hide_and_show_once(UserId user) {
    const Uuid mark = user.uuid();
    (void)once([&](Tx& tx) -> Result<void> {
      (void)reward::hide_user_requests(tx, user, mark);
      return {};
    });
    (void)once([&](Tx& tx) -> Result<void> {
      (void)reward::show_user_requests(tx, user, mark);
      return {};
    });
  }

  std::atomic<int> reruns{0};
};

/// Users who have met the condition of every event of one day.
std::vector<UserId> eligible_users(Crowd& crowd, int count) {
  std::vector<UserId> users;
  for (int i = 0; i < count; ++i) {
    users.push_back(crowd.new_user());
    crowd.log_in(users.back());
  }
  return users;
}

}  // namespace

TEST_CASE("bulk approvals over the same events in opposite orders do not wait for one another in a circle") {
  Crowd crowd{GENERATE(from_range(engines()))};
  const auto one = crowd.create_event(manual_day).id;
  const auto two = crowd.create_event(manual_day).id;
  for (const auto event : {one, two}) crowd.add_reward(event, 10);
  const auto users = eligible_users(crowd, 48);
  std::vector<std::vector<reward::RequestId>> bulks(8);
  for (std::size_t i = 0; i < users.size(); ++i) {
    auto& bulk = bulks[i % bulks.size()];
    const bool is_backwards = i % 2 == 1;
    for (const auto event : {is_backwards ? two : one, is_backwards ? one : two})
      bulk.push_back(crowd.ask(event, users[i]).value().id);
  }
  in_parallel(8, [&](int i) { crowd.approve_once(bulks[static_cast<std::size_t>(i)]); });
  CHECK(crowd.reruns == 0);
  for (const auto user : users) CHECK(crowd.points_of(user) == 20);
  crowd.check_invariants();
}

TEST_CASE("who asks, is served, approved, and hidden at the same time is paid once, and nobody waits in a circle") {
  Crowd crowd{GENERATE(from_range(engines()))};
  std::vector<event::EventId> events;
  for (int i = 0; i < 3; ++i) events.push_back(crowd.create_event(auto_day).id);
  const auto decided = crowd.create_event(manual_day).id;
  const auto users = eligible_users(crowd, 30);
  std::vector<reward::RequestId> waiting;
  for (const auto event : events) crowd.add_reward(event, 10, 1000);
  crowd.add_reward(decided, 5);
  for (const auto user : users) waiting.push_back(crowd.ask(decided, user).value().id);
  std::ranges::reverse(waiting);

  in_parallel(7, [&](int thread) {
    if (thread == 0)
      for (const auto event : events) crowd.begin_backlog(event);
    if (thread < 2) return crowd.serve_backlog_once();
    if (thread == 2)
      for (std::size_t i = 0; i < waiting.size(); i += 10)
        crowd.approve_once(
            {waiting.begin() + static_cast<std::ptrdiff_t>(i), waiting.begin() + static_cast<std::ptrdiff_t>(i + 10)});
    if (thread == 3)
      for (const auto user : users) crowd.hide_and_show_once(user);
    if (thread < 4) return;
    for (std::size_t i = 0; i < users.size(); ++i) {
      const auto user = users[thread == 4 ? i : users.size() - 1 - i];
      for (const auto event : events) thread == 6 ? crowd.serve_once(event, user) : crowd.ask_once(event, user);
    }
  });
  CHECK(crowd.reruns == 0);
  for (const auto event : events) crowd.begin_backlog(event);  // whom a deletion hid at that moment
  crowd.serve_backlog();
  for (const auto user : users)
    for (const auto event : events) CHECK(crowd.request_of(event, user)->status == reward::RequestStatus::approved);
  crowd.check_invariants();
}

TEST_CASE("codes come to a pool while its event's users are served, and nobody waits in a circle") {
  Crowd crowd{GENERATE(from_range(engines()))};
  const auto event = crowd.create_event(auto_day).id;
  const auto users = eligible_users(crowd, 30);
  const auto pool = crowd.add_reward(event, {{"type", "COUPON"}, {"metadata", json::object{}}}).id;
  in_parallel(3, [&](int thread) {
    if (thread == 0)
      for (int i = 0; i < 30; ++i)
        (void)crowd.once([&](Tx& tx) {
          reward::CodesRequest request;
          request.codes.push_back(reward::CouponCode::trusted("CODE-" + std::to_string(1000 + i)));
          return crowd.catalogue.add_codes(tx, crowd.by_operator(), event, pool, request);
        });
    if (thread == 1)
      for (int round = 0; round < 10; ++round) {
        crowd.begin_backlog(event);
        crowd.serve_backlog_once();
      }
    if (thread == 2)
      for (const auto user : users) crowd.ask_once(event, user);
  });
  CHECK(crowd.reruns == 0);
  crowd.begin_backlog(event);
  crowd.serve_backlog();
  CHECK(crowd.get(event, pool).granted == 30);
  crowd.check_invariants();
}

TEST_CASE("until a request or a decision commits nobody can change or delete its event") {
  if (std::ranges::count(engines(), Engine::postgres) == 0) return;  // SQLite has one writer
  Crowd crowd{Engine::postgres};
  const auto event = crowd.create_event(auto_day).id;
  crowd.add_reward(event, 10, 5);
  const auto users = eligible_users(crowd, 2);
  const auto early = crowd.waiting(event);
  const auto is_held = [&] {
    auto other = std::async(std::launch::async, [&] {
      return crowd.store->write([&](Tx& tx) -> Result<void> {
        (void)tx.find<event::EventId>("SELECT id FROM event_events WHERE id = $1 FOR UPDATE NOWAIT", event);
        return {};
      });
    });
    try {
      (void)other.get();
      return false;
    } catch (const StoreError& error) {
      return error.kind() == StoreError::Kind::conflict;
    }
  };
  CHECK_FALSE(is_held());
  const auto holds_it = [&](auto fn) {
    return crowd.store
        ->write([&](Tx& tx) -> Result<bool> {
          if (const auto done = fn(tx); !done) return done.error();
          return is_held();
        })
        .value();
  };
  CHECK(holds_it([&](Tx& tx) { return crowd.requests.ask(tx, Campaign::as(users[0]), event); }));
  CHECK(holds_it([&](Tx& tx) { return crowd.requests.serve(tx, event, users[1]); }));
  CHECK(holds_it([&](Tx& tx) {
    const reward::ApproveRequest how{.override_ = true, .reason = reward::Reason::parse("a gift")};
    return reward::approve_request(tx, crowd.by_operator(), early.id, how);
  }));
}
