// The few primitives that the platform and its modules share. No key is made, stored or printed here.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace guerdon {

using Digest = std::array<std::uint8_t, 32>;

[[nodiscard]] Digest sha256(std::string_view data);
[[nodiscard]] Digest hmac_sha256(std::string_view key, std::string_view data);

// A key made ready once: signing with it is several times faster than hmac_sha256. Thread-safe.
class HmacKey {
 public:
  explicit HmacKey(std::string_view key);
  HmacKey(const HmacKey&) = delete;
  HmacKey& operator=(const HmacKey&) = delete;
  ~HmacKey();

  [[nodiscard]] Digest sign(std::string_view data) const;

 private:
  void* keyed_;                                // never used directly, only duplicated
  mutable std::atomic<void*> spare_{nullptr};  // a duplicate that nobody is using
};

// In time that depends on the lengths only.
[[nodiscard]] bool constant_time_equal(std::string_view left, std::string_view right) noexcept;
[[nodiscard]] bool constant_time_equal(std::span<const std::uint8_t> left,
                                       std::span<const std::uint8_t> right) noexcept;

// Overwrites memory in a way that the optimiser keeps; the second form leaves the string empty.
void wipe(void* data, std::size_t size) noexcept;
void wipe(std::string& text) noexcept;

// Lower-case hexadecimal.
[[nodiscard]] std::string to_hex(std::span<const std::uint8_t> bytes);
[[nodiscard]] std::string to_hex(std::string_view bytes);

// The bytes of a digest as text, for what takes a string_view; valid as long as the digest.
[[nodiscard]] inline std::string_view as_text(const Digest& digest) noexcept {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace guerdon
