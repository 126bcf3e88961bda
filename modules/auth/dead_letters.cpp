// Dead letters of the auth.events topics, made known to the outside.
#include "auth/dead_letters.hpp"

#include <boost/json.hpp>

#include "auth/dead_letter_messages.hpp"

namespace guerdon::auth {
namespace {

constexpr std::size_t largest_message = 64 * 1024;  // bytes of the envelope: brokers take little more than a mebibyte

}  // namespace

void publish_dead_letter(Tx& tx, const DeliveryFailure& failure) {
  AuthEventDeadLettered letter{.original_topic = failure.delivery.topic,
                               .original_key = failure.delivery.key,
                               .message_id = failure.delivery.id,
                               .consumer = std::string{failure.consumer},
                               .attempt = failure.attempt,
                               .error = std::string{failure.error},
                               .message = {}};
  const auto message = envelope(failure.delivery);
  if (message.size() <= largest_message) letter.message.emplace(json::parse(message));
  publish(tx, letter);
}

}  // namespace guerdon::auth
