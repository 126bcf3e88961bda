// How many connections there are, in all and from one client. It counts; the acceptor refuses.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "http/address.hpp"

namespace guerdon::http {

/// Thread-safe. Outlives every Slot it gave out.
class ConnectionLimits {
 public:
  ConnectionLimits(std::size_t total, std::optional<std::size_t> per_address)
      : total_limit_(total), address_limit_(per_address) {}

  /// A connection's place; gives it back when it goes.
  class Slot {
   public:
    Slot() = default;
    Slot(Slot&&) noexcept = default;
    Slot& operator=(Slot&&) noexcept = default;

   private:
    friend class ConnectionLimits;
    struct Leave {
      Address client;
      bool counted;
      void operator()(ConnectionLimits* limits) const { limits->leave(client, counted); }
    };
    std::unique_ptr<ConnectionLimits, Leave> limits_;
  };

  enum class Refusal { too_many, too_many_from_address };
  using Refusals = std::array<std::uint64_t, 2>;  ///< by Refusal
  struct Entry {
    Slot slot;
    std::optional<Refusal> refused;
  };
  /// `exempt` from the limit of one address: a trusted proxy speaks for many.
  [[nodiscard]] Entry enter(const Address& address, bool exempt);

  [[nodiscard]] std::size_t open() const;
  /// So far.
  [[nodiscard]] Refusals refused() const;
  /// Waits until there is no connection left. False when the limit passed first.
  [[nodiscard]] bool wait_until_empty(std::chrono::milliseconds limit);

 private:
  void leave(const Address& client, bool counted);
  Entry refuse(Refusal reason);

  const std::size_t total_limit_;
  const std::optional<std::size_t> address_limit_;
  mutable std::mutex mutex_;
  std::condition_variable emptied_;
  std::size_t total_ = 0;
  Refusals refused_{};
  std::map<Address, std::size_t> by_address_;
};

}  // namespace guerdon::http
