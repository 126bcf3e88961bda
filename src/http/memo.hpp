// Answers that an I/O thread gave and may give again: those of remembered routes, which depend on the request, the
// caller's roles, rows, and on the time only from an instant on that is known. Who calls was found out before.
#pragma once

#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "guerdon/caller.hpp"
#include "guerdon/store.hpp"
#include "guerdon/time.hpp"
#include "http/response.hpp"

namespace guerdon::http {

/// An answer with what it depends on.
struct Remembered {
  std::string key;
  Response response;
  Footprint footprint;
  Instant from, until;  ///< at what time it may be given
};

/// One thread's. Beyond its bounds it forgets what was asked for least lately.
class Memo {
 public:
  static constexpr std::size_t most_answers = 256;
  static constexpr std::size_t most_bytes = 256 * 1024;
  static constexpr std::size_t longest_answer = most_bytes / 2;

  /// The reader outlives it; what it can't follow the changes of is not remembered.
  explicit Memo(const Reader& reader) : reader_(reader) {}

  /// What requests for the same have in common when the same roles ask.
  [[nodiscard]] static std::string key(std::string_view target, RoleSet roles);

  /// The answer to give at that time, valid until the next call; null = none that still holds.
  [[nodiscard]] const Response* find(const std::string& key, Instant now);
  /// What the footprint was taken of must be durable.
  void keep(Remembered answer);

 private:
  using Answers = std::list<Remembered>;  // the one that was asked for last comes first

  void forget(Answers::iterator answer);

  const Reader& reader_;
  Answers answers_;
  std::unordered_map<std::string_view, Answers::iterator> by_key_;  // views into the answers
  std::size_t bytes_ = 0;
};

}  // namespace guerdon::http
