// Random histories of a server: transactions that publish or are refused, subscribers that fail for a while or for
// ever, messages that kill the process, power cuts, restarts, time that passes. Whatever happened, afterwards every
// committed message has had its effect once and in order, or is a dead letter for a reason.
#include <catch2/catch.hpp>

#include <mutex>
#include <random>

#include "support/bus_notes.hpp"
#include "support/mortal_server.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

enum class Nature { harmless, moody, poisonous, deadly };  // moody: fails twice, then no more

constexpr int subjects = 5;
constexpr int attempts = 4;
const std::vector<std::string> consumers{"brave", "mortal"};  // only "mortal" dies of the deadly

std::string subject(int n) { return "s" + std::to_string(n); }

class History {
 public:
  History(Engine engine, unsigned seed)
      : random_(seed), server_(engine, [this](TestBus& run) { wire(run); }), store_(server_.store) {
    make_effects(store_);
    change(store_, "CREATE TABLE test_published (subject TEXT, number BIGINT)");
    server_.start();
  }

  void step() {
    switch (random_() % 8) {
      case 0:
        return go_on_after(static_cast<unsigned>(random_() % 20'000));
      case 1:
        return restart(random_() % 2 == 0);
      case 2:
        power_cut_ = true;  // during the next transaction
        [[fallthrough]];
      default:
        publish_some();
    }
  }

  void finish() {
    for (int i = 0; i < attempts + 4 || count(store_, "SELECT COUNT(*) FROM parked") > 0; ++i) {
      REQUIRE(i < 1000);
      go_on_after(20'000);
    }
  }

  void check() {
    store_->read([&](Snapshot& snapshot) {
      CHECK(snapshot.get<std::int64_t>("SELECT COUNT(*) FROM outbox_head h WHERE h.next - 1 <> "
                                       "(SELECT COUNT(*) FROM outbox o WHERE o.partition = h.partition)") == 0);
      for (int n = 0; n < subjects; ++n) check_subject(snapshot, subject(n));
      check_dead_letters(snapshot);
    });
  }

 private:
  static Nature nature_of(std::int64_t number) {
    switch (number % 17) {
      case 3:
      case 8:
        return Nature::moody;
      case 5:
        return Nature::poisonous;
      case 11:
        return Nature::deadly;
      default:
        return Nature::harmless;
    }
  }
  static bool dies_as_letter(const std::string& consumer, std::int64_t number) {
    return nature_of(number) == Nature::poisonous || (nature_of(number) == Nature::deadly && consumer == "mortal");
  }

  void wire(TestBus& run) {
    for (const auto& consumer : consumers)
      run.bus.subscribe<Noted>(consumer,
                               [this, consumer](Tx& tx, const Noted& note) { return handle(tx, consumer, note); },
                               {.max_attempts = attempts, .first_delay = 1s, .max_delay = 10s});
  }

  Result<void> handle(Tx& tx, const std::string& consumer, const Noted& note) {
    add_effect(tx, consumer, note);
    switch (nature_of(note.number)) {
      case Nature::harmless:
        return {};
      case Nature::moody: {
        const std::lock_guard lock{mutex_};
        if (++moods_[{consumer, note.number}] <= 2) return problems::unavailable;
        return {};
      }
      case Nature::poisonous:
        throw std::runtime_error("poisonous");
      case Nature::deadly:
        if (consumer == "mortal") server_.die();
        return {};
    }
    return {};
  }

  void publish_some() {
    const auto chosen = 1 + random_() % 4;
    const bool is_refused = random_() % 5 == 0;
    const auto before = number_;
    try {
      const auto published = store_->write([&](Tx& tx) -> Result<void> {
        number_ = before;  // it may run again
        for (unsigned i = 0; i < chosen; ++i) {
          const Noted note{subject(static_cast<int>((before + i) * 7 % subjects)), ++number_};
          tx.exec("INSERT INTO test_published VALUES ($1, $2)", note.subject, note.number);
          publish(tx, note);
        }
        if (power_cut_.exchange(false)) server_.die();
        if (is_refused) return problems::forbidden;
        return {};
      });
      if (!published) number_ = before;
    } catch (const StoreError&) {
      number_ = before;
      restart(true);
    }
  }

  void go_on_after(unsigned milliseconds) {
    store_.clock.advance(std::chrono::milliseconds{milliseconds});
    while (!server_.survives()) server_.restart(true);
  }

  void restart(bool unclean) {
    server_.restart(unclean);
    if (random_() % 2 == 0) go_on_after(0);
  }

  static void check_subject(Snapshot& snapshot, const std::string& name) {
    const auto published =
        snapshot.list<std::int64_t>("SELECT number FROM test_published WHERE subject = $1 ORDER BY number", name);
    Numbers logged;
    for (const auto& payload :
         snapshot.list<std::string>("SELECT payload FROM outbox WHERE key = $1 ORDER BY position", name))
      logged.push_back(decode<Noted>(parse_json(payload).value()).value().number);
    CHECK(logged == published);
    for (const auto& consumer : consumers) {
      Numbers expected;
      for (const auto number : published)
        if (!dies_as_letter(consumer, number)) expected.push_back(number);
      CHECK(effects(snapshot, consumer, name) == expected);
    }
  }

  void check_dead_letters(Snapshot& snapshot) {
    std::map<std::pair<std::string, std::int64_t>, int> found;
    snapshot.visit("SELECT consumer, payload, attempts FROM dead_letters", [&](const Row& row) {
      const auto note = decode<Noted>(parse_json(row.text(1)).value()).value();
      const auto consumer = column<std::string>(row, 0);
      CHECK(dies_as_letter(consumer, note.number));
      CHECK(found.emplace(std::pair{consumer, note.number}, column<int>(row, 2)).second);
    });
    for (std::int64_t number = 1; number <= number_; ++number)
      for (const auto& consumer : consumers) {
        if (!dies_as_letter(consumer, number)) continue;
        const auto letter = found.find({consumer, number});
        REQUIRE(letter != found.end());
        if (nature_of(number) == Nature::poisonous) CHECK(letter->second == attempts);
        if (nature_of(number) == Nature::deadly) CHECK(letter->second == 3);
      }
  }

  std::mt19937 random_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::int64_t>, int> moods_;
  std::int64_t number_ = 0;  // of the last message committed
  std::atomic<bool> power_cut_{false};
  MortalServer server_;
  TestDatabase& store_;
};

}  // namespace

TEST_CASE("After any history each message has had its effect once and in order, or is a dead letter") {
  const auto engine = GENERATE(from_range(engines()));
  const unsigned histories = engine == Engine::sqlite ? 25 : 3;
  for (unsigned seed = 1; seed <= histories; ++seed) {
    INFO("seed " << seed);
    History history{engine, seed};
    for (int i = 0; i < 40; ++i) history.step();
    history.finish();
    history.check();
  }
}
