// What accounts are called: usernames, e-mail addresses, invite codes. Pure rules; whether a name is taken is the
// repository's to say.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "guerdon/codec.hpp"
#include "guerdon/random.hpp"

namespace guerdon::auth {

/// ASCII only: two names that look alike are two names for everybody.
struct UsernameRule : AnyText {
  static constexpr std::string_view pattern = "^[A-Za-z0-9._-]+$";
  static std::optional<std::string_view> fault(std::string_view text);
};
using Username = Text<3, 32, UsernameRule>;

/// local@domain without quotes or comments, the domain with a dot.
struct EmailRule : AnyText {
  static constexpr std::string_view format = "email";
  static std::optional<std::string_view> fault(std::string_view text);
};
using Email = Text<1, 254, EmailRule>;

/// What must be unique: the name without regard to case.
[[nodiscard]] std::string name_key(std::string_view name_or_email);

/// The mailbox that an address leads to, without regard to case: "Ann+shop@example.com" is "ann@example.com" (RFC 5233,
/// subaddressing).
[[nodiscard]] std::string mailbox_key(std::string_view email);

/// Names that would pass for the server's own; an ADMIN may still be given one.
[[nodiscard]] bool is_reserved(std::string_view username);

/// The part before the @.
[[nodiscard]] std::string_view local_part(std::string_view email);

/// Ten characters to read out: upper-case Crockford base32, 50 random bits.
[[nodiscard]] std::string make_invite_code(Random& random);

/// What a person typed, as make_invite_code writes it; nothing if it can't be a code.
[[nodiscard]] std::optional<std::string> normalise_invite_code(std::string_view typed);

}  // namespace guerdon::auth
