// Where a transaction's messages go just before its commit. The bus implements it, the engines call it.
#pragma once

#include <span>

#include "guerdon/store.hpp"

namespace guerdon::store {

class OutboxSink {
 public:
  OutboxSink() = default;
  OutboxSink(const OutboxSink&) = delete;
  OutboxSink& operator=(const OutboxSink&) = delete;
  virtual ~OutboxSink() = default;

  /// Writes the messages as rows, in this order, as the last thing before COMMIT. Never called with none. On SQLite
  /// once for the whole commit group, on PostgreSQL once per transaction. May move from the headers, from
  /// nothing else. A throw undoes the transaction (on SQLite: the group). `now` is the instant of the commit; each
  /// message carries that of its own transaction.
  virtual void write(Connection& connection, Instant now, std::span<OutgoingMessage> messages) = 0;

  /// After the commit, with the same messages, on a store thread: wake whoever waits for them, and return.
  virtual void committed(std::span<const OutgoingMessage> messages) noexcept = 0;
};

}  // namespace guerdon::store
