// See invariants.hpp.
#include "bus/invariants.hpp"

namespace guerdon::bus {
namespace {

/// Old messages are pruned from the front, so that a partition may begin anywhere, or be empty.
std::vector<std::string> partitions_with_gaps(Snapshot& snapshot) {
  return snapshot.list<std::string>(
      "SELECT 'partition ' || o.partition || ' from ' || o.first || ' to ' || o.last || ' has ' || o.messages"
      " || ' messages' FROM (SELECT partition, min(position) AS first, max(position) AS last, count(*) AS messages"
      " FROM outbox GROUP BY partition) o LEFT JOIN outbox_head h ON h.partition = o.partition"
      " WHERE h.next IS NULL OR o.last <> h.next - 1 OR o.messages <> o.last - o.first + 1 LIMIT 100");
}

std::vector<std::string> offsets_off_the_log(Snapshot& snapshot) {
  return snapshot.list<std::string>(
      "SELECT o.consumer || ' in partition ' || o.partition || ' at ' || o.position FROM consumer_offsets o"
      " LEFT JOIN outbox_head h ON h.partition = o.partition"
      " WHERE h.next IS NULL OR o.position >= h.next OR o.position < 0 LIMIT 100");
}

std::vector<std::string> readers_off_the_log(Snapshot& snapshot) {
  return snapshot.list<std::string>(
      "SELECT o.consumer || ' of ' || o.topic || ' in partition ' || o.partition || ' at ' || o.position"
      " FROM feed_offsets o LEFT JOIN outbox_head h ON h.partition = o.partition"
      " WHERE h.next IS NULL OR o.position >= h.next OR o.position < 0 LIMIT 100");
}

std::vector<std::string> parked_ahead_of_the_log(Snapshot& snapshot) {
  return snapshot.list<std::string>(
      "SELECT p.consumer || ' in partition ' || p.partition || ' at ' || p.position FROM parked p"
      " LEFT JOIN outbox_head h ON h.partition = p.partition"
      " WHERE h.next IS NULL OR p.position >= h.next OR p.position < 1 LIMIT 100");
}

/// Without a time the key would wait for ever; with a second one it would overtake itself.
std::vector<std::string> keys_out_of_turn(Snapshot& snapshot) {
  return snapshot.list<std::string>(
      "SELECT p.consumer || ' in partition ' || p.partition || ' at ' || p.position FROM parked p"
      " WHERE (p.next_at IS NOT NULL) = EXISTS (SELECT 1 FROM parked e WHERE e.consumer = p.consumer"
      " AND e.partition = p.partition AND e.key = p.key AND e.position < p.position) LIMIT 100");
}

}  // namespace

std::vector<Invariant> invariants() {
  return {
      {.name = "I21",
       .rule = "The log of messages has no gap from its oldest one to its head.",
       .violations = partitions_with_gaps},
      {.name = "I21", .rule = "No subscriber is ahead of the log.", .violations = offsets_off_the_log},
      {.name = "I21", .rule = "No reader of the feed is ahead of the log.", .violations = readers_off_the_log},
      {.name = "I21", .rule = "What is parked was in the log.", .violations = parked_ahead_of_the_log},
      {.name = "I21",
       .rule = "Of the parked messages of a key exactly the first has a time to be tried at.",
       .violations = keys_out_of_turn},
  };
}

}  // namespace guerdon::bus
