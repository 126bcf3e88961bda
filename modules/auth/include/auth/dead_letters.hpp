// How app.cpp tells the auth module of its messages that became dead letters, whoever could not handle them.
#pragma once

#include <string_view>

#include "guerdon/bus.hpp"

namespace guerdon::auth {

/// What the topics begin with whose dead letters are published on `auth.events.dlq`.
inline constexpr std::string_view event_topics = "auth.events.";

void publish_dead_letter(Tx& tx, const DeliveryFailure& failure);

}  // namespace guerdon::auth
