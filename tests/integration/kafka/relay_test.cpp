// The relay beside a cluster that works: what comes out is what was committed, in order, once.
#include <future>

#include "support/relay_site.hpp"
#include "support/sync_gate.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

const std::vector<std::string> topics{"test.notes", "test.other"};

void publish_many(TestDatabase& store, int from, int to) {
  for (int first = from; first < to; first += 100)
    store
        ->write([&](Tx& tx) -> Result<void> {
          for (int n = first; n < std::min(to, first + 100); ++n) {
            publish(tx, Noted{"k" + std::to_string(n % 11), n});
            if (n % 5 == 0) publish(tx, Other{"k" + std::to_string(n % 7)});
          }
          return {};
        })
        .value();
}

std::int64_t place(TestDatabase& store, const std::string& consumer) {
  return store->read([&](Snapshot& snapshot) {
    return snapshot.get<std::int64_t>("SELECT CAST(SUM(position) AS BIGINT) FROM consumer_offsets WHERE consumer = $1",
                                      consumer);
  });
}

std::int64_t heads(TestDatabase& store) {
  return count(store, "SELECT CAST(SUM(next - 1) AS BIGINT) FROM outbox_head");
}

}  // namespace

TEST_CASE("every committed message reaches its topic, with its key, its headers and its envelope") {
  TestDatabase store{GENERATE(from_range(engines()))};
  MockKafka cluster;
  RelayRun run{store, kafka_config(cluster.brokers())};
  publish_all(store, Noted{"a", 1}, Other{"a"}, Noted{"b", 1}, Erased{"a"}, Noted{"a", 2});
  const auto refused = store->write([](Tx& tx) -> Result<void> {
    publish(tx, Noted{"a", 987654321});
    return problems::forbidden;
  });
  CHECK(refused.has_error());
  publish_many(store, 0, 2500);
  KafkaReader reader{cluster.brokers(), topics};
  check_delivered(*store, reader);
  CHECK(run.drains());
  CHECK(run.figures("test.other").delivered == 501);
  CHECK(run.relay->figures().state == kafka::State::ok);
  CHECK(run.relay->figures().producers_remade == 0);
  for (const auto& record : reader.records()) CHECK(record.value.find("987654321") == std::string::npos);
}

TEST_CASE("nothing is sent that the disk does not have yet") {
  SyncGate gate;
  store::DatabaseOptions options;
  options.faults = &gate;
  TestDatabase store{Engine::sqlite, Schema::migrated, options};
  MockKafka cluster;
  auto relaying = hurried();
  relaying.poll = 1h;  // it reads when it is told of messages, and then all there are
  RelayRun run{store, kafka_config(cluster.brokers()), relaying};
  publish_all(store, Noted{"a", 0});
  KafkaReader reader{cluster.brokers(), topics};
  REQUIRE(reader.read_until([](const auto& records) { return records.size() == 1; }));
  gate.close();
  std::vector<std::future<void>> commands;
  queue_behind(*store, [&] {
    for (int n = 1; n <= 200; ++n) {
      commands.push_back(submit(*store, [n](Tx& tx) {
        std::this_thread::sleep_for(200us);  // in several groups
        publish(tx, Noted{"a", n});
        return true;
      }));
    }
  });
  gate.wait_for_sync();
  std::this_thread::sleep_for(50ms);  // there are commits behind it
  gate.let_one_through();             // of which the relay is told, and sees what follows as well
  gate.wait_for_sync(2);
  std::size_t told = 0;
  for (auto& command : commands) told += command.wait_for(0s) == std::future_status::ready ? 1 : 0;
  std::this_thread::sleep_for(500ms);
  CHECK_FALSE(reader.read_until([&](const auto& records) { return records.size() > 1 + told; }, 1s));
  gate.open();
  for (auto& command : commands) command.get();
  CHECK(run.drains());
  check_delivered(*store, reader);
}

TEST_CASE("a cluster that makes no topics for us is used with those that it has") {
  TestDatabase store{Engine::sqlite};
  MockKafka cluster;
  auto config = kafka_config(cluster.brokers());
  config.create_topics = true;
  RelayRun run{store, config};
  publish_all(store, Noted{"a", 1});
  KafkaReader reader{cluster.brokers(), topics};
  check_delivered(*store, reader);
}

