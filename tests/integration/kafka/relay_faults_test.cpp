// The relay beside a cluster that fails (F13 to F17): nothing is lost, nothing overtakes anything of its key, and what
// fails holds up nothing else.
#include "support/relay_site.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;
using kafka::Flow;

namespace {

const std::vector<std::string> topics{"test.notes", "test.other"};

void publish_notes(TestDatabase& store, int from, int to) {
  for (int first = from; first < to; first += 100)
    store
        ->write([&](Tx& tx) -> Result<void> {
          for (int n = first; n < std::min(to, first + 100); ++n) publish(tx, Noted{"k" + std::to_string(n % 11), n});
          return {};
        })
        .value();
}

struct DeadLetter {
  std::string id, consumer, error;
};

std::vector<DeadLetter> dead_letters(TestDatabase& store) {
  return store->read([](Snapshot& snapshot) {
    std::vector<DeadLetter> found;
    snapshot.visit(
        "SELECT message_id, consumer, error FROM dead_letters ORDER BY partition, position", [&](const Row& row) {
          found.push_back(
              {column<MessageId>(row, 0).to_string(), column<std::string>(row, 1), column<std::string>(row, 2)});
        });
    return found;
  });
}

/// The ids of the log's messages whose number is `number`.
std::set<std::string> ids_of_number(TestDatabase& store, int number) {
  const auto payload = "%\"number\":" + std::to_string(number) + "}";
  return store->read([&](Snapshot& snapshot) {
    std::set<std::string> ids;
    for (const auto& id : snapshot.list<MessageId>("SELECT message_id FROM outbox WHERE payload LIKE $1", payload))
      ids.insert(id.to_string());
    return ids;
  });
}

}  // namespace

TEST_CASE("with all brokers down the log grows and nobody waits, and afterwards it drains in order") {
  TestDatabase store{GENERATE(from_range(engines()))};
  MockKafka cluster;
  RelayRun run{store, kafka_config(cluster.brokers())};
  publish_notes(store, 0, 100);
  REQUIRE(run.drains());
  cluster.down();
  constexpr int window = kafka::DispatchLimits{}.window;
  publish_notes(store, 100, 2 * window);
  publish_all(store, Other{"a"});
  REQUIRE(run.comes_to([&](const auto& figures) {
    return figures.state == kafka::State::unreachable && run.figures("test.notes").in_flight == window;
  }));
  CHECK(run.comes_to([&](const auto&) { return run.figures("test.notes").lag > window; }));
  cluster.up();
  KafkaReader reader{cluster.brokers(), topics};
  check_delivered(*store, reader);
  CHECK(run.drains());
  CHECK(run.comes_to([](const auto& figures) { return figures.state == kafka::State::ok; }));
}

TEST_CASE("a server starts with all brokers down") {
  TestDatabase store{Engine::sqlite};
  MockKafka cluster;
  cluster.down();
  RelayRun run{store, kafka_config(cluster.brokers())};
  publish_notes(store, 0, 50);
  REQUIRE(run.comes_to([](const auto& figures) { return figures.state == kafka::State::unreachable; }));
  cluster.up();
  KafkaReader reader{cluster.brokers(), topics};
  check_delivered(*store, reader);
}

TEST_CASE("with half of the brokers down the other half's partitions flow") {
  TestDatabase store{Engine::sqlite};
  MockKafka cluster{2};
  cluster.make_topic("test.notes", 4);
  for (int partition = 0; partition < 4; ++partition) cluster.set_leader("test.notes", partition, 1 + partition % 2);
  RelayRun run{store, kafka_config(cluster.brokers())};
  publish_notes(store, 0, 50);
  REQUIRE(run.drains());
  cluster.down(2);
  publish_notes(store, 50, 500);
  REQUIRE(run.comes_to([&](const auto&) { return run.figures("test.notes").delivered > 100; }));
  CHECK(run.figures("test.notes").lag > 0);
  cluster.up(2);
  KafkaReader reader{cluster.brokers(), topics};
  check_delivered(*store, reader);
}

