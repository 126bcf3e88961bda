// Random interleavings of deletions with everything else that happens to the same users. Whatever the order, steps that
// fail and processes that end included: a deletion ends whole or leaves every row as it was, and in between nobody
// writes anything of the user.
#include <numeric>
#include <random>

#include "modules/progress/activities.hpp"
#include "modules/reward/decisions.hpp"
#include "support/farewell.hpp"

using namespace guerdon;
using namespace guerdon::test;
using auth::AccountStatus;
using auth::UserData;
using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

namespace {

struct Person {
  UserId id;
  std::optional<auth::DeletionId> saga{};  ///< the last one
  AccountStatus status = AccountStatus::active;
  AllRows before{};  ///< as the deletion was requested
};

class World {
 public:
  World(Engine engine, unsigned seed) : farewell(engine, options(), rows_a_portion(seed)), random_(seed) {
    for (const auto* const terms : {R"({"conditionParams": {"days": 1}})", R"({"conditionParams": {"days": 2}})",
                                    R"({"approval": "MANUAL", "conditionParams": {"days": 1}})"}) {
      events_.push_back(farewell.create_event(terms).id);
      farewell.add_reward(events_.back(), 10, 50);
    }
    farewell.rebuild(events_.back());  // with it all that are queued
    for (int i = 0; i < 2; ++i) people_.push_back({.id = farewell.new_user()});
  }

  void step() {
    auto& person = people_[below(people_.size())];
    switch (below(12)) {
      case 0:
        return request_deletion(person);
      case 1:
        return restore(person);
      case 2:
      case 3:
      case 4:
        return pass();
      case 5:
        farewell.restart();
        return;
      case 6:
        farewell.advance(6h);
        return;
      default:
        return do_something(person);
    }
  }

  void finish() {
    while (farewell.step()) continue;
    look();
    for (const auto& person : people_) CHECK(person.status != AccountStatus::deleting);
  }

  Farewell farewell;

 private:
  static store::DatabaseOptions options() {
    store::DatabaseOptions options;
    options.connections = 1;
    return options;
  }
  /// Few enough for what these users have to go in several, or as the server does it.
  static std::int64_t rows_a_portion(unsigned seed) { return seed % 2 == 0 ? 1 : auth::rows_a_portion; }
  std::size_t below(std::size_t end) { return random_() % end; }
  template <class T>
  const T& any_of(const std::vector<T>& things) {
    return things[below(things.size())];
  }

  void request_deletion(Person& person) {
    const auto before = farewell.rows();
    const auto answer = farewell.remove_account(farewell.boss(), person.id);
    REQUIRE(answer);
    if (person.status != AccountStatus::active) {
      CHECK(answer->saga_id == person.saga);
      return;
    }
    person.saga = answer->saga_id;
    person.status = AccountStatus::deleting;
    person.before = before;
    if (below(2) == 0) return;
    const auto kind = auth::all_user_data[below(auth::all_user_data.size())];
    const auto trouble = below(2) == 0 ? Trouble::refuses : Trouble::throws;
    farewell.trouble_hiding(kind, std::vector(1 + below(9), trouble));
    farewell.trouble_showing(kind, std::vector(below(3), Trouble::throws));
  }

  void restore(Person& person) {
    farewell.forget_trouble();  // what was to go wrong with the deletion, and did not come to it
    const auto answer = farewell.restore_account(person.id);
    CHECK(answer.has_value() == (person.status == AccountStatus::deleted));
    if (!answer) return;
    person.status = AccountStatus::active;
    farewell.rebuild_users();
    check_as_before(person);
  }

  void pass() {
    farewell.step();
    look();
  }

  /// What became of those who were going.
  void look() {
    for (auto& person : people_) {
      if (person.status != AccountStatus::deleting) continue;
      person.status = farewell.status_of(person.id);
      if (person.status == AccountStatus::deleted) CHECK(farewell.rows_in_sight(person.id) == Lines{});
      if (person.status != AccountStatus::active) continue;
      farewell.rebuild_users();
      check_as_before(person);
    }
  }

