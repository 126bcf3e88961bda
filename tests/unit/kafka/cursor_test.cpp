// What is settled of what was handed over, and from where to begin again.
#include "kafka/cursor.hpp"

#include <catch2/catch.hpp>

#include "kafka/topic.hpp"

using namespace guerdon::kafka;

namespace {

struct Fixture {
  Cursor::Entry& out(std::int64_t position) { return cursor.hand_over(topic, position, 10); }

  Topic topic{"user.login"};
  Cursor cursor{10};
};

}  // namespace

TEST_CASE("a place moves over the acknowledged prefix only") {
  Fixture f;
  auto& first = f.out(12);
  auto& second = f.out(15);
  auto& third = f.out(16);
  CHECK(f.cursor.read() == 16);
  CHECK(f.cursor.safe() == 11);
  f.cursor.settle(second);
  CHECK(f.cursor.safe() == 11);
  f.cursor.settle(first);
  CHECK(f.cursor.safe() == 15);
  f.cursor.settle(third);
  CHECK(f.cursor.safe() == 16);
  f.cursor.pass(40);
  CHECK(f.cursor.safe() == 40);
}

TEST_CASE("after a break everything from the first unacknowledged message on is read again") {
  Fixture f;
  f.cursor.settle(f.out(11));
  f.out(13);
  f.cursor.settle(f.out(14));
  f.cursor.pass(20);
  f.cursor.rewind();
  CHECK(f.cursor.read() == 12);
  CHECK(f.cursor.safe() == 12);
}

TEST_CASE("what did not go out is read again, without anything before it") {
  Fixture f;
  f.out(11);
  f.out(14);
  f.cursor.take_back();
  CHECK(f.cursor.read() == 13);
  CHECK(f.cursor.safe() == 10);
}

TEST_CASE("a message that was given up is told once its place is passed, and until that is stored") {
  Fixture f;
  auto& first = f.out(11);
  auto& second = f.out(12);
  f.cursor.bury(second, "too large");
  CHECK(f.cursor.burials().empty());
  f.cursor.settle(first);
  REQUIRE(f.cursor.burials().size() == 1);
  CHECK(f.cursor.burials()[0].position == 12);
  CHECK(f.cursor.burials()[0].reason == "too large");
  f.cursor.settle(f.out(13));
  f.cursor.saved(12, 1);
  CHECK(f.cursor.burials().empty());
  CHECK(f.cursor.has_moved());
  f.cursor.saved(13, 0);
  CHECK_FALSE(f.cursor.has_moved());
  CHECK(f.cursor.stored() == 13);
}

TEST_CASE("passing what others published is no move of its own") {
  Fixture f;
  f.cursor.pass(500);
  CHECK_FALSE(f.cursor.has_moved());
  CHECK(f.cursor.safe() == 500);
  CHECK(f.cursor.stored() == 10);
}
