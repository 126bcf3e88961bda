// Facts that are counted while something else changes what they count in: events made, deleted, derived anew; a user's
// data taken out of sight. On both engines, with real threads.
#include <algorithm>
#include <atomic>
#include <functional>
#include <optional>
#include <thread>

#include "integration/event/deletion_fixture.hpp"
#include "progress/module.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

namespace {

constexpr int rounds = 12;

/// Runs both at once, each on a thread of its own.
void at_once(const std::vector<std::function<void()>>& parts) {
  std::atomic<std::size_t> ready{0};
  std::vector<std::thread> threads;
  for (const auto& part : parts)
    threads.emplace_back([&] {
      for (++ready; ready < parts.size();) std::this_thread::yield();
      part();
    });
  for (auto& thread : threads) thread.join();
}

Lines disagreements(Campaign& campaign) {
  return campaign.store->read([](Snapshot& s) {
    Lines lines;
    for (const auto& invariant : progress::invariants())
      for (const auto& line : invariant.violations(s)) lines.push_back(line);
    return lines;
  });
}

bool count_login(Campaign& campaign, UserId user, Instant at) {
  return campaign.store->write([&](Tx& tx) { return campaign.progress.count_login(tx, user, at); }).has_value();
}

}  // namespace

TEST_CASE("a first log-in that is counted while the user's data is hidden leaves no progress of hidden facts") {
  Office office{GENERATE(from_range(engines()))};
  office.create_event();
  for (int round = 0; round < rounds; ++round) {
    const auto user = office.new_user();
    const auto now = office.store.clock.now();
    std::atomic<int> counted{0};
    at_once({[&] { counted += count_login(office, user, now) ? 1 : 0; },
             [&] { counted += count_login(office, user, now + 1min) ? 1 : 0; },
             [&] { static_cast<void>(office.remove(Campaign::as(user), user)); }});
    CHECK(counted == 2);
    CHECK(disagreements(office) == Lines{});
  }
}

TEST_CASE("of a user whose deletion has got as far as the facts nobody says that the progress is wrong") {
  Campaign campaign{GENERATE(from_range(engines()))};
  campaign.rebuild(campaign.create_event(R"({"conditionParams": {"days": 2}})").id);
  const auto user = campaign.new_user(), other = campaign.new_user();
  campaign.log_in(user);
  campaign.log_in(other);
  CHECK(disagreements(campaign) == Lines{});
  const auto hide_facts = [&](UserId whose) {
    REQUIRE(campaign.store->write([&](Tx& tx) -> Result<void> {
      tx.exec("DELETE FROM progress_logins WHERE user_id = $1", whose);
      return {};
    }));
  };
  hide_facts(user);
  CHECK(disagreements(campaign).size() == 1);
  REQUIRE(campaign.store->write([&](Tx& tx) -> Result<void> {
    tx.exec("UPDATE auth_users SET status_before = status, status = 'DELETING', deleted_by = $2 WHERE id = $1", user,
            tx.new_id<event::EventId>());
    return {};
  }));
  CHECK(disagreements(campaign) == Lines{});
  hide_facts(other);
  CHECK(disagreements(campaign).size() == 1);
}

TEST_CASE("a log-in that is counted while an event is made and derived counts in it") {
  Campaign campaign{GENERATE(from_range(engines()))};
  for (int round = 0; round < rounds; ++round) {
    std::vector<UserId> users;
    for (int i = 0; i < 6; ++i) users.push_back(campaign.new_user());
    const auto now = campaign.store.clock.now();
    std::optional<event::EventView> event;
    const auto log_in = [&](std::size_t from) {
      for (std::size_t i = from; i < from + 3; ++i) static_cast<void>(count_login(campaign, users[i], now));
    };
    const auto make = [&] {
      event = campaign.create_event();
      campaign.rebuild(event->id);
    };
    at_once({make, [&] { log_in(0); }, [&] { log_in(3); }});
    for (const auto user : users) CHECK(campaign.progress_of(event->id, user).progress == 1);
  }
}

TEST_CASE("an event that is deleted while a fact is counted in it fails nothing") {
  Office office{GENERATE(from_range(engines()))};
  for (int round = 0; round < rounds; ++round) {
    const auto event = office.create_event();
    const auto user = office.new_user();
    const auto now = office.store.clock.now();
    std::atomic<bool> counted{false};
    at_once({[&] { counted = count_login(office, user, now); },
             [&] { static_cast<void>(office.remove(office.boss(), event.id)); }});
    CHECK(counted);
    REQUIRE(office.restore(office.boss(), event.id));
    office.rebuild(event.id);
    CHECK(office.progress_of(event.id, user).progress == 1);
    REQUIRE(office.remove(office.boss(), event.id));
  }
}

