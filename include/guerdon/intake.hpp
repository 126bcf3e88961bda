// What comes from outside without a request: messages of a broker, each handed to a function of a transaction.
#pragma once

#include <functional>
#include <string_view>

#include "guerdon/result.hpp"
#include "guerdon/store.hpp"

namespace guerdon {

class Intakes {
 public:
  /// Stores what a message says. Runs in a savepoint; that the message was taken commits with its effects, so that each
  /// counts once. An error refuses it for good: it goes on to the dead letter topic with the reason.
  using Handler = std::function<Result<void>(Tx&, std::string_view value)>;

  virtual ~Intakes() = default;
  /// Of whoever owns activities. Throws std::logic_error when somebody takes them already.
  virtual void take_activities(Handler handler) = 0;
};

}  // namespace guerdon
