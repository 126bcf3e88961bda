// Sealing and opening of page cursors.
#include "guerdon/cursor.hpp"

#include <stdexcept>

namespace guerdon {
namespace {

constexpr std::size_t mac_size = 16;  // bytes of the digest that are sent: 128 bits can't be guessed

}  // namespace

// The key may have other uses: cursors are signed with one derived from it.
CursorCodec::CursorCodec(std::string_view key) : key_{as_text(hmac_sha256(key, "guerdon cursor"))} {}

std::string CursorCodec::seal(std::string_view payload) const {
  if (payload.size() > max_payload) throw std::length_error("a cursor of more than 1024 bytes");
  const Digest mac = key_.sign(payload);
  std::string sealed{as_text(mac).substr(0, mac_size)};
  sealed += payload;
  return to_base64url(sealed);
}

std::optional<std::string> CursorCodec::open(std::string_view cursor) const {
  if (cursor.size() > (mac_size + max_payload) * 4 / 3 + 1) return std::nullopt;
  const auto sealed = from_base64url(cursor);
  if (!sealed || sealed->size() < mac_size) return std::nullopt;
  const std::string_view all = *sealed;
  const Digest mac = key_.sign(all.substr(mac_size));
  if (!constant_time_equal(as_text(mac).substr(0, mac_size), all.substr(0, mac_size))) return std::nullopt;
  return std::string{all.substr(mac_size)};
}

}  // namespace guerdon
