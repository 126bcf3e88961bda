// The breaker of each topic, with the time that the test says it is: refused, tried again at pauses that grow, alone,
// and flowing again; and the other topics, which notice nothing.
#include "kafka/dispatch.hpp"

#include <chrono>
#include <thread>

#include "support/relay_site.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;
using kafka::Dispatch;
using kafka::Flow;
using kafka::Steady;
using kafka::Topic;

namespace {

/// Two topics and what is to be sent to each; whatever may go out is handed over, as the relay does.
class Desk {
 public:
  explicit Desk(const std::string& brokers) : config_(kafka_config(brokers)) {
    for (const auto* name : {"test.a", "test.b"}) topics.emplace_back(name).cursors.emplace_back(0);
  }

  Topic& a() { return topics[0]; }
  Topic& b() { return topics[1]; }
  void publish(Topic& topic, int messages) { last_[&topic] += messages; }
  [[nodiscard]] bool is_through(Topic& topic) { return topic.cursors[0].safe() == last_[&topic]; }

  /// Turns until it is so, while the clock of the breakers stands still.
  template <class F>
  bool comes_to(F condition) {
    for (const auto deadline = Steady::now() + 20s; Steady::now() < deadline; std::this_thread::sleep_for(1ms)) {
      turn();
      if (condition()) return true;
    }
    return false;
  }
  void turn() {
    dispatch.turn(now);
    for (auto& topic : topics) hand_over(topic);
  }

  std::deque<Topic> topics;
  Steady::time_point now{1h};

 private:
  void hand_over(Topic& topic) {
    auto& cursor = topic.cursors[0];
    while (cursor.read() < last_[&topic]) {
      Delivery delivery;
      delivery.position = cursor.read() + 1;
      delivery.topic = topic.name;
      delivery.key = "k";
      delivery.type = "Noted";
      delivery.payload = "{}";
      if (!dispatch.hand_over(topic, cursor, delivery.position, delivery)) return;
    }
    topic.fresh = 0;
  }

  std::map<const Topic*, std::int64_t> last_;
  KafkaConfig config_;

 public:
  Dispatch dispatch{config_, topics, {}, [] {}};
};

}  // namespace

TEST_CASE(
    "a refused topic is tried again at pauses that double up to a minute, and between them nothing of it is sent") {
  MockKafka cluster;
  cluster.refuse_topic("test.b", RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION);
  Desk desk{cluster.brokers()};
  desk.publish(desk.b(), 3);
  auto pause = 1000ms;
  for (int n = 1; n <= 8; ++n, pause = std::min(2 * pause, std::chrono::milliseconds{60s})) {
    INFO("refusal " << n);
    REQUIRE(desk.comes_to([&] { return desk.b().flow == Flow::paused && desk.b().pauses == n; }));
    CHECK(desk.b().figures.refused == static_cast<std::uint64_t>(n));
    CHECK(desk.b().retry_at - desk.now == pause);
    CHECK(desk.dispatch.next_at() == desk.b().retry_at);
    CHECK(desk.dispatch.room(desk.b()) == 0);
    desk.now += pause - 1ms;
    desk.turn();
    CHECK(desk.b().flow == Flow::paused);
    desk.now += 1ms;
  }
  CHECK(pause == 60s);
  CHECK(desk.b().cursors[0].safe() == 0);
}

TEST_CASE(
    "while a topic is refused the others flow, and once it is taken all of it arrives and it shares a producer again") {
  MockKafka cluster;
  cluster.refuse_topic("test.b", RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION);
  Desk desk{cluster.brokers()};
  desk.publish(desk.a(), 20);
  desk.publish(desk.b(), 200);
  REQUIRE(desk.comes_to([&] { return desk.b().flow == Flow::paused && desk.is_through(desk.a()); }));
  CHECK(desk.a().flow == Flow::flowing);
  CHECK(desk.a().figures.refused == 0);
  desk.publish(desk.a(), 1000);
  REQUIRE(desk.comes_to([&] { return desk.is_through(desk.a()); }));
  CHECK(desk.b().flow == Flow::paused);

  cluster.refuse_topic("test.b", RD_KAFKA_RESP_ERR_NO_ERROR);
  desk.now = desk.b().retry_at;
  desk.turn();
  CHECK(desk.b().flow == Flow::apart);
  CHECK(desk.b().window == 1);  // one message shows whether the topic is taken now
  REQUIRE(desk.comes_to([&] { return desk.is_through(desk.b()) && desk.b().flow == Flow::flowing; }));
  CHECK(desk.b().pauses == 0);
  CHECK(desk.b().own == nullptr);
  CHECK(desk.b().figures.dead == 0);

  KafkaReader reader{cluster.brokers(), {"test.a", "test.b"}};
  REQUIRE(reader.read_until([](const KafkaReader::Records& all) { return all.size() >= 1220; }));
  std::map<std::string, std::set<std::string>> values;
  for (const auto& record : reader.records()) values[record.topic].insert(record.value);
  CHECK(values["test.a"].size() == 1020);
  CHECK(values["test.b"].size() == 200);
}
