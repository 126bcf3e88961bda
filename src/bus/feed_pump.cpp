// See feed_pump.hpp.
#include "bus/feed_pump.hpp"

#include <utility>

namespace guerdon::bus {

std::function<void(std::span<const OutgoingMessage>)> wake_streams(Streams streams) {
  return [streams = std::move(streams)](std::span<const OutgoingMessage> messages) {
    auto& open = streams();
    if (open.open_streams() == 0) return;
    std::string_view last;
    for (const auto& message : messages)
      if (std::exchange(last, message.topic) != message.topic) open.wake(message.topic);
  };
}

// Polled: another server's commits on the same database wake nobody here.
void add_feed_pump(Pumps& pumps, Streams streams) {
  pumps.add(std::string{feed_pump},
            [streams = std::move(streams), seen = std::int64_t{0}](Tx& tx) mutable -> PumpResult {
              auto& open = streams();
              if (open.open_streams() == 0) return {};
              const auto written = tx.get<std::int64_t>("SELECT CAST(sum(next) AS BIGINT) FROM outbox_head");
              if (std::exchange(seen, written) != written) open.wake_all();
              return {.next_at = open.beat(tx.now())};
            });
}

}  // namespace guerdon::bus
