// See outbox_writer.hpp.
#include "bus/outbox_writer.hpp"

#include <boost/json.hpp>

#include "bus/partition.hpp"
#include "bus/personal_data.hpp"
#include "guerdon/crypto.hpp"

namespace guerdon::bus {
namespace {

json::object as_row(OutgoingMessage& message, std::int64_t number) {
  return {{"n", number},
          {"id", to_hex(message.id.uuid().bytes)},
          {"topic", message.topic},
          {"key", message.key},
          {"type", message.type},
          {"payload", message.payload},
          {"headers", std::move(message.headers)},
          {"at", to_rfc3339(message.time)}};
}

constexpr auto ignore_row = [](const Row&) {};

}  // namespace

int OutboxWriter::partitions(Snapshot& store) {
  int count = partitions_.load(std::memory_order_relaxed);
  if (count == 0) {
    count = static_cast<int>(store.get<std::int64_t>("SELECT COUNT(*) FROM outbox_head"));
    partitions_.store(count, std::memory_order_relaxed);
  }
  return count;
}

void OutboxWriter::write(Snapshot& store, std::span<OutgoingMessage> messages) {
  if (pseudonymous_) {
    for (auto& message : messages)
      if (!message.personal.empty()) message.payload = without_members(message.payload, message.personal);
  }
  if (store.engine() == Engine::sqlite) return write_one_by_one(store, messages);
  write_partitions(store, messages);
}

// Statements cost next to nothing here, and there is one partition.
void OutboxWriter::write_one_by_one(Snapshot& store, std::span<OutgoingMessage> messages) {
  const auto count = static_cast<std::int64_t>(messages.size());
  auto position =
      store.get<std::int64_t>("UPDATE outbox_head SET next = next + $1 WHERE partition = 0 RETURNING next", count) -
      count;
  for (const auto& message : messages) {
    store.visit(
        "INSERT INTO outbox (position, partition, message_id, topic, key, type, payload, headers, at) "
        "VALUES ($1, 0, $2, $3, $4, $5, $6, $7, $8)",
        ignore_row, position++, message.id, message.topic, message.key, message.type, message.payload, message.headers,
        message.time);
  }
}

// One statement a partition: others who publish to it wait from here to the commit, so round trips count. In ascending
// order, so that two transactions never wait for each other.
void OutboxWriter::write_partitions(Snapshot& store, std::span<OutgoingMessage> messages) {
  std::vector<json::array> rows(static_cast<std::size_t>(partitions(store)));
  for (auto& message : messages) {
    auto& of_partition = rows[static_cast<std::size_t>(partition_of(message.key, static_cast<int>(rows.size())))];
    of_partition.push_back(as_row(message, static_cast<std::int64_t>(of_partition.size())));
  }
  for (std::size_t partition = 0; partition < rows.size(); ++partition) {
    if (rows[partition].empty()) continue;
    const auto count = static_cast<std::int64_t>(rows[partition].size());
    store.visit(
        "WITH head AS (UPDATE outbox_head SET next = next + $2 WHERE partition = $1 RETURNING next - $2 AS first) "
        "INSERT INTO outbox (partition, position, message_id, topic, key, type, payload, headers, at) "
        "SELECT $1, head.first + m.n, m.id, m.topic, m.key, m.type, m.payload, m.headers, m.at "
        "FROM head, jsonb_to_recordset($3) AS m(n BIGINT, id UUID, topic TEXT, key TEXT, type TEXT, payload TEXT, "
        "headers JSONB, at TIMESTAMPTZ)",
        ignore_row, static_cast<std::int64_t>(partition), count, json::value(std::move(rows[partition])));
  }
}

}  // namespace guerdon::bus
