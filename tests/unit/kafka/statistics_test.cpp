// Reading what librdkafka says about itself.
#include "kafka/statistics.hpp"

#include <catch2/catch.hpp>

using guerdon::kafka::read_statistics;

TEST_CASE("brokers that are up and partitions of topics are read from statistics") {
  const auto read = read_statistics(R"({
    "brokers": {"a:1/1": {"state": "UP"}, "b:2/2": {"state": "DOWN"}, "c:3/bootstrap": {"state": "UP"}},
    "topics": {"t": {"partitions": {"0": {}, "1": {}, "-1": {}}}, "u": {"partitions": {"-1": {}}}}})");
  CHECK(read.brokers_up == 2);
  CHECK(read.partitions == std::map<std::string, int>{{"t", 2}});
}

TEST_CASE("statistics of another form say nothing") {
  CHECK_FALSE(read_statistics("").brokers_up.has_value());
  CHECK_FALSE(read_statistics("[1]").brokers_up.has_value());
  CHECK(read_statistics(R"({"brokers": {}, "topics": 5})").brokers_up == 0);
  CHECK(read_statistics(R"({"topics": {"t": 1, "u": {"partitions": []}}})").partitions.empty());
}
