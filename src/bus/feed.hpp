// The log as readers outside see it: pages from any place, in order per key across the partitions, and how far each
// named reader is. A place that the log does not have any more is refused, never skipped.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "bus/feed_cursor.hpp"
#include "bus/feed_dto.hpp"
#include "guerdon/cursor.hpp"
#include "guerdon/page.hpp"
#include "guerdon/result.hpp"
#include "guerdon/store.hpp"

namespace guerdon::bus {

namespace problems {
inline constexpr Problem cursor_expired{410, "cursor-expired"};  ///< what comes after it is not kept any more
inline constexpr Problem log_restored{410, "log-restored"};      ///< it belongs to a log that is not this one
}  // namespace problems

struct FeedQuestion {
  std::string topic;                    ///< empty = all
  std::optional<std::string> consumer;  ///< begin where it has committed
  std::optional<std::string> after;     ///< a cursor, "earliest" or "latest"; wins over the consumer's
  std::int64_t limit = 20;
};

class Feed {
 public:
  using HasTopic = std::function<bool(std::string_view topic)>;

  /// References outlive it. `declares` knows the topics that there may be messages of.
  Feed(const CursorCodec& cursors, HasTopic declares) : cursors_(cursors), declares_(std::move(declares)) {}

  /// Errors: not-found for a topic that nobody has ever published on, validation-failed for a cursor that is not one,
  /// cursor-expired, log-restored.
  [[nodiscard]] Result<FeedPage> page(Snapshot& snapshot, const Caller& caller, const FeedQuestion& question) const;

  /// Errors: as page().
  Result<Committed> commit(Tx& tx, const Caller& caller, const std::string& topic, const CommitRequest& request) const;

  /// Those who have committed, by topic and name. Errors: validation-failed for a cursor of another list.
  [[nodiscard]] Result<Page<FeedReaderView>> readers(Snapshot& snapshot, const PageQuery& query) const;

  /// Forgets how far a reader is: nothing is kept for it any more. Errors: not-found.
  Result<void> forget(Tx& tx, const Caller& caller, const std::string& topic, const std::string& consumer) const;

 private:
  [[nodiscard]] Result<void> check_topic(Snapshot& snapshot, const std::string& topic) const;
  [[nodiscard]] Result<LogPlace> begin_of(Snapshot& snapshot, const FeedQuestion& question) const;
  [[nodiscard]] std::optional<LogPlace> find_place(std::string_view topic, std::string_view cursor) const;

  const CursorCodec& cursors_;
  const HasTopic declares_;
};

}  // namespace guerdon::bus
