// Answers kept under an Idempotency-Key, claimed and kept in the command's own transaction: effect and answer exist
// together or not at all. No raw key is stored: it salts the digest of a body, which may hold a password.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string_view>

#include "guerdon/caller.hpp"
#include "guerdon/crypto.hpp"
#include "guerdon/store.hpp"
#include "http/head.hpp"
#include "http/response.hpp"

namespace guerdon::http {

/// The key that a request carries, under either name. Errors: malformed-request for one that is not 1 to 255 visible
/// ASCII characters, or two that differ.
[[nodiscard]] Result<std::optional<std::string_view>> idempotency_key(const Head& head);

/// What a key stands for: this caller, this call.
struct Repeatable {
  Digest scope{};    ///< caller, method, path and key
  Digest request{};  ///< key, query and body: what must be the same in a repeat
};

struct KeyedRequest {
  std::string_view key, method, path, query, body;
  std::optional<ActorId> actor;  ///< none for a public call, which is its address and body instead
  std::string_view address;
};
[[nodiscard]] Repeatable repeatable(const KeyedRequest& request);

/// The kept answer to give again, idempotency-key-reused, or nothing.
[[nodiscard]] std::optional<Response> find_kept(Snapshot& snapshot, const Repeatable& repeatable,
                                                std::string_view request_id);

/// As find_kept, and where there is nothing the key is this transaction's: a concurrent repeat waits for its end. The
/// holder must keep() or let_go() before a commit.
[[nodiscard]] std::optional<Response> claim(Tx& tx, const Repeatable& repeatable, std::chrono::milliseconds window,
                                            std::string_view request_id);
[[nodiscard]] bool is_kept(const Response& response);
void keep(Tx& tx, const Repeatable& repeatable, const Response& response);
void let_go(Tx& tx, const Repeatable& repeatable);

/// Deletes some of what has expired; how much.
std::int64_t prune_kept(Tx& tx, std::int64_t limit);

/// Which keyed requests are being prepared in this process: preparing twice would waste what it is expensive for.
/// Thread-safe; outlives every Hold.
class InPreparation {
 public:
  class Hold {
   public:
    Hold() = default;

   private:
    friend class InPreparation;
    struct Leave {
      Digest scope;
      void operator()(InPreparation* registry) const { registry->leave(scope); }
    };
    std::unique_ptr<InPreparation, Leave> registry_;
  };

  /// Nothing while another holds it.
  [[nodiscard]] std::optional<Hold> enter(const Digest& scope);

 private:
  void leave(const Digest& scope);

  std::mutex mutex_;
  std::set<Digest> scopes_;
};

}  // namespace guerdon::http
