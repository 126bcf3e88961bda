// See intake.hpp.
#include "intake.hpp"

#include "activities.hpp"
#include "guerdon/intake.hpp"
#include "guerdon/json.hpp"

namespace guerdon::progress {
namespace {

/// The broker as a caller: all that comes through it has one source, so that the same id counts once. No service key
/// has this id.
Caller broker() {
  Caller caller;
  caller.key = KeyId{};
  return caller;
}

Result<void> take(Tx& tx, std::string_view value) {
  const auto body = parse_json(value);
  if (!body) return body.error();
  const auto input = decode<ActivityInput>(*body);
  if (!input) return input.error();
  const auto posted = post_activity(tx, broker(), *input);
  if (!posted) return posted.error();
  return {};
}

}  // namespace

void take_activities(Platform& platform) {
  if (platform.intakes != nullptr) platform.intakes->take_activities(take);
}

}  // namespace guerdon::progress
