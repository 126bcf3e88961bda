// Any permutation and any repetition of what users did ends in the same progress, for every kind of condition: the
// facts are stored, and then counted in a random order, some of them several times, with a rebuild in between.
#include <algorithm>
#include <random>

#include "modules/progress/fact_repository.hpp"
#include "progress/module.hpp"
#include "support/doings.hpp"

using namespace guerdon;
using namespace guerdon::test;

namespace {

constexpr auto begin = "2026-10-20T00:00:00Z";

/// Something a user did, and what makes it count.
struct Deed {
  Instant at;
  enum class What { login, session, quiz, purchase, level } what;
  std::int64_t number = 0;
};

class History {
 public:
  explicit History(Engine engine, unsigned seed) : campaign_(engine), random_(seed) {
    for (const auto& [type, params] : conditions) {
      campaign_.store.clock.set(at("2026-10-20T12:00:00Z"));
      events_.push_back(campaign_.create_event(R"({"timeZone": "America/New_York", "startAt": ")" + std::string{begin} +
                                               R"(", "endAt": "2026-11-10T00:00:00Z", "conditionType": ")" + type +
                                               R"(", "conditionParams": )" + params + "}"));
    }
    campaign_.store.clock.set(at("2026-10-21T12:00:00Z"));
  }

  std::size_t below(std::size_t end) { return random_() % end; }

  std::vector<Deed> deeds() {
    std::vector<Deed> made;
    for (int i = 0; i < 30; ++i)
      made.push_back({.at = at("2026-10-18T00:00:00Z") + std::chrono::minutes{static_cast<int>(below(25 * 24 * 60))},
                      .what = static_cast<Deed::What>(below(5)),
                      .number = static_cast<std::int64_t>(below(40)) - 5});
    return made;
  }

  /// In the order in which they happened, each once.
  UserId in_order(std::vector<Deed> deeds) {
    std::ranges::sort(deeds, {}, &Deed::at);
    const auto user = campaign_.new_user();
    for (const auto& deed : deeds) count(user, deed, store(user, deed));
    return user;
  }

  UserId in_disorder(std::vector<Deed> deeds) {
    const auto user = campaign_.new_user();
    std::vector<std::pair<Deed, progress::ActivityId>> stored;
    for (const auto& deed : deeds) stored.emplace_back(deed, store(user, deed));
    for (std::size_t i = 0; i < 10; ++i) stored.push_back(stored[below(deeds.size())]);
    std::shuffle(stored.begin(), stored.end(), random_);
    for (const auto& [deed, activity] : stored) {
      count(user, deed, activity);
      if (below(20) == 0) campaign_.rebuild(events_[below(events_.size())].id);
    }
    return user;
  }

  void check_same(UserId user, UserId other) {
    for (const auto& event : events_) {
      INFO(event.condition_type << ' ' << json::serialize(event.condition_params));
      const auto a = campaign_.progress_of(event.id, user);
      const auto b = campaign_.progress_of(event.id, other);
      CHECK(a.progress == b.progress);
      CHECK(a.eligible == b.eligible);
      CHECK(to_json(a.detail) == to_json(b.detail));
    }
  }

  void check_invariants() {
    for (const auto& invariant : progress::invariants()) {
      INFO(invariant.rule);
      CHECK(campaign_.store->read([&](Snapshot& s) { return invariant.violations(s); }).empty());
    }
  }

 private:
  inline static const std::vector<std::pair<std::string, std::string>> conditions{
      {"CONSECUTIVE_LOGIN", R"({"days": 4})"},
      {"CONSECUTIVE_LOGIN", R"({"days": 6, "freezeDays": 2, "source": "SESSION"})"},
      {"LOGIN_COUNT", R"({"count": 6})"},
      {"ACTIVITY_COUNT", R"({"activity": "quiz", "count": 4})"},
      {"ACTIVITY_COUNT", R"({"activity": "quiz", "count": 1, "where": {"amount": 7}})"},
      {"ACTIVITY_SUM", R"({"activity": "quiz", "field": "amount", "amount": 90})"},
      {"ACTIVITY_MAX", R"({"activity": "quiz", "field": "amount", "amount": 32})"},
      {"PURCHASE", R"({"amount": 100})"},
      {"LEVEL_UP", R"({"level": 33})"},
      {"ALL", R"({"of": [{"conditionType": "PURCHASE", "conditionParams": {"amount": 60}},
                         {"conditionType": "ANY", "conditionParams": {"of": [
                           {"conditionType": "LEVEL_UP", "conditionParams": {"level": 34}},
                           {"conditionType": "CONSECUTIVE_LOGIN", "conditionParams": {"days": 3, "freezeDays": 1}}]}}]})"}};

  /// Activities are stored before anything is counted, as the route does it; the rest is when it is counted.
  progress::ActivityId store(UserId user, const Deed& deed) {
    if (deed.what == Deed::What::login || deed.what == Deed::What::session) return {};
    const std::string type = deed.what == Deed::What::quiz       ? "quiz"
                             : deed.what == Deed::What::purchase ? "purchase"
                                                                 : "level";
    return campaign_.store
        ->write([&](Tx& tx) -> Result<progress::ActivityId> {
          const progress::ActivityRow row{.id = tx.new_id<progress::ActivityId>(),
                                          .source = Campaign::as(campaign_.operator_id).actor(),
                                          .external_id = std::to_string(++activities_),
                                          .user_id = user,
                                          .type = type,
                                          .at = deed.at,
                                          .attributes = {{"amount", deed.number}, {"level", deed.number}}};
          REQUIRE(progress::add_activity(tx, row));
          return row.id;
        })
        .value();
  }

  void count(UserId user, const Deed& deed, progress::ActivityId activity) {
    REQUIRE(campaign_.store->write([&](Tx& tx) {
      if (deed.what == Deed::What::login) return campaign_.progress.count_login(tx, user, deed.at);
      if (deed.what == Deed::What::session) return campaign_.progress.count_session(tx, user, deed.at);
      return campaign_.progress.count_activity(tx, activity);
    }));
  }

  Doings campaign_;
  std::mt19937 random_;  // NOLINT: a fixed seed, so that a failure repeats
  std::vector<event::EventView> events_;
  int activities_ = 0;
};

}  // namespace

TEST_CASE("any permutation and any repetition of what a user did ends in the same progress") {
  const auto engine = GENERATE(from_range(engines()));
  History history{engine, 20261126};
  const int rounds = engine == Engine::sqlite ? 12 : 2;
  for (int round = 0; round < rounds; ++round) {
    INFO("round " << round);
    const auto deeds = history.deeds();
    const auto ordered = history.in_order(deeds);
    const auto disordered = history.in_disorder(deeds);
    history.check_same(ordered, disordered);
  }
  history.check_invariants();
}
