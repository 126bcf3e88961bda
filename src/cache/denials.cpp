// See denials.hpp.
#include "cache/denials.hpp"

namespace guerdon::cache {

bool Denials::is_denial(std::string_view error) {
  const auto says = [&](std::string_view words) { return error.find(words) != error.npos; };
  return error.starts_with("NOPERM") || error.starts_with("ERR unknown command") ||
         says("The user executing the script") || says("ACL failure in script");  // before Redis 7.2, and since
}

bool Denials::add(const std::string& command, Time now) {
  const std::lock_guard lock{mutex_};
  return until_.insert_or_assign(command, now + rest_).second;
}

bool Denials::has(std::string_view command, Time now) const {
  const std::lock_guard lock{mutex_};
  if (until_.empty()) return false;
  const auto found = until_.find(command);
  return found != until_.end() && now < found->second;
}

void Denials::allow(std::string_view command) {
  const std::lock_guard lock{mutex_};
  if (until_.empty()) return;
  if (const auto found = until_.find(command); found != until_.end()) until_.erase(found);
}

}  // namespace guerdon::cache
