// Who a caller is in rows and messages, and whose data they may ask for.
#include "guerdon/caller.hpp"

namespace guerdon {
namespace {

ActorId actor_of(const std::optional<UserId>& user, const std::optional<KeyId>& key) {
  if (key) return ActorId::trusted(key->to_string());
  if (user) return ActorId::trusted(user->to_string());
  throw std::logic_error("an anonymous caller is no actor");
}

}  // namespace

std::optional<std::string_view> ActorRule::fault(std::string_view text) {
  if (UserId::parse(text) || KeyId::parse(text)) return std::nullopt;
  return "must be the id of a user or of a service key";
}

ActorId Caller::actor() const { return actor_of(user, key); }

ActorId Credential::actor() const { return actor_of(user, key); }

Result<UserId> subject_of(const Caller& caller, std::optional<UserId> asked) {
  if (asked && (asked == caller.user || caller.is_staff())) return *asked;
  if (asked) return Error{problems::not_found, "there is no such user, or you may not see them"};
  if (caller.user) return *caller.user;
  return Error{
      Fault{.where = "userId", .is_parameter = true, .code = "required", .detail = "is required with a service key"}};
}

}  // namespace guerdon
