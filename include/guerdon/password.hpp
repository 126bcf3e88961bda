// Passwords at rest: argon2id in PHC strings. Each hash burns tens of milliseconds of a core and its memory cost, so
// callers run it in the task pool, never on an I/O thread or in a transaction.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace guerdon {

struct PasswordCost {
  std::uint32_t memory_kib = 19'456;
  std::uint32_t iterations = 2;

  friend bool operator==(const PasswordCost&, const PasswordCost&) = default;
};

using PasswordSalt = std::array<std::byte, 16>;

/// "$argon2id$v=19$m=19456,t=2,p=1$…$…" with a 32-byte hash. Throws std::runtime_error when there is not enough memory,
/// std::invalid_argument for a cost that argon2 refuses (below 8 KiB, no iteration). One lane: a hash has one core.
[[nodiscard]] std::string hash_password(const PasswordCost& cost, std::string_view password, const PasswordSalt& salt);

/// Costs what the hash's own parameters say, its number of lanes included. Throws std::runtime_error for a text that is
/// no argon2id hash: it is damage, not a wrong password.
[[nodiscard]] bool verify_password(std::string_view phc, std::string_view password);

/// A hash that no known password has and that costs as much to verify: what a login for nobody is checked against.
/// Made without hashing anything; `noise` is random.
[[nodiscard]] std::string decoy_password_hash(const PasswordCost& cost, const std::array<std::byte, 48>& noise);

/// A thread that hashed or verified keeps the memory that this took for the next time, until it ends or calls this.
void release_password_memory() noexcept;

/// Does the hash cost less than the policy asks, so that it should be made anew at the next login?
[[nodiscard]] bool is_weaker(std::string_view phc, const PasswordCost& policy);

}  // namespace guerdon