TEST_CASE("the trace of a message goes with it as a header") {
  TestDatabase store{Engine::sqlite};
  MockKafka cluster;
  RelayRun run{store, kafka_config(cluster.brokers())};
  const std::string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  store
      ->write([&](Tx& tx) -> Result<void> {
        tx.append({.id = tx.new_id<MessageId>(),
                   .topic = "test.notes",
                   .key = "a",
                   .type = "Noted",
                   .payload = R"({"subject":"a","number":1})",
                   .headers = {{"traceparent", trace}}});
        publish(tx, Noted{"b", 1});
        return {};
      })
      .value();
  KafkaReader reader{cluster.brokers(), topics};
  REQUIRE(reader.read_until([](const auto& records) { return records.size() == 2; }));
  for (const auto& record : reader.records()) {
    if (record.key == "a") CHECK(record.headers.at("traceparent") == trace);
    if (record.key == "b") CHECK_FALSE(record.headers.contains("traceparent"));
  }
}

TEST_CASE("a stopped relay has stored how far it came, and the next one goes on from there") {
  TestDatabase store{GENERATE(from_range(engines()))};
  MockKafka cluster;
  {
    RelayRun run{store, kafka_config(cluster.brokers())};
    publish_many(store, 0, 700);
    REQUIRE(run.drains());
    run.stop();
  }
  CHECK(place(store, "kafka.test.notes") == heads(store));
  CHECK(place(store, "kafka.test.other") == heads(store));
  RelayRun run{store, kafka_config(cluster.brokers())};
  publish_many(store, 700, 800);
  KafkaReader reader{cluster.brokers(), topics};
  check_delivered(*store, reader);
  REQUIRE(run.drains());
  run.stop();
  CHECK(ids_of(reader.records()).size() == reader.records().size());  // nothing twice
}

TEST_CASE("a relay that stored nothing begins again, and what comes twice is a replay") {
  TestDatabase store{GENERATE(from_range(engines()))};
  MockKafka cluster;
  auto forgetful = hurried();
  forgetful.save_every = 1h;
  {
    RelayRun run{store, kafka_config(cluster.brokers()), forgetful};
    publish_many(store, 0, 300);
    KafkaReader reader{cluster.brokers(), topics};
    check_delivered(*store, reader);
    run.relay->stop(0ms);
  }
  if (store->engine() == Engine::postgres) change(store, "DELETE FROM kafka_leases");  // it died long ago
  RelayRun run{store, kafka_config(cluster.brokers())};
  publish_many(store, 300, 400);
  KafkaReader reader{cluster.brokers(), topics};
  check_delivered(*store, reader);
}

TEST_CASE("the log is kept for a topic that was not relayed yet, and not for one that has nothing to relay") {
  TestDatabase store{GENERATE(from_range(engines()))};
  MockKafka cluster;
  auto options = hurried();
  options.lazy_positions = 50;
  cluster.down();
  RelayRun run{store, kafka_config(cluster.brokers()), options};
  for (int n = 0; n < 400; ++n) publish_all(store, Noted{"k" + std::to_string(n % 3), n});
  const auto moved = [&] { return place(store, "kafka.test.other") > 0; };
  REQUIRE(run.comes_to([&](const auto&) { return moved(); }));
  CHECK(place(store, "kafka.test.notes") == 0);
  store.clock.advance(std::chrono::days{30});
  run.bus.runner.wake("test retention");
  REQUIRE(run.bus.settle());
  CHECK(log_rows(*store).size() == 400);
  cluster.up();
  KafkaReader reader{cluster.brokers(), {"test.notes"}};
  check_delivered(*store, reader);
}

TEST_CASE("of several servers on one database one relays, and another takes over when it stops") {
  if (engines().size() < 2) return;  // an embedded store has one server
  TestDatabase store{Engine::postgres};
  MockKafka cluster;
  RelayRun first{store, kafka_config(cluster.brokers())};
  REQUIRE(first.comes_to([](const auto& figures) { return figures.state == kafka::State::ok; }));
  // The second one's bus would take the store's attachment: it has a database of its own on the same schema.
  auto random = system_random();
  bus::PumpRunner runner{*store, store.clock};
  bus::OutboxBus bus{*store, runner, *random, {}};
  kafka::Relay second{first.config, *store, bus, *random, {"test.notes", "test.other"}, hurried()};
  second.start();
  publish_many(store, 0, 200);
  REQUIRE(first.drains());
  CHECK(first.figures("test.notes").delivered == 200);
  CHECK(second.figures().topics.front().delivered == 0);
  first.stop();
  publish_many(store, 200, 300);
  KafkaReader reader{cluster.brokers(), topics};
  check_delivered(*store, reader);
  CHECK(first.comes_to([&](const auto&) { return second.figures().topics.front().delivered == 100; }));
  CHECK(ids_of(reader.records()).size() == reader.records().size());
  second.stop(30s);
}
