// When the number of a topic's partitions changes under a running server, that is noticed, once.
#include "kafka/partition_counts.hpp"

#include <catch2/catch.hpp>

using guerdon::kafka::PartitionCounts;
using Changes = std::vector<PartitionCounts::Change>;

TEST_CASE("a topic whose number of partitions changes is told once, with both numbers") {
  PartitionCounts counts;
  CHECK(counts.update({{"t", 4}, {"u", 1}}) == Changes{});
  CHECK(counts.update({{"t", 4}, {"u", 1}}) == Changes{});
  CHECK(counts.update({{"t", 6}, {"u", 1}}) == Changes{{"t", 4, 6}});
  CHECK(counts.update({{"t", 6}, {"u", 1}}) == Changes{});
}

TEST_CASE("what the client does not know for a while is no change, and neither is a new topic") {
  PartitionCounts counts;
  CHECK(counts.update({{"t", 4}}) == Changes{});
  CHECK(counts.update({}) == Changes{});
  CHECK(counts.update({{"t", 4}, {"new", 2}}) == Changes{});
  CHECK(counts.update({{"t", 3}}) == Changes{{"t", 4, 3}});
}
