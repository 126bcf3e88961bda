// Two servers on one database: what one commits reaches the feed and the streams of the other, which nobody wakes but
// its own poll.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <thread>

#include "bus/feed_pump.hpp"
#include "guerdon/platform.hpp"
#include "integration/feed/event_client.hpp"
#include "integration/feed/site.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

/// An embedded store has one server.
std::vector<Engine> shared_engines() {
  auto engines = test::engines();
  std::erase(engines, Engine::sqlite);
  return engines;
}

class TwoServers {
 public:
  explicit TwoServers(Engine engine) : place_(engine) {
    for (std::size_t i = 0; i < servers_.size(); ++i) servers_[i] = std::make_unique<testing::Server>(options(i));
    admin = one().make_admin();
  }

  testing::Server& one() { return *servers_[0]; }
  testing::Server& other() { return *servers_[1]; }

  /// Numbers from `first` on by that server, one transaction each, of three subjects in turn. Both clocks go on.
  void publish_notes(testing::Server& server, int first, int count) {
    for (int n = first; n < first + count; ++n) {
      for (const auto& each : servers_) each->clock().advance(1ms);
      publish_note(server, "subject-" + std::to_string(n % 3), n);
    }
  }
  static void publish_note(testing::Server& server, const std::string& subject, int number) {
    const auto published = server.database().write([&](Tx& tx) -> Result<void> {
      publish(tx, Noted{subject, number});
      return {};
    });
    if (!published) throw std::runtime_error("a note was not published");
  }

  /// What the other's poll does every five seconds.
  void poll_other() { pumps_[1]->wake(bus::feed_pump); }

 private:
  testing::ServerOptions options(std::size_t index) {
    testing::ServerOptions options;
    options.configure = [this](Config& config) {
      config.database.url = *DatabaseUrl::parse(place_.url());
      config.auth.jwt_secret_base64 = SigningKey{std::string(32, 'k')};
    };
    options.data_folder = folders_[index].path().string();
    options.extend = [this, index](Platform& platform) {
      platform.bus.declare<Noted>();
      platform.bus.declare<Other>();
      pumps_[index] = &platform.pumps;
    };
    return options;
  }

  std::array<TempFolder, 2> folders_;
  DatabasePlace place_;
  std::array<Pumps*, 2> pumps_{};
  std::array<std::unique_ptr<testing::Server>, 2> servers_;

 public:
  std::string admin;
};

EventClient follow(TwoServers& two, testing::Server& server, const std::string& query = {}) {
  EventClient client{server.port(), notes_feed + query, two.admin};
  client.head();
  return client;
}

}  // namespace

TEST_CASE("what one server commits reaches a stream of another by its poll") {
  for (const auto engine : shared_engines()) {
    TwoServers two{engine};
    auto client = follow(two, two.other());
    CHECK(client.next_block().retry == "2000");
    two.other().settle();  // what the opening of the stream has begun
    two.publish_notes(two.one(), 0, 5);
    for (int n = 0; n < 5; ++n) CHECK(client.next_number() == n);  // nobody wakes it: five seconds at most
  }
}

TEST_CASE("what two servers commit in turn comes to the streams of both in order and without gaps") {
  for (const auto engine : shared_engines()) {
    TwoServers two{engine};
    auto client = follow(two, two.other());
    auto late = follow(two, two.other(), "?after=latest");
    constexpr int rounds = 6, each = 20;
    for (int round = 0; round < rounds; ++round)
      two.publish_notes(round % 2 == 0 ? two.one() : two.other(), round * each, each);
    two.publish_notes(two.one(), rounds * each, 1);
    two.poll_other();
    for (int n = 0; n <= rounds * each; ++n) REQUIRE(client.next_number() == n);
    for (int n = 0; n <= rounds * each; ++n) REQUIRE(late.next_number() == n);
  }
}

TEST_CASE("while two servers write at once, a stream tells everything once and each key in order") {
  for (const auto engine : shared_engines()) {
    TwoServers two{engine};
    auto client = follow(two, two.other());
    constexpr int each = 60;
    std::vector<std::thread> writers;
    for (auto* const server : {&two.one(), &two.other()})
      writers.emplace_back([server, name = "writer-" + std::to_string(writers.size())] {
        for (int n = 0; n < each; ++n) TwoServers::publish_note(*server, name, n);
      });
    for (auto& writer : writers) writer.join();
    two.poll_other();
    std::map<std::string, std::int64_t> next;
    for (int i = 0; i < 2 * each; ++i) {
      const auto number = client.next_number();
      const auto item = parse_json(client.last.data).value();
      CHECK(number == next[std::string{item.at("key").as_string()}]++);
    }
    CHECK(next == std::map<std::string, std::int64_t>{{"writer-0", each}, {"writer-1", each}});
  }
}

TEST_CASE("a place in the feed that one server has given is good on the other, and so is a committed one") {
  for (const auto engine : shared_engines()) {
    TwoServers two{engine};
    two.publish_notes(two.one(), 0, 6);
    const auto page = two.one().get(notes_feed + "?limit=4", two.admin);
    REQUIRE(numbers_of(page) == Numbers{0, 1, 2, 3});
    const auto rest = notes_feed + "?after=" + page.text("/cursor");
    CHECK(numbers_of(two.other().get(rest, two.admin)) == Numbers{4, 5});
    REQUIRE(two.one()
                .post(notes_feed + "/commit", {{"consumer", "billing"}, {"cursor", page.text("/items/1/cursor")}},
                      two.admin)
                .status == 200);
    two.publish_notes(two.other(), 6, 1);
    CHECK(numbers_of(two.other().get(notes_feed + "?consumer=billing", two.admin)) == Numbers{2, 3, 4, 5, 6});
    CHECK(numbers_of(two.one().get(rest, two.admin)) == Numbers{4, 5, 6});
  }
}
