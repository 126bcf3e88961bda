// Longest checks last; the first fault found is told, since one is enough to choose another password.
#include "password_policy.hpp"

#include <algorithm>

#include "common_passwords.hpp"
#include "names.hpp"

namespace guerdon::auth {
namespace {

constexpr std::string_view product = "guerdon";
/// What must be left of a password when a name that everybody knows is taken out of it.
constexpr std::size_t enough_without_name = 6;

bool leans_on(std::string_view password_key, const std::string& name) {
  if (name.size() < 3) return false;
  const auto found = password_key.find(name);
  return found != std::string_view::npos && code_points(password_key) < code_points(name) + enough_without_name;
}

}  // namespace

std::vector<Fault> password_faults(const PasswordPolicy& policy, std::string_view password,
                                   const PasswordOwner& owner) {
  const auto fault = [](std::string code, std::string detail) {
    return std::vector<Fault>{{.where = "/password", .code = std::move(code), .detail = std::move(detail)}};
  };
  const std::size_t least = owner.roles.intersects(staff) ? policy.min_length_staff : policy.min_length;
  if (code_points(password) < least)
    return fault("too-short", "must have at least " + std::to_string(least) + " characters");

  const auto key = name_key(password);
  if (is_common_password(key)) return fault("too-common", "is one of the passwords that are tried first");

  const auto email = name_key(owner.email);
  for (const auto& name : {name_key(owner.username), email, std::string{local_part(email)}, std::string{product}})
    if (leans_on(key, name)) return fault("contains-name", "must not be made of the account's or the product's name");
  return {};
}

}  // namespace guerdon::auth
