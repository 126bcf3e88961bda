// What the relay and the intake say about themselves, for metrics and for whoever asks whether the server is well.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace guerdon::kafka {

/// A topic as its breaker sees it.
enum class Flow : std::uint8_t {
  flowing,
  paused,  ///< refused by the brokers; tried again from time to time
  apart    ///< being tried, or catching up, by a producer of its own
};
[[nodiscard]] std::string_view name_of(Flow flow);

struct TopicFigures {
  std::string topic;
  Flow flow = Flow::flowing;
  std::uint64_t delivered = 0;  ///< acknowledged by the brokers
  std::uint64_t refused = 0;    ///< times the topic was refused
  std::uint64_t dead = 0;       ///< messages given up, now dead letters
  std::int64_t in_flight = 0;   ///< handed over and not acknowledged
  std::int64_t lag = 0;         ///< positions of the log between what is acknowledged and the head; 0 = caught up
};

enum class State : std::uint8_t {
  connecting,
  ok,
  unreachable,  ///< no broker is
  refused,      ///< some topic is; the others flow
  standby       ///< another server relays
};
[[nodiscard]] std::string_view name_of(State state);

struct RelayFigures {
  State state = State::connecting;
  std::uint64_t producers_remade = 0;  ///< after errors that a producer does not survive
  int brokers_up = 0;
  std::vector<TopicFigures> topics{};
};

struct IntakeFigures {
  std::uint64_t taken = 0;    ///< activities that count, repeats of the same id included
  std::uint64_t refused = 0;  ///< sent on to the dead letter topic
  std::int64_t lag = 0;       ///< messages of the partitions of this server that are still to be taken
  int partitions = 0;         ///< that this server takes from
};

}  // namespace guerdon::kafka
