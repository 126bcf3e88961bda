// Cursors of the feed: what is sealed is opened for its topic, and nothing else is.
#include "bus/feed_cursor.hpp"

#include <catch2/catch.hpp>

using namespace guerdon;

TEST_CASE("a place in the log survives being carried by a reader") {
  const CursorCodec cursors{"a key"};
  for (const auto& positions : {bus::Positions{0}, bus::Positions{7, 0, 9223372036854775807}, bus::Positions(16, 3)}) {
    const auto cursor = bus::seal_place(cursors, "user.login", {"log_1", positions});
    const auto place = bus::open_place(cursors, "user.login", cursor);
    REQUIRE(place);
    CHECK(place->epoch == "log_1");
    CHECK(place->positions == positions);
  }
}

TEST_CASE("a cursor of another topic, key or kind opens no place") {
  const CursorCodec cursors{"a key"};
  const auto cursor = bus::seal_place(cursors, "user.login", {"log_1", {5}});
  CHECK_FALSE(bus::open_place(cursors, "user", cursor));
  CHECK_FALSE(bus::open_place(cursors, "", cursor));
  CHECK_FALSE(bus::open_place(cursors, "user.login", cursor + "A"));
  CHECK_FALSE(bus::open_place(CursorCodec{"another"}, "user.login", cursor));
  for (const auto* text :
       {"", "feed\nuser.login\n", "feed\nuser.login\nlog_1", "feed\nuser.login\nlog_1\n",
        "feed\nuser.login\nlog_1\n5,6", "feed\nuser.login\nlog_1\nx", "list\nuser.login\nlog_1\n5"}) {
    INFO(text);
    CHECK_FALSE(bus::open_place(cursors, "user.login", cursors.seal(text)));
  }
}
