// Committed messages, counted by type and by what they say.
#include "telemetry/message_counts.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "telemetry/metrics.hpp"
#include "telemetry/sheet.hpp"

namespace guerdon::telemetry {
namespace {

enum class Colour { red, dark_blue };
BOOST_DESCRIBE_ENUM(Colour, red, dark_blue)

struct Painted {
  static constexpr std::string_view topic = "walls", type = "Painted";
  std::string wall;
  Colour paint_colour = Colour::red;
  [[nodiscard]] std::string key() const { return wall; }
};
BOOST_DESCRIBE_STRUCT(Painted, (), (wall, paint_colour))

std::vector<OutgoingMessage> sent(std::string type, std::string payload) {
  std::vector<OutgoingMessage> messages(1);
  messages[0].topic = "walls";
  messages[0].type = std::move(type);
  messages[0].payload = std::move(payload);
  return messages;
}

struct Counted {
  Counted() {
    Metrics& metrics = registry;
    metrics.count<Painted>("walls_painted_total", "Walls.");
    metrics.count<Painted>("walls_by_colour_total", "Walls.", "colour", &Painted::paint_colour);
  }
  void note(std::string type, std::string payload) {
    registry.messages().note(sent(std::move(type), std::move(payload)));
  }
  [[nodiscard]] bool says(const std::string& line) const {
    Sheet sheet;
    registry.collect(sheet);
    INFO(sheet.text());
    const bool found = sheet.text().find("\n" + line + "\n") != std::string::npos;
    CHECK(found);
    return found;
  }
  MetricsRegistry registry;
};

TEST_CASE("Before anything has happened each value is there, at zero") {
  const Counted counted;
  CHECK(counted.says("walls_painted_total 0"));
  CHECK(counted.says("walls_by_colour_total{colour=\"RED\"} 0"));
  CHECK(counted.says("walls_by_colour_total{colour=\"DARK_BLUE\"} 0"));
}

TEST_CASE("A message counts by its member as by its type") {
  Counted counted;
  counted.note("Painted", to_json(Painted{.wall = "north", .paint_colour = Colour::dark_blue}));
  CHECK(counted.says("walls_painted_total 1"));
  CHECK(counted.says("walls_by_colour_total{colour=\"RED\"} 0"));
  CHECK(counted.says("walls_by_colour_total{colour=\"DARK_BLUE\"} 1"));
  CHECK(counted.says("bus_messages_published_total{topic=\"walls\",type=\"Painted\"} 1"));
}

TEST_CASE("Values that the member can't have make no label") {
  Counted counted;
  for (const char* payload : {R"({"paintColour": "PINK"})", R"({"paintColour": 3})", "{}", "[]", "no JSON", ""})
    counted.note("Painted", payload);
  CHECK(counted.says("walls_painted_total 6"));
  Sheet sheet;
  counted.registry.collect(sheet);
  CHECK(sheet.text().find("PINK") == std::string::npos);
}

TEST_CASE("A type that nobody has declared is one of the others") {
  Counted counted;
  counted.note("Torn", "{}");
  CHECK(counted.says("bus_messages_published_total{topic=\"other\",type=\"other\"} 1"));
}

}  // namespace
}  // namespace guerdon::telemetry
