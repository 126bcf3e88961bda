// See intake_batch.hpp.
#include "kafka/intake_batch.hpp"

#include <chrono>
#include <new>

#include "guerdon/base64url.hpp"
#include "guerdon/codec.hpp"
#include "runtime/error_words.hpp"

namespace guerdon::kafka {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds budget{5};  // real time a batch; one message always fits
constexpr std::size_t longest_reason = 500;

bool is_storable(std::string_view text) { return detail::is_utf8(text) && text.find('\0') == text.npos; }

// What it was, as far as a message can carry it; where it was, always.
json::object payload_of(const std::string& topic, int partition, const Taken& message, const std::string& reason) {
  json::object payload{{"topic", topic}, {"partition", partition}, {"offset", message.offset}};
  if (is_storable(message.key)) payload["key"] = message.key;
  payload["reason"] = reason;
  if (message.value.size() > IntakeBatch::max_kept) return payload;
  if (is_storable(message.value))
    payload["value"] = message.value;
  else
    payload["valueBase64Url"] = to_base64url(message.value);
  return payload;
}

}  // namespace

std::vector<std::pair<int, std::int64_t>> list_offsets(Snapshot& snapshot, const std::string& topic) {
  std::vector<std::pair<int, std::int64_t>> found;
  snapshot.visit(
      "SELECT partition, next FROM kafka_offsets WHERE topic = $1",
      [&](const Row& row) { found.emplace_back(column<int>(row, 0), column<std::int64_t>(row, 1)); }, topic);
  return found;
}

IntakeBatch::Outcome IntakeBatch::run(Tx& tx, std::optional<std::int64_t> expected,
                                      const std::vector<Taken>& messages) const {
  const auto begin = Steady::now();
  Outcome outcome;
  const auto known =
      tx.find<std::int64_t>(Sql{"SELECT next FROM kafka_offsets WHERE topic = $1 AND partition = $2",
                                "SELECT next FROM kafka_offsets WHERE topic = $1 AND partition = $2 FOR UPDATE"},
                            topic_, partition_);
  if (known != expected) return {.is_stale = true};
  for (const auto& message : messages) {
    if (outcome.done > 0 && Steady::now() - begin >= budget) break;
    if (const auto reason = take(tx, message)) {
      refuse(tx, message, *reason);
      ++outcome.refused;
    }
    ++outcome.done;
    outcome.next = message.offset + 1;
  }
  const auto moved = expected ? tx.exec("UPDATE kafka_offsets SET next = $3 WHERE topic = $1 AND partition = $2",
                                        topic_, partition_, outcome.next)
                              : tx.exec(
                                    "INSERT INTO kafka_offsets (topic, partition, next) VALUES ($1, $2, $3) "
                                    "ON CONFLICT (topic, partition) DO NOTHING",
                                    topic_, partition_, outcome.next);
  if (moved != 1) return {.is_stale = true};
  return outcome;
}

// Why it is refused; empty when it was taken.
std::optional<std::string> IntakeBatch::take(Tx& tx, const Taken& message) const {
  if (message.value.empty()) return "empty";
  if (message.value.size() > max_value) return "more than " + std::to_string(max_value) + " bytes";
  try {
    const auto result = tx.savepoint([&] { return handler_(tx, message.value); });
    if (result) return std::nullopt;
    return in_words(result.error());
  } catch (const StoreError& error) {
    if (error.kind() == StoreError::Kind::constraint) return "it violates a constraint";
    if (error.kind() != StoreError::Kind::broken || !blames_messages_) throw;
    return "the store can't take it";
  } catch (const std::bad_alloc&) {
    throw;  // of the process, not of the message
  } catch (const std::exception& error) {
    return error.what();
  }
}

// Through the log, like everything that is published: in this transaction, and sent by the relay.
void IntakeBatch::refuse(Tx& tx, const Taken& message, const std::string& reason) const {
  auto text = reason.substr(0, longest_reason);
  for (auto& c : text)
    if (c < ' ' || c > '~') c = '?';
  tx.append({.id = tx.new_id<MessageId>(),
             .topic = topic_ + ".dlq",
             .key = is_storable(message.key) ? message.key : std::string{},
             .type = "ActivityRefused",
             .payload = to_json(payload_of(topic_, partition_, message, text)),
             .headers = {}});
}

}  // namespace guerdon::kafka
