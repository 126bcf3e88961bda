// What is remembered, how much of it, and for how long.
#include "http/memo.hpp"

#include <catch2/catch.hpp>
#include <set>

using namespace guerdon;
using namespace guerdon::http;
using namespace std::chrono_literals;

namespace {

/// Knows of changes what a test tells it.
class ToldReader final : public Reader {
 public:
  void run(FunctionRef<void(Snapshot&)>, std::int64_t) override {}
  bool look(FunctionRef<void(Snapshot&)>, std::int64_t) override { return true; }
  void settle(std::function<void(bool)>) override {}
  void release() noexcept override {}
  [[nodiscard]] bool is_unchanged(const Footprint& footprint) const noexcept override {
    return !changed.contains(footprint.at);
  }

  std::set<std::uint64_t> changed;
};

constexpr Instant begin{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};

Remembered answer(std::string key, std::size_t size = 1, std::uint64_t at = 0) {
  return {.key = std::move(key),
          .response = {.body = std::string(size, 'x')},
          .footprint = {{}, at},
          .from = begin,
          .until = begin + 1h};
}

struct Site {
  bool knows(const std::string& key, Instant now = begin) { return memo.find(key, now) != nullptr; }

  ToldReader reader;
  Memo memo{reader};
};

}  // namespace

TEST_CASE("a remembered answer is found by what was asked for and the roles, in its time") {
  Site site;
  const auto key = Memo::key("/a?b=1", {Role::user});
  CHECK(key != Memo::key("/a?b=1", {Role::user, Role::admin}));
  CHECK(key != Memo::key("/a?b=2", {Role::user}));
  site.memo.keep(answer(key, 7));
  REQUIRE(site.knows(key));
  CHECK(site.memo.find(key, begin)->body == "xxxxxxx");
  CHECK_FALSE(site.knows(Memo::key("/a?b=1", {Role::admin})));
  CHECK_FALSE(site.knows(key, begin - 1ms));
  CHECK(site.knows(key, begin + 1h - 1ms));
  CHECK_FALSE(site.knows(key, begin + 1h));
  CHECK_FALSE(site.knows(key));  // it was forgotten then
}

TEST_CASE("an answer whose rows have changed is forgotten, and a new one takes its place") {
  Site site;
  site.memo.keep(answer("a", 1, 1));
  site.memo.keep(answer("b", 1, 2));
  site.reader.changed = {1};
  CHECK_FALSE(site.knows("a"));
  CHECK(site.knows("b"));
  site.memo.keep(answer("b", 5, 3));
  CHECK(site.memo.find("b", begin)->body.size() == 5);
}

TEST_CASE("beyond its bounds what was asked for least lately is forgotten") {
  Site site;
  for (std::size_t i = 0; i < Memo::most_answers; ++i) site.memo.keep(answer("k" + std::to_string(i)));
  CHECK(site.knows("k0"));
  site.memo.keep(answer("one more"));
  CHECK(site.knows("k0"));
  CHECK_FALSE(site.knows("k1"));
  CHECK(site.knows("k2"));

  Site large;
  const std::size_t third = Memo::most_bytes / 3;
  for (const auto* key : {"a", "b", "c"}) large.memo.keep(answer(key, third));
  CHECK_FALSE(large.knows("a"));
  CHECK(large.knows("b"));
  large.memo.keep(answer("huge", Memo::longest_answer));
  CHECK_FALSE(large.knows("huge"));
  CHECK(large.knows("c"));
  large.memo.keep(answer("c", 1));  // and what takes another's place frees its space
  large.memo.keep(answer("d", third));
  CHECK(large.knows("b"));
}
