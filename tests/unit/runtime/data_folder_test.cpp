// The data folder: private, held by one process, keeper of the server's secrets.
#include "runtime/data_folder.hpp"

#include <sys/stat.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "guerdon/app.hpp"
#include "runtime/exit_codes.hpp"
#include "support/temp_folder.hpp"

using namespace guerdon;

namespace {

unsigned mode_of(const std::filesystem::path& path) {
  struct stat status{};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

int start_code(const std::function<void()>& attempt, std::string_view expected) {
  try {
    attempt();
  } catch (const StartError& error) {
    INFO(error.what());
    CHECK(std::string_view{error.what()}.find(expected) != std::string_view::npos);
    return error.exit_code();
  }
  return 0;
}

}  // namespace

TEST_CASE("the data folder lies beside the embedded file, in data/ for PostgreSQL, nowhere in memory") {
  const auto of = [](std::string_view url) { return data_folder_of(*DatabaseUrl::parse(url), ""); };
  CHECK(of("sqlite:data/guerdon.db") == "data");
  CHECK(of("sqlite:/var/lib/g.db") == "/var/lib");
  CHECK(of("sqlite:g.db") == ".");
  CHECK(of("postgres://localhost/g") == "data");
  CHECK_FALSE(of("sqlite::memory:"));
  CHECK(data_folder_of(*DatabaseUrl::parse("sqlite::memory:"), "/x") == "/x");
}

TEST_CASE("a data folder is made for its owner alone, with all that is missing above it") {
  const test::TempFolder temp;
  const DataFolder folder{temp.path() / "a" / "b"};
  CHECK(mode_of(temp.path() / "a") == 0700);
  CHECK(mode_of(folder.path()) == 0700);
  CHECK(mode_of(lock_file(folder.path())) == 0600);
}

TEST_CASE("a data folder is held by one at a time and free again afterwards") {
  const test::TempFolder temp;
  CHECK_FALSE(DataFolder::is_held(temp.path() / "none"));
  {
    const DataFolder folder{temp.path()};
    CHECK(DataFolder::is_held(temp.path()));
    const auto said =
        "another guerdon (process " + std::to_string(getpid()) + ") is running on the data in " + temp.path().string();
    CHECK(start_code([&] { const DataFolder second{temp.path()}; }, said) == exit_temporary);
  }
  CHECK_FALSE(DataFolder::is_held(temp.path()));
  CHECK(start_code([&] { const DataFolder again{temp.path()}; }, "") == 0);
}

TEST_CASE("asking whether a folder is held never keeps anybody from holding it") {
  const test::TempFolder temp;
  {
    const DataFolder once{temp.path()};
  }
  std::atomic<bool> over{false};
  std::atomic<int> asked{0};
  std::thread curious{[&] {
    while (!over) {
      static_cast<void>(DataFolder::is_held(temp.path()));
      ++asked;
    }
  }};
  while (asked == 0) std::this_thread::yield();
  int refusals = 0;
  for (int i = 0; i < 2000; ++i) refusals += start_code([&] { const DataFolder folder{temp.path()}; }, "") == 0 ? 0 : 1;
  over = true;
  curious.join();
  CHECK(refusals == 0);
}

TEST_CASE("a data folder that can't be used is named with the reason") {
  const test::TempFolder temp;
  const auto file = temp.write("file", "");
  CHECK(start_code([&] { const DataFolder folder{file + "/data"}; }, "can't make the data folder") == exit_io);
  std::filesystem::create_directory(lock_file(temp.path()));
  CHECK(start_code([&] { const DataFolder folder{temp.path()}; }, "can't open") == exit_io);
}

TEST_CASE("the secrets of a data folder differ by name and stay") {
  const test::TempFolder temp;
  const auto random = system_random();
  const DataFolder folder{temp.path()};
  const auto first = folder.secret("jwt", *random);
  CHECK(folder.secret("cursor", *random) != first);
  CHECK(folder.secret("jwt", *random) == first);
  chmod((temp / "jwt.secret").c_str(), 0644);
  CHECK(start_code([&] { static_cast<void>(folder.secret("jwt", *random)); }, "chmod 600") == exit_config);
}
