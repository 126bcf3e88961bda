#include "modules/auth/keys/service_key.hpp"

#include <catch2/catch.hpp>

#include "guerdon/base64url.hpp"

namespace guerdon::auth {
namespace {

const KeyId id = KeyId::parse("key_01jd3q6p8hfvmt3e8zkx0v9c2a").value();

TEST_CASE("A service key reads as it was made") {
  const auto random = system_random();
  const auto made = make_service_key(id, *random);
  CHECK(made.text.size() == 74);
  CHECK(made.text.starts_with("key_01jd3q6p8hfvmt3e8zkx0v9c2a_"));
  CHECK(is_service_key(made.text));
  const auto read = parse_service_key(made.text);
  REQUIRE(read);
  CHECK(read->id == id);
  CHECK(read->digest == made.digest);
  CHECK(read->digest == sha256(from_base64url(made.text.substr(31)).value()));
  CHECK(make_service_key(id, *random).text != made.text);
}

TEST_CASE("A secret of underscores and dashes is read in its place") {
  const std::string secret = std::string(21, '_') + std::string(21, '-') + "8";
  const auto read = parse_service_key("key_01jd3q6p8hfvmt3e8zkx0v9c2a_" + secret);
  REQUIRE(read);
  CHECK(read->digest == sha256(from_base64url(secret).value()));
}

TEST_CASE("Any other text is no service key, whatever is changed of one") {
  const auto good = make_service_key(id, *system_random()).text;
  for (std::size_t length = 0; length < good.size(); ++length) CHECK_FALSE(parse_service_key(good.substr(0, length)));
  for (std::size_t place = 0; place < good.size(); ++place) {
    for (const char c : {' ', '+', '=', '.', '~', '\0', '\n', '\xC3'}) {
      auto changed = good;
      changed[place] = c;
      CHECK_FALSE(parse_service_key(changed));
    }
    auto longer = good;
    longer.insert(place, 1, 'A');
    CHECK_FALSE(parse_service_key(longer));
  }
}

}  // namespace
}  // namespace guerdon::auth