TEST_CASE("an event that can't be derived holds up no other") {
  Campaign campaign{GENERATE(from_range(engines()))};
  const auto user = campaign.new_user();
  const auto broken = campaign.create_event(), sound = campaign.create_event();
  campaign.log_in(user);
  REQUIRE(campaign.store->write([&](Tx& tx) -> Result<void> {
    tx.exec("UPDATE event_events SET condition_params = $2 WHERE id = $1", broken.id, json::object{});
    tx.exec("DELETE FROM progress_states");
    campaign.progress.request_rebuild(tx, broken.id);
    campaign.progress.request_rebuild(tx, sound.id);
    return {};
  }));
  int failed = 0;
  for (int pass = 0; pass < 10; ++pass) {
    try {
      static_cast<void>(campaign.store->write([&](Tx& tx) -> Result<void> {
        static_cast<void>(campaign.progress.rebuild(tx));
        return {};
      }));
    } catch (const std::exception&) {
      ++failed;
    }
  }
  CHECK(failed > 0);
  CHECK(campaign.progress_of(sound.id, user).progress == 1);
}

TEST_CASE("a user who is derived anew is so in every event but the one that can't be") {
  Office office{GENERATE(from_range(engines()))};
  const auto user = office.new_user();
  const auto broken = office.create_event(), sound = office.create_event();
  office.log_in(user);
  REQUIRE(office.remove(Campaign::as(user), user));
  office.log_in(user, office.store.clock.now() + 24h);
  REQUIRE(office.store->write([&](Tx& tx) -> Result<void> {
    tx.exec("UPDATE event_events SET condition_params = $2 WHERE id = $1", broken.id, json::object{});
    return {};
  }));
  REQUIRE(office.restore(Campaign::as(user), user));
  office.rebuild_users();
  CHECK(office.progress_of(sound.id, user).progress == 2);
}

TEST_CASE("a friend's first log-in while the inviter's data is hidden counts once it is back") {
  Office office{GENERATE(from_range(engines()))};
  const auto event = office.create_event(R"({"conditionType": "INVITE_FRIENDS", "conditionParams": {"count": 2}})");
  const auto inviter = office.new_user(), invitee = office.new_user();
  REQUIRE(office.store->write([&](Tx& tx) -> Result<void> {
    tx.exec("UPDATE auth_users SET invited_by = $2 WHERE id = $1", invitee, inviter);
    return office.progress.count_signup(tx, invitee, tx.now());
  }));
  REQUIRE(office.remove(Campaign::as(inviter), inviter));
  office.log_in(invitee);
  CHECK(office.progress_of(event.id, inviter).progress == 0);
  REQUIRE(office.restore(Campaign::as(inviter), inviter));
  office.rebuild_users();
  CHECK(office.progress_of(event.id, inviter).progress == 1);
  CHECK(disagreements(office) == Lines{});
}

TEST_CASE("staff who ask for a user whom nobody knows are told so") {
  Campaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event();
  const auto clerk = Campaign::as(campaign.operator_id, {Role::operator_});
  campaign.store->read([&](Snapshot& s) {
    CHECK(campaign.progress.get_progress(s, clerk, event.id, {.user_id = UserId{}, .include_deleted = {}})
              .error()
              .problem == problems::not_found);
    progress::ProgressListQuery listed;
    listed.user_id = UserId{};
    CHECK(campaign.progress.list_progress(s, clerk, listed).error().problem == problems::not_found);
    reward::WalletQuery wallet;
    wallet.user_id = UserId{};
    CHECK(campaign.wallets.get_wallet(s, clerk, wallet).error().problem == problems::not_found);
  });
}

TEST_CASE("a friend who logs in while the registration is being counted counts") {
  Campaign campaign{GENERATE(from_range(engines()))};
  const auto event =
      campaign.create_event(R"({"conditionType": "INVITE_FRIENDS", "conditionParams": {"count": 1000}})");
  const auto inviter = campaign.new_user();
  for (int round = 1; round <= rounds; ++round) {
    const auto invitee = campaign.new_user();
    REQUIRE(campaign.store->write([&](Tx& tx) -> Result<bool> {
      return tx.exec("UPDATE auth_users SET invited_by = $2 WHERE id = $1", invitee, inviter) == 1;
    }));
    const auto now = campaign.store.clock.now();
    at_once({[&] { static_cast<void>(count_login(campaign, invitee, now)); },
             [&] {
               static_cast<void>(
                   campaign.store->write([&](Tx& tx) { return campaign.progress.count_signup(tx, invitee, now); }));
             }});
    CHECK(campaign.progress_of(event.id, inviter).progress == round);
  }
}