TEST_CASE("a topic that is not allowed pauses alone, and flows once it is") {
  TestDatabase store{GENERATE(from_range(engines()))};
  MockKafka cluster;
  // With TOPIC_AUTHORIZATION_FAILED the mock, unlike a broker, still lists the partitions: librdkafka 2.0.2 then waits.
  const auto error = GENERATE(RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
  cluster.refuse_topic("test.other", error);
  RelayRun run{store, kafka_config(cluster.brokers())};
  publish_all(store, Other{"a"}, Other{"b"}, Other{"a"});
  publish_notes(store, 0, 300);
  REQUIRE(run.flow_becomes("test.other", Flow::paused));
  REQUIRE(run.comes_to([&](const auto&) { return run.figures("test.notes").delivered >= 300; }));
  publish_notes(store, 300, 400);
  REQUIRE(run.comes_to([&](const auto&) { return run.figures("test.notes").lag == 0; }));
  CHECK(run.figures("test.other").delivered == 0);
  CHECK(run.figures("test.other").refused > 0);
  CHECK(run.relay->figures().state == kafka::State::refused);
  CHECK(dead_letters(store).empty());
  cluster.refuse_topic("test.other", RD_KAFKA_RESP_ERR_NO_ERROR);
  KafkaReader reader{cluster.brokers(), topics};
  check_delivered(*store, reader);
  CHECK(run.flow_becomes("test.other", Flow::flowing));
}

TEST_CASE("what a broker refuses on the way is sent again in order once it is allowed") {
  TestDatabase store{Engine::sqlite};
  MockKafka cluster;
  RelayRun run{store, kafka_config(cluster.brokers())};
  publish_notes(store, 0, 10);
  REQUIRE(run.drains());
  cluster.fail_next(MockKafka::produce,
                    std::vector<rd_kafka_resp_err_t>(5, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED));
  publish_notes(store, 10, 500);
  KafkaReader reader{cluster.brokers(), topics};
  check_delivered(*store, reader);
  CHECK(run.figures("test.notes").refused > 0);
  CHECK(dead_letters(store).empty());
  CHECK(run.flow_becomes("test.notes", Flow::flowing));
}

TEST_CASE("a message that is too large becomes a dead letter at once, and its key goes on") {
  TestDatabase store{GENERATE(from_range(engines()))};
  MockKafka cluster;
  RelayRun run{store, kafka_config(cluster.brokers(), {{"message.max.bytes", "2000"}})};
  publish_all(store, Noted{"a", 1}, Noted{std::string(3000, 'x'), 77}, Noted{"a", 2}, Other{"a"});
  const auto dead = ids_of_number(store, 77);
  REQUIRE(dead.size() == 1);
  KafkaReader reader{cluster.brokers(), topics};
  check_delivered(*store, reader, dead);
  REQUIRE(run.drains());
  REQUIRE(run.comes_to([&](const auto&) { return !dead_letters(store).empty(); }));
  const auto letters = dead_letters(store);
  REQUIRE(letters.size() == 1);
  CHECK(letters[0].id == *dead.begin());
  CHECK(letters[0].consumer == "kafka.test.notes");
  CHECK(letters[0].error.find("too large for Kafka") != std::string::npos);
  CHECK(run.figures("test.notes").dead == 1);
}

TEST_CASE("a dead letter that is parked again is sent, and dies again while it is too large") {
  TestDatabase store{GENERATE(from_range(engines()))};
  MockKafka cluster;
  const auto park_all = [&] {
    store
        ->write([&](Tx& tx) -> Result<void> {
          tx.exec(
              "INSERT INTO parked (consumer, partition, position, message_id, topic, key, type, payload, headers, at, "
              "attempts, crashes, next_at, error) SELECT consumer, partition, position, message_id, topic, key, type, "
              "payload, headers, at, 0, 0, at, '' FROM dead_letters");
          tx.exec(
              "UPDATE parked SET next_at = NULL WHERE EXISTS (SELECT 1 FROM parked e WHERE e.key = parked.key AND "
              "e.position < parked.position)");
          tx.exec("DELETE FROM dead_letters");
          return {};
        })
        .value();
  };
  const auto parked = [&] { return count(store, "SELECT COUNT(*) FROM parked"); };
  const std::string long_name(3000, 'x');
  {
    RelayRun run{store, kafka_config(cluster.brokers(), {{"message.max.bytes", "2000"}})};
    publish_all(store, Noted{long_name, 1}, Noted{"a", 1}, Noted{long_name, 2});
    REQUIRE(run.comes_to([&](const auto&) { return dead_letters(store).size() == 2; }));
    park_all();
    REQUIRE(run.comes_to([&](const auto&) { return dead_letters(store).size() == 2 && parked() == 0; }));
    run.stop();
  }
  park_all();
  RelayRun run{store, kafka_config(cluster.brokers())};
  KafkaReader reader{cluster.brokers(), topics};
  check_delivered(*store, reader);
  REQUIRE(run.comes_to([&](const auto&) { return parked() == 0; }));
  CHECK(dead_letters(store).empty());
}

TEST_CASE("a batch that a broker finds too large is sent one by one: only a message that is refused alone is dead") {
  TestDatabase store{Engine::sqlite};
  MockKafka cluster;
  cluster.make_topic("test.notes", 1);
  RelayRun run{store, kafka_config(cluster.brokers())};
  publish_all(store, Noted{"a", 0});
  REQUIRE(run.drains());
  const bool alone = GENERATE(false, true);
  const auto error = GENERATE(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE);
  // The first answers are for the batches under way, five at most, and what is left of eight for messages by
  // themselves.
  cluster.fail_next(MockKafka::produce, std::vector<rd_kafka_resp_err_t>(alone ? 8 : 1, error));
  store
      ->write([&](Tx& tx) -> Result<void> {
        for (int n = 1; n <= 50; ++n) publish(tx, Noted{"k" + std::to_string(n % 3), n});
        return {};
      })
      .value();
  REQUIRE(run.drains());
  std::set<std::string> dead;
  for (const auto& letter : dead_letters(store)) dead.insert(letter.id);
  CHECK(dead.empty() == !alone);
  KafkaReader reader{cluster.brokers(), topics};
  check_delivered(*store, reader, dead);
  REQUIRE(run.flow_becomes("test.notes", Flow::flowing));
}

TEST_CASE("a producer that broke is made anew, and each topic goes on from what was not acknowledged") {
  TestDatabase store{GENERATE(from_range(engines()))};
  MockKafka cluster;
  std::atomic<rd_kafka_t*> producer{nullptr};
  auto options = hurried();
  options.on_producer = [&](rd_kafka_t* made) { producer = made; };
  RelayRun run{store, kafka_config(cluster.brokers()), options};
  publish_notes(store, 0, 500);
  REQUIRE(run.drains());
  cluster.slow(50ms);  // something is in flight when it breaks
  publish_notes(store, 500, 1500);
  REQUIRE(run.comes_to([&](const auto&) { return run.figures("test.notes").in_flight > 0; }));
  rd_kafka_test_fatal_error(producer, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "on purpose");
  publish_notes(store, 1500, 1600);
  publish_all(store, Other{"a"});
  cluster.slow(0ms);
  KafkaReader reader{cluster.brokers(), topics};
  check_delivered(*store, reader);
  CHECK(run.relay->figures().producers_remade == 1);
  CHECK(run.drains());
}

TEST_CASE("a producer that a broker does not know any more is made anew") {
  TestDatabase store{Engine::sqlite};
  MockKafka cluster;
  RelayRun run{store, kafka_config(cluster.brokers())};
  publish_notes(store, 0, 100);
  REQUIRE(run.drains());
  const auto error = GENERATE(RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID,
                              RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR__TRANSPORT);
  cluster.fail_next(MockKafka::produce, {error, error});
  publish_notes(store, 100, 900);
  KafkaReader reader{cluster.brokers(), topics};
  check_delivered(*store, reader);
}

TEST_CASE("an acknowledgement that is lost may send messages twice, never out of order") {
  TestDatabase store{Engine::sqlite};
  MockKafka cluster;
  RelayRun run{store, kafka_config(cluster.brokers(), {{"socket.timeout.ms", "1000"}, {"request.timeout.ms", "500"}})};
  publish_notes(store, 0, 10);
  REQUIRE(run.drains());
  cluster.delay_next(1, MockKafka::produce, {4s, 4s});
  publish_notes(store, 10, 400);
  KafkaReader reader{cluster.brokers(), topics};
  check_delivered(*store, reader);
  CHECK(run.drains());
}

TEST_CASE("brokers that answer slowly are not flooded") {
  TestDatabase store{Engine::sqlite};
  MockKafka cluster;
  auto options = hurried();
  options.limits.window = 40;
  cluster.slow(20ms);
  RelayRun run{store, kafka_config(cluster.brokers()), options};
  publish_notes(store, 0, 300);
  std::int64_t most = 0;
  REQUIRE(run.comes_to([&](const auto& figures) {
    for (const auto& topic : figures.topics) most = std::max(most, topic.in_flight);
    return run.figures("test.notes").delivered == 300;
  }));
  CHECK(most <= 40);
  CHECK(most > 0);
}

TEST_CASE("messages in flight are limited in bytes, yet each topic may have one") {
  TestDatabase store{Engine::sqlite};
  MockKafka cluster;
  auto options = hurried();
  options.limits.bytes = 1;
  RelayRun run{store, kafka_config(cluster.brokers()), options};
  publish_notes(store, 0, 30);
  publish_all(store, Other{"a"}, Other{"b"});
  KafkaReader reader{cluster.brokers(), topics};
  check_delivered(*store, reader);
}