  /// The rows of that user alone: others have gone on.
  void check_as_before(const Person& person) {
    const auto id = person.id.uuid();
    std::string hex;
    constexpr std::string_view digits = "0123456789abcdef";
    const bool is_embedded = farewell.store->engine() == Engine::sqlite;
    for (std::size_t i = 0; i < id.bytes.size(); ++i) {
      if (!is_embedded && (i == 4 || i == 6 || i == 8 || i == 10)) hex += '-';
      hex += digits[id.bytes[i] >> 4U];
      hex += digits[id.bytes[i] & 15U];
    }
    auto differing = differences(person.before, farewell.rows());
    std::erase_if(differing, [&](const std::string& line) { return line.find(hex) == std::string::npos; });
    CHECK(differing == Lines{});
  }

  /// By the user, an operator or the server; who is going or gone is refused, and nothing is written.
  void do_something(Person& person) {
    const bool is_here = person.status == AccountStatus::active;
    const auto before = is_here ? AllRows{} : farewell.rows();
    const auto refused = act(person);
    if (is_here) return;
    if (refused) CHECK(*refused == problems::user_deleted);
    CHECK(differences(before, farewell.rows()) == Lines{});
  }

  template <class T>
  static std::optional<Problem> problem_of(const Result<T>& result) {
    if (result) return std::nullopt;
    return result.error().problem;
  }

  std::optional<Problem> act(Person& person) {
    const auto event = any_of(events_);
    switch (below(6)) {
      case 0:
        return problem_of(farewell.ask(event, person.id));
      case 1:
        return decide(event, person.id);
      case 2:
        farewell.serve(event, person.id);
        return std::nullopt;
      case 3:
        return post_activity(person.id);
      case 4:
        farewell.rebuild(event);
        return std::nullopt;
      default:
        if (person.status == AccountStatus::active) farewell.log_in(person.id);
        return std::nullopt;
    }
  }

  std::optional<Problem> decide(event::EventId event, UserId user) {
    const auto request = farewell.store->read([&](Snapshot& s) { return reward::find_live_request(s, user, event); });
    if (!request) return std::nullopt;
    const auto clerk = Campaign::as(farewell.operator_id, {Role::operator_});
    const auto reason = reward::Reason::parse("a gift");
    const bool approves = below(2) == 0;
    return problem_of(farewell.store->write([&](Tx& tx) {
      if (approves) return reward::approve_request(tx, clerk, request->id, {.override_ = true, .reason = reason});
      return reward::reject_request(tx, clerk, request->id, {.reason = *reason});
    }));
  }

  std::optional<Problem> post_activity(UserId user) {
    progress::ActivityInput input;
    input.user_id = user;
    input.type = event::ActivityType::trusted("purchase");
    return problem_of(farewell.store->write([&](Tx& tx) -> Result<progress::ActivityAccepted> {
      auto posted = progress::post_activity(tx, Campaign::as(farewell.operator_id), input);
      if (posted) tx.exec("UPDATE progress_activities SET counted = TRUE WHERE NOT counted");
      return posted;
    }));
  }

  std::mt19937 random_;
  std::vector<event::EventId> events_;
  std::vector<Person> people_;
};

}  // namespace

TEST_CASE("however a deletion is interleaved with what else happens, it ends whole or leaves everything as it was") {
  const auto engine = GENERATE(from_range(engines()));
  std::vector<unsigned> seeds(engine == Engine::sqlite ? 8 : 3);
  std::iota(seeds.begin(), seeds.end(), 1U);
  seeds.push_back(std::random_device{}());  // one that nobody has tried
  for (const auto seed : seeds) {
    INFO("seed " << seed);
    World world{engine, seed};
    for (int step = 0; step < 80; ++step) {
      INFO("step " << step);
      world.step();
    }
    world.finish();
    CHECK(world.farewell.violations() == Lines{});
  }
}
