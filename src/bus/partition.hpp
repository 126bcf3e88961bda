// Which partition of the log a key belongs to. The answer must never change: a stored message stays where it is.
#pragma once

#include <cstdint>
#include <string_view>

namespace guerdon::bus {

[[nodiscard]] constexpr int partition_of(std::string_view key, int partitions) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a
  for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  hash ^= hash >> 32U;
  return static_cast<int>(hash % static_cast<std::uint64_t>(partitions));
}

}  // namespace guerdon::bus
