// The content that is signed is fixed: sixteen bytes of session, eight of counter.
#include "refresh_tokens.hpp"

#include <algorithm>

#include "guerdon/base64url.hpp"

namespace guerdon::auth {
namespace {

constexpr std::string_view prefix = "rt_";
constexpr std::string_view purpose = "guerdon refresh token 1";
constexpr std::size_t session_size = 16;                             // bytes
constexpr std::size_t signed_size = session_size + 8;                // bytes
constexpr std::size_t content_size = signed_size + Digest{}.size();  // bytes

std::string signed_part(SessionId session, std::int64_t counter) {
  const auto& id = session.uuid().bytes;
  std::string content{reinterpret_cast<const char*>(id.data()), id.size()};
  for (unsigned shift = 64; shift > 0; shift -= 8)
    content += static_cast<char>(static_cast<std::uint64_t>(counter) >> (shift - 8) & 0xFFU);
  return content;
}

RefreshClaim read_claim(std::string_view content) {
  Uuid session;
  std::copy_n(content.begin(), session_size, session.bytes.begin());
  std::uint64_t counter = 0;
  for (const char c : content.substr(session_size, 8)) counter = counter << 8U | static_cast<std::uint8_t>(c);
  return {.session = SessionId{session}, .counter = static_cast<std::int64_t>(counter)};
}

}  // namespace

RefreshTokens::RefreshTokens(const SigningSecrets& secrets) : key_(as_text(derive_key(secrets.current, purpose))) {
  if (!secrets.previous.empty()) previous_.emplace(as_text(derive_key(secrets.previous, purpose)));
}

std::string RefreshTokens::derive(SessionId session, std::int64_t counter) const {
  auto content = signed_part(session, counter);
  content += as_text(key_.sign(content));
  return std::string{prefix} + to_base64url(content);
}

std::optional<RefreshClaim> RefreshTokens::open(std::string_view token) const {
  if (!token.starts_with(prefix) || token.size() > 2 * content_size) return std::nullopt;
  const auto content = from_base64url(token.substr(prefix.size()));
  if (!content || content->size() != content_size) return std::nullopt;
  const std::string_view text = *content;
  const auto made_with = [&](const HmacKey& key) {
    const auto mac = key.sign(text.substr(0, signed_size));
    return constant_time_equal(as_text(mac), text.substr(signed_size));
  };
  if (!made_with(key_) && !(previous_ && made_with(*previous_))) return std::nullopt;
  return read_claim(text);
}

}  // namespace guerdon::auth
