#include "modules/auth/password_policy.hpp"

#include <catch2/catch.hpp>

#include "modules/auth/common_passwords.hpp"

namespace guerdon::auth {
namespace {

constexpr PasswordPolicy policy{.min_length = 10, .min_length_staff = 15};
constexpr PasswordOwner bob{.username = "bob_smith", .email = "bobby@example.com", .roles = {Role::user}};

std::string fault_of(std::string_view password, const PasswordOwner& owner = bob) {
  const auto faults = password_faults(policy, password, owner);
  if (faults.empty()) return "none";
  CHECK(faults.size() == 1);
  CHECK(faults.front().where == "/password");
  return faults.front().code;
}

TEST_CASE("A password needs ten characters and no particular kinds of them") {
  CHECK(fault_of("ninechars") == "too-short");
  CHECK(fault_of("ten chars!") == "none");
  CHECK(fault_of("all lower case words") == "none");
  CHECK(fault_of("8264019375") == "none");
}

TEST_CASE("Length is counted in code points, not bytes") {
  CHECK(fault_of("\u5bc6\u7801\u5bc6\u7801\u5bc6\u7801\u5bc6\u7801\u5bc6") == "too-short");
  CHECK(fault_of("\u5bc6\u7801\u5bc6\u7801\u5bc6\u7801\u5bc6\u7801\u5bc6\u7801") == "none");
}

TEST_CASE("Staff need fifteen characters") {
  for (const Role role : {Role::operator_, Role::auditor, Role::admin}) {
    const PasswordOwner owner{.username = "bob_smith", .email = "bobby@example.com", .roles = {Role::user, role}};
    CHECK(fault_of("fourteen chars", owner) == "too-short");
    CHECK(fault_of("fifteen chars !", owner) == "none");
  }
}

TEST_CASE("Common passwords are refused in any case") {
  CHECK(fault_of("password123") == "too-common");
  CHECK(fault_of("PassWord123") == "too-common");
  CHECK(fault_of("1234567890") == "too-common");
  CHECK(fault_of("qwertyuiop") == "too-common");
  CHECK(is_common_password("iloveyou"));
  CHECK_FALSE(is_common_password("correct horse"));
}

TEST_CASE("A password that is little more than a known name is refused") {
  CHECK(fault_of("bob_smith1") == "contains-name");
  CHECK(fault_of("BOB_SMITH!!") == "contains-name");
  CHECK(fault_of("xbobby1234") == "contains-name");
  CHECK(fault_of("bobby@example.com") == "contains-name");
  CHECK(fault_of("Guerdon2026") == "contains-name");
  CHECK(fault_of("bob_smith is my name") == "none");
  CHECK(fault_of("a guerdon for bravery") == "none");
}

TEST_CASE("Very short names don't spoil passwords that happen to hold them") {
  CHECK(fault_of("alphabetical", {.username = "x", .email = "al@example.com", .roles = {Role::user}}) == "none");
}

TEST_CASE("A password may hold any character but NUL, up to 128 of them") {
  CHECK_FALSE(Password::fault("tab\tand\nnewline\x7f"));
  CHECK(Password::fault(std::string{"nul\0inside", 10}));
  CHECK_FALSE(Password::fault(std::string(128, 'x')));
  CHECK(Password::fault(std::string(129, 'x')));
}

}  // namespace
}  // namespace guerdon::auth
