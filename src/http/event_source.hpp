// What a client follows as server-sent events: pages of committed rows after a place that the source remembers. It
// holds no snapshot from one page to the next.
#pragma once

#include <string>
#include <string_view>

#include "guerdon/caller.hpp"
#include "guerdon/result.hpp"
#include "guerdon/store.hpp"

namespace guerdon::http {

/// One client's, used by one thread at a time but for follows().
class EventSource {
 public:
  virtual ~EventSource() = default;
  /// Appends the events of the next page. True: there is more at once. An error ends the stream and is told in it.
  [[nodiscard]] virtual Result<bool> read(Snapshot& snapshot, const Caller& caller, std::string& out) = 0;
  /// Appends what a client should know though nothing happened; nothing, or whole lines.
  virtual void beat(std::string& out) = 0;
  /// Is it worth reading after a commit on that topic? Any thread.
  [[nodiscard]] virtual bool follows(std::string_view topic) const = 0;
};

}  // namespace guerdon::http
