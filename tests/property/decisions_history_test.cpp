// Random histories of requests and decisions. A small model that knows neither rows nor locks says what each step must
// answer and what is left of the stock after it; the invariants of reward are asked all along.
#include <algorithm>
#include <map>
#include <random>

#include "modules/reward/model.hpp"
#include "support/decisions.hpp"

using namespace guerdon;
using namespace guerdon::test;
using reward::RequestStatus;
namespace refusals = reward::refusals;

namespace {

struct Live {
  reward::RequestId id;
  RequestStatus status = RequestStatus::pending;
  bool holds = false;
};

struct Person {
  UserId id;
  bool met = false;  // in both events: they are of the same days
  std::int64_t approvals[2] = {};
  std::optional<Live> live[2] = {};
  bool turned_down[2] = {};  // by an operator
};

constexpr std::int64_t quantity = 4;
constexpr std::int64_t points = 10;

class World {
 public:
  World(Engine engine, unsigned seed) : campaign(engine), random_(seed) {
    for (const auto& terms : {auto_day, manual_day}) {
      events_.push_back(campaign.create_event(terms).id);
      rewards_.push_back(campaign.add_reward(events_.back(), points, quantity).id);
    }
    for (int i = 0; i < 6; ++i) people_.push_back({.id = campaign.new_user()});
  }

  void step() {
    const auto event = below(2);
    auto& person = people_[below(people_.size())];
    switch (below(7)) {
      case 0:
        return ask(person, event);
      case 1:
        return ask(people_[below(people_.size())], event);
      case 2:
        return meet(person);
      case 3:
        return serve(person, event);
      case 4:
        return approve(person, event, below(2) == 0);
      case 5:
        return reject(person, event);
      default:
        return approve_all(event);
    }
  }

  void check() {
    for (std::size_t e = 0; e < 2; ++e) {
      const auto reward = campaign.get(events_[e], rewards_[e]);
      CHECK(reward.granted == granted_[e]);
      CHECK(reward.remaining == quantity - granted_[e] - held(e));
      for (const auto& person : people_) {
        if (!person.live[e]) continue;
        const auto request = campaign.get(person.live[e]->id);
        CHECK(request.status == person.live[e]->status);
        CHECK(request.grants.size() == (request.status == RequestStatus::approved ? 1 : 0));
      }
    }
    for (const auto& person : people_)
      CHECK(campaign.points_of(person.id) == points * (person.approvals[0] + person.approvals[1]));
    for (const auto id : rejected_) CHECK(campaign.get(id).status == RequestStatus::rejected);
    campaign.check_invariants();
  }

  DecidedCampaign campaign;

 private:
  std::size_t below(std::size_t end) { return random_() % end; }
  [[nodiscard]] std::int64_t held(std::size_t e) const {
    return std::ranges::count_if(people_, [&](const Person& p) {
      return p.live[e] && p.live[e]->holds && p.live[e]->status == RequestStatus::pending;
    });
  }
  [[nodiscard]] std::int64_t left(std::size_t e) const { return quantity - granted_[e] - held(e); }

  void grant(Person& person, std::size_t e) {
    person.live[e]->status = RequestStatus::approved;
    ++person.approvals[e];
    ++granted_[e];
  }
  void end(Person& person, std::size_t e) {
    rejected_.push_back(person.live[e]->id);
    person.live[e].reset();
  }

  void ask(Person& person, std::size_t e) {
    const bool is_live = person.live[e].has_value();
    const bool is_exhausted = left(e) == 0;
    const auto asked = campaign.ask(events_[e], person.id);
    if (is_live || is_exhausted) {
      REQUIRE_FALSE(asked);
      CHECK(asked.error().problem == (is_live ? refusals::already_requested : refusals::rewards_exhausted));
      return;
    }
    REQUIRE(asked);
    person.live[e] = Live{.id = asked->id, .status = RequestStatus::pending, .holds = e == 1};
    if (e == 0 && person.met) grant(person, e);
  }

  void meet(Person& person) {
    campaign.log_in(person.id);
    person.met = true;
  }

  /// What the subscriber of ConditionMet does, again and again.
  void serve(Person& person, std::size_t e) {
    if (!person.met) return;
    campaign.serve(events_[e], person.id);
    if (e == 1) return;
    if (!person.live[e] && !person.turned_down[e] && left(e) > 0) {
      const auto made = campaign.request_of(events_[e], person.id);
      REQUIRE(made);
      person.live[e] = Live{.id = made->id};
    }
    if (!person.live[e] || person.live[e]->status != RequestStatus::pending) return;
    if (left(e) == 0) return end(person, e);
    grant(person, e);
  }

  /// The refusal that the model expects; none where it can be approved.
  [[nodiscard]] std::optional<Problem> refusal(const Person& person, std::size_t e, bool is_override) const {
    if (person.live[e]->status != RequestStatus::pending) return refusals::not_pending;
    if (!person.met && !is_override) return refusals::not_eligible;
    if (!person.live[e]->holds && left(e) == 0) return refusals::rewards_exhausted;
    return std::nullopt;
  }

  void approve(Person& person, std::size_t e, bool is_override) {
    if (!person.live[e]) return approve_rejected();
    const auto expected = refusal(person, e, is_override);
    const auto id = person.live[e]->id;
    const auto approved = is_override ? campaign.override_(id, "a gift") : campaign.approve(id);
    REQUIRE(approved.has_value() == !expected);
    if (expected) {
      CHECK(approved.error().problem == *expected);
      return;
    }
    grant(person, e);
  }

  void approve_rejected() {
    if (rejected_.empty()) return;
    const auto id = rejected_[below(rejected_.size())];
    CHECK(campaign.override_(id, "after all").error().problem == refusals::not_pending);
  }

  void reject(Person& person, std::size_t e) {
    if (!person.live[e]) return;
    const auto rejected = campaign.reject(person.live[e]->id);
    CHECK(rejected.has_value() == (person.live[e]->status == RequestStatus::pending));
    if (!rejected) return;
    person.turned_down[e] = true;
    end(person, e);
  }

  /// Everything there ever was, in an order of its own.
  void approve_all(std::size_t e) {
    std::vector<reward::RequestId> ids = rejected_;
    std::map<reward::RequestId, Person*> of;
    for (auto& person : people_) {
      if (!person.live[e]) continue;
      ids.push_back(person.live[e]->id);
      of[person.live[e]->id] = &person;
    }
    if (ids.empty()) return;
    std::ranges::shuffle(ids, random_);
    ids.resize(std::min<std::size_t>(ids.size(), 1000));
    const auto result = campaign.approve_all(ids);
    std::vector<reward::RequestId> approved;
    for (const auto id : ids) {
      if (!of.contains(id) || refusal(*of[id], e, false)) continue;
      approved.push_back(id);
      grant(*of[id], e);
    }
    CHECK(result.approved == approved);
    CHECK(result.failed.size() == ids.size() - approved.size());
  }

  std::mt19937 random_;
  std::vector<event::EventId> events_;  // AUTO, MANUAL
  std::vector<reward::RewardId> rewards_;
  std::vector<Person> people_;
  std::int64_t granted_[2] = {};
  std::vector<reward::RequestId> rejected_;
};

}  // namespace

TEST_CASE("whatever is asked and decided in whatever order, the model agrees and the invariants hold") {
  const auto engine = GENERATE(from_range(engines()));
  for (unsigned seed = 1; seed <= 12; ++seed) {
    World world{engine, seed};
    for (int step = 0; step < 60; ++step) {
      INFO("seed " << seed << ", step " << step);
      world.step();
      if (step % 5 == 4) world.check();
    }
  }
}
