// What readers of a topic see, pinned by files: a change here is a change of the contract.
#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>

#include "bus/personal_data.hpp"
#include "guerdon/bus.hpp"
#include "support/paths.hpp"

namespace {

using namespace guerdon;

struct PlatformLinked {
  static constexpr std::string_view topic = "test.platform", type = "PlatformLinked";
  static constexpr std::array personal{"username", "email"};
  UserId user_id;
  Omittable<std::string> username, email;
  Instant linked_at;
  [[nodiscard]] std::string key() const { return user_id.to_string(); }
};
BOOST_DESCRIBE_STRUCT(PlatformLinked, (), (user_id, username, email, linked_at))

std::string golden(const std::string& name) {
  std::ifstream file{std::string{GUERDON_SOURCE_DIR} + "/tests/golden/bus/" + name};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  REQUIRE(text.ends_with('\n'));
  text.pop_back();
  return text;
}

PlatformLinked sample() {
  PlatformLinked message;
  message.user_id = *UserId::parse("usr_00000000000000000000000001");
  message.username = "zoë \"z\" o'hara";
  message.email = "zoe@example.org";
  message.linked_at = *parse_rfc3339("2026-03-02T09:30:00Z");
  return message;
}

Delivery delivery_of(std::string payload) {
  return {.partition = 3,
          .position = 42,
          .id = *MessageId::parse("msg_01kkmyqxm0e0g30r40m30e2ghk"),
          .topic = "test.platform",
          .key = "usr_00000000000000000000000001",
          .type = "PlatformLinked",
          .payload = std::move(payload),
          .headers = {},
          .time = *parse_rfc3339("2026-03-02T09:30:00.125Z")};
}

}  // namespace

TEST_CASE("An envelope has the documented members in the documented order") {
  CHECK(envelope(delivery_of(to_json(sample()))) == golden("envelope.json"));
}

TEST_CASE("A pseudonymous payload lacks the personal members and keeps the order of the others") {
  const auto payload = bus::without_members(to_json(sample()), bus_detail::personal_members<PlatformLinked>);
  CHECK(envelope(delivery_of(payload)) == golden("envelope_pseudonymous.json"));
}

TEST_CASE("A message without its personal members can still be read") {
  const auto payload = bus::without_members(to_json(sample()), bus_detail::personal_members<PlatformLinked>);
  const auto read = decode<PlatformLinked>(parse_json(payload).value(), Unknown::ignore).value();
  CHECK(read.user_id == sample().user_id);
  CHECK_FALSE(read.email);
}

TEST_CASE("An envelope is JSON whatever the type is called") {
  auto delivery = delivery_of("{}");
  delivery.type = "Quo\"ted";
  const auto read = parse_json(envelope(delivery));
  REQUIRE(read.has_value());
  CHECK(read->at("eventType") == "Quo\"ted");
}
