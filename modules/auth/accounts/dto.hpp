// What the administration of accounts takes and answers.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "../dto.hpp"
#include "guerdon/page.hpp"

namespace guerdon::auth {

/// At least one role, none named twice.
struct RoleList {
  RoleSet roles;
};

struct UsernamePath {
  Username username;
};
BOOST_DESCRIBE_STRUCT(UsernamePath, (), (username))

struct NameCheck {
  std::string username;
  bool duplicate = false;
};
BOOST_DESCRIBE_STRUCT(NameCheck, (), (username, duplicate))

struct UserPath {
  UserId id;
};
BOOST_DESCRIBE_STRUCT(UserPath, (), (id))

struct AccountListQuery : PageQuery {
  std::optional<Role> role;
  std::optional<AccountStatus> status;
  std::optional<Text<1, 254>> q;  ///< part of the name, for an ADMIN of the e-mail address too; whatever the case
  std::optional<bool> include_deleted;
};
BOOST_DESCRIBE_STRUCT(AccountListQuery, (PageQuery), (role, status, q, include_deleted))

/// An account as others see it.
struct AccountView {
  UserId id;
  std::string username;
  std::string email;
  std::vector<Role> roles;
  AccountStatus status{};
  Omittable<json::object> profile;     ///< for its owner and ADMIN
  Omittable<std::string> invite_code;  ///< for its owner and ADMIN
  Instant created_at;
  Omittable<std::string> status_reason;  ///< for ADMIN and AUDITOR
  Omittable<Instant> deleted_at;
};
BOOST_DESCRIBE_STRUCT(AccountView, (),
                      (id, username, email, roles, status, profile, invite_code, created_at, status_reason, deleted_at))

struct CreateAccountRequest {
  Username username;
  Email email;
  RoleList roles;
  std::optional<FreeForm> profile;
  std::optional<Secret<Password>> password;
};
BOOST_DESCRIBE_STRUCT(CreateAccountRequest, (), (username, email, roles, profile, password))

struct CreatedAccount : Account {
  Omittable<std::string> reset_token;  ///< where no password was given; shown this once
};
BOOST_DESCRIBE_STRUCT(CreatedAccount, (Account), (reset_token))

struct UpdateAccountRequest {
  std::optional<Email> email;
  std::optional<FreeForm> profile;
};
BOOST_DESCRIBE_STRUCT(UpdateAccountRequest, (), (email, profile))

struct RolesRequest {
  RoleList roles;
};
BOOST_DESCRIBE_STRUCT(RolesRequest, (), (roles))

struct UserRolesRequest {
  UserId user_id;
  RoleList roles;
};
BOOST_DESCRIBE_STRUCT(UserRolesRequest, (), (user_id, roles))

/// What an ADMIN can ask for; the other states are the deletion's.
enum class SettableStatus { active, suspended };
BOOST_DESCRIBE_ENUM(SettableStatus, active, suspended)

struct StatusRequest {
  SettableStatus status{};
  std::optional<Text<1, 500>> reason;
};
BOOST_DESCRIBE_STRUCT(StatusRequest, (), (status, reason))

struct ResetTicket {
  std::string reset_token;  ///< shown this once
  Instant expires_at;
};
BOOST_DESCRIBE_STRUCT(ResetTicket, (), (reset_token, expires_at))

struct SetPasswordRequest {
  Secret<Text<1, 128>> reset_token;
  Secret<Password> password;
};
BOOST_DESCRIBE_STRUCT(SetPasswordRequest, (), (reset_token, password))

}  // namespace guerdon::auth

namespace guerdon {

template <>
struct Codec<auth::RoleList> : CodecBase {
  static constexpr std::size_t most = 4;

  static void decode(const json::value& value, auth::RoleList& into, const Place& at) {
    const auto* const items = at.array(value);
    if (items == nullptr || !detail::size_allowed(items->size(), 1, most, at)) return;
    for (std::size_t i = 0; i < items->size(); ++i) {
      const auto& item = (*items)[i];
      const auto role = item.is_string() ? parse_enum<Role>(item.get_string()) : std::nullopt;
      if (role && into.roles.has(*role)) at.item(i).fault("duplicate", "is named twice");
      if (role) into.roles.add(*role);
      Role none{};
      if (!role) Codec<Role>::decode(item, none, at.item(i));
    }
  }
  static json::object schema(SchemaRegistry& registry) {
    auto schema = detail::array_schema(Codec<Role>::schema(registry), 1, most);
    schema["uniqueItems"] = true;
    return schema;
  }
};

}  // namespace guerdon
