// What drives the streams of the feed: commits of this server at once, those of others and heartbeats by a pump.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "guerdon/bus.hpp"
#include "http/event_streams.hpp"

namespace guerdon::bus {

inline constexpr std::string_view feed_pump = "feed streams";

/// They are made after the wiring, so they are asked for when they are needed.
using Streams = std::function<http::EventStreams&()>;

/// For OutboxBus::tell_commits.
[[nodiscard]] std::function<void(std::span<const OutgoingMessage>)> wake_streams(Streams streams);

/// To be woken when a stream is opened.
void add_feed_pump(Pumps& pumps, Streams streams);

}  // namespace guerdon::bus
