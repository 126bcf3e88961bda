// Secrets that the server makes at its first start and keeps.
#include "runtime/secret_file.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "support/temp_folder.hpp"

using namespace guerdon;

TEST_CASE("a secret is made once, kept for its owner alone, and the same ever after") {
  const test::TempFolder folder;
  const auto random = system_random();
  const auto path = folder / "jwt.secret";
  const auto first = keep_secret(path, *random);
  REQUIRE(first.has_value());
  CHECK(first->size() == 32);
  struct stat status{};
  REQUIRE(stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777U) == 0600);
  CHECK(*keep_secret(path, *random) == *first);
  CHECK(*keep_secret(folder / "other.secret", *random) != *first);
  CHECK_FALSE(std::filesystem::exists(path + ".new"));
}

TEST_CASE("a kept secret that is open to others or damaged is refused, never replaced") {
  const test::TempFolder folder;
  const auto random = system_random();
  const auto path = folder / "jwt.secret";
  REQUIRE(keep_secret(path, *random).has_value());
  chmod(path.c_str(), 0604);
  CHECK(keep_secret(path, *random).error().detail == path + ": is open to other users: chmod 600 it");
  const auto damaged = folder.write("damaged.secret", "short\n");
  CHECK(keep_secret(damaged, *random).error().detail == damaged + ": does not hold a secret of guerdon's");
  const auto empty = folder.write("empty.secret", "");
  CHECK_FALSE(keep_secret(empty, *random).has_value());
  CHECK(std::filesystem::file_size(empty) == 0);
}

TEST_CASE("a draft that a crash left behind does not keep a secret from being made") {
  const test::TempFolder folder;
  const auto random = system_random();
  folder.write("jwt.secret.new", "half");
  CHECK(keep_secret(folder / "jwt.secret", *random).has_value());
}
