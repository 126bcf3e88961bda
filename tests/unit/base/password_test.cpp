// Passwords at rest, with a cost small enough for tests.
#include "guerdon/password.hpp"

#include <unistd.h>
#include <catch2/catch.hpp>

#include <fstream>
#include <thread>

namespace guerdon {
namespace {

constexpr PasswordCost cheap{.memory_kib = 8, .iterations = 1};

PasswordSalt salt_of(std::uint8_t seed) {
  PasswordSalt salt;
  salt.fill(std::byte{seed});
  return salt;
}

TEST_CASE("A password is verified against its own hash and no other") {
  const auto phc = hash_password(cheap, "correct horse", salt_of(1));
  CHECK(verify_password(phc, "correct horse"));
  CHECK_FALSE(verify_password(phc, "correct horsf"));
  CHECK_FALSE(verify_password(phc, "correct hors"));
  CHECK_FALSE(verify_password(phc, ""));
}

TEST_CASE("A hash says its parameters, and the same password with another salt has another hash") {
  const auto phc = hash_password(cheap, "correct horse", salt_of(1));
  CHECK(phc.starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
  CHECK(phc.find('=', phc.rfind('$')) == std::string::npos);
  CHECK(phc == hash_password(cheap, "correct horse", salt_of(1)));
  CHECK(phc != hash_password(cheap, "correct horse", salt_of(2)));
}

TEST_CASE("A hash that another argon2 made is verified") {
  // From the reference implementation's own tests.
  constexpr auto phc = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
  CHECK(verify_password(phc, "password"));
  CHECK_FALSE(verify_password(phc, "Password"));
  // Made by the reference implementation with another number of lanes, a longer salt and a shorter hash.
  for (const auto* other :
       {"$argon2id$v=19$m=64,t=1,p=2$YSBzYWx0IG9mIHR3byBkb3plbiBieXRl$3c5SQuT2eSwVxC7/UGB5qgqVXINYR0HWak510xRIV7k",
        "$argon2id$v=19$m=32,t=3,p=4$c29tZXNhbHQ$z206A32IDufqTdWEBKSEgw",
        "$argon2id$v=19$m=4096,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$"
        "odzlX/gsqk9jiuYgC3jd7cpr6i4uBkj+mvd51CkKB0OvuT3fMJiD4xLAhm9uKCWqQVn3/ELxGOb32edmq6iPBw"}) {
    CHECK(verify_password(other, "password"));
    CHECK_FALSE(verify_password(other, "Password"));
    CHECK_FALSE(is_weaker(other, cheap));
  }
}

TEST_CASE("Bytes after a NUL count, and long passwords are not cut") {
  const std::string with_nul{"pass\0word", 9};
  const auto phc = hash_password(cheap, with_nul, salt_of(1));
  CHECK(verify_password(phc, with_nul));
  CHECK_FALSE(verify_password(phc, "pass"));

  const std::string long_one(1024, 'x');
  const auto long_phc = hash_password(cheap, long_one, salt_of(1));
  CHECK(verify_password(long_phc, long_one));
  CHECK_FALSE(verify_password(long_phc, long_one.substr(0, 1023)));
}

TEST_CASE("A decoy can be verified, costs what the policy says and has no password") {
  std::array<std::byte, 48> noise;
  noise.fill(std::byte{0xFB});  // exercises the characters in which the base64 alphabets differ
  const auto decoy = decoy_password_hash(cheap, noise);
  CHECK(decoy.starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
  CHECK(decoy.size() == hash_password(cheap, "x", salt_of(1)).size());
  CHECK_FALSE(verify_password(decoy, ""));
  CHECK_FALSE(verify_password(decoy, "password"));
  CHECK_FALSE(is_weaker(decoy, cheap));
}

TEST_CASE("A hash below the policy is weaker, one at or above it is not") {
  const auto phc = hash_password({.memory_kib = 16, .iterations = 2}, "x", salt_of(1));
  CHECK_FALSE(is_weaker(phc, {.memory_kib = 16, .iterations = 2}));
  CHECK_FALSE(is_weaker(phc, {.memory_kib = 8, .iterations = 1}));
  CHECK(is_weaker(phc, {.memory_kib = 17, .iterations = 2}));
  CHECK(is_weaker(phc, {.memory_kib = 16, .iterations = 3}));
  CHECK(is_weaker("$2b$12$something.of.bcrypt", cheap));
}

TEST_CASE("A text that is no argon2id hash is damage, not a wrong password") {
  for (const auto* damaged :
       {"", "plain", "$argon2i$v=19$m=8,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ"}) {
    CAPTURE(damaged);
    CHECK_THROWS_AS(verify_password(damaged, "x"), std::runtime_error);
  }
}

/// Of this thread's whole process, in KiB.
long resident() {
  long size = 0, pages = 0;
  std::ifstream{"/proc/self/statm"} >> size >> pages;
  return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

TEST_CASE("The memory of a hash is kept for the next, of whatever size, and given back when it is asked for") {
  constexpr PasswordCost large{.memory_kib = 64 * 1024, .iterations = 1}, other{.memory_kib = 1024, .iterations = 1};
  const auto phc = hash_password(large, "correct horse", salt_of(1));
  const auto kept = resident();
  const auto small = hash_password(other, "correct horse", salt_of(1));
  CHECK(resident() < kept - 32 * 1024);  // one at a time
  for (int i = 0; i < 3; ++i) {
    CHECK(verify_password(phc, "correct horse"));
    CHECK_FALSE(verify_password(phc, "correct horsf"));
    CHECK(verify_password(small, "correct horse"));
    CHECK(hash_password(large, "correct horse", salt_of(1)) == phc);
  }
  const auto before = resident();
  release_password_memory();
  CHECK(resident() < before - 32 * 1024);
  release_password_memory();
  std::thread{[&] { CHECK(verify_password(phc, "correct horse")); }}.join();
  CHECK(resident() < before - 32 * 1024);  // a thread that ends gives back its own
}

TEST_CASE("A cost that argon2 refuses is refused") {
  CHECK_THROWS_AS(hash_password({.memory_kib = 7}, "x", salt_of(1)), std::invalid_argument);
  CHECK_THROWS_AS(hash_password({.memory_kib = 8, .iterations = 0}, "x", salt_of(1)), std::invalid_argument);
}

}  // namespace
}  // namespace guerdon
