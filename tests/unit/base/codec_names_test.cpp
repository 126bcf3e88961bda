// Names on the wire and names of schemas.
#include <catch2/catch.hpp>

#include "codec_types.hpp"

using namespace guerdon;
using namespace codec_test;

namespace names_test {

struct Awkward {
  int a = 0;
  int operator_ = 0;
  int sha_256 = 0;
  int max_connections_per_address = 0;
};
BOOST_DESCRIBE_STRUCT(Awkward, (), (a, operator_, sha_256, max_connections_per_address))

struct Empty {};
BOOST_DESCRIBE_STRUCT(Empty, (), ())

}  // namespace names_test

static_assert(wire_name(State::in_progress) == "IN_PROGRESS");
static_assert(parse_enum<State>("AUTO") == State::auto_);

TEST_CASE("Enumerators are upper snake case on the wire and lose a trailing underscore") {
  CHECK(wire_names<State>() == std::vector<std::string_view>{"DRAFT", "IN_PROGRESS", "AUTO"});
  for (const auto state : {State::draft, State::in_progress, State::auto_})
    CHECK(parse_enum<State>(wire_name(state)) == state);
}

TEST_CASE("Only the exact name of an enumerator is read") {
  for (const std::string_view text : {"", "draft", "Draft", "IN-PROGRESS", "AUTO_", " DRAFT", "DRAFT ", "0"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_enum<State>(text));
  }
  CHECK(wire_name(static_cast<State>(17)).empty());
}

TEST_CASE("Members are camel case on the wire and bases come first") {
  CHECK(field_names<names_test::Awkward>() ==
        std::vector<std::string_view>{"a", "operator", "sha256", "maxConnectionsPerAddress"});
  CHECK(field_names<names_test::Empty>().empty());
  CHECK(field_names<Everything>().front() == "userName");
  CHECK(field_names<Everything>().back() == "anything");
}

TEST_CASE("A schema is named by its type without namespaces and templates by their arguments first") {
  CHECK(schema_name<Part>() == "Part");
  CHECK(schema_name<names_test::Awkward>() == "Awkward");
  CHECK(schema_name<Page<Part>>() == "PartPage");
  CHECK(schema_name<Page<Page<Part>>>() == "PartPagePage");
  struct Local {};
  CHECK(schema_name<Local>() == "Local");
}
