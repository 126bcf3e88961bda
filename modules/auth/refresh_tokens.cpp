// The content that is signed is fixed: sixteen bytes of session, eight of counter.
#include "refresh_tokens.hpp"

#include "guerdon/base64url.hpp"

namespace guerdon::auth {

RefreshTokens::RefreshTokens(const SigningSecrets& secrets)
    : key_(as_text(derive_key(secrets.current, "guerdon refresh token 1"))) {}

std::string RefreshTokens::derive(SessionId session, std::int64_t counter) const {
  const auto& id = session.uuid().bytes;
  std::string content{reinterpret_cast<const char*>(id.data()), id.size()};
  for (unsigned shift = 64; shift > 0; shift -= 8)
    content += static_cast<char>(static_cast<std::uint64_t>(counter) >> (shift - 8) & 0xFFU);
  content += as_text(key_.sign(content));
  return "rt_" + to_base64url(content);
}

}  // namespace guerdon::auth
