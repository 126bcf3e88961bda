// Published vectors for the primitives, strictness for the encodings, and cursors that can't be forged.
#include "guerdon/crypto.hpp"

#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include "guerdon/cursor.hpp"

using namespace guerdon;

TEST_CASE("SHA-256 gives the published digests") {
  CHECK(to_hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(to_hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("HMAC-SHA-256 gives the digests of RFC 4231 and that of nothing") {
  CHECK(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(to_hex(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  CHECK(to_hex(hmac_sha256("", "")) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST_CASE("A key that was made ready signs again and again and from many threads") {
  const HmacKey key{"Jefe"};
  const auto expected = hmac_sha256("Jefe", "what do ya want for nothing?");
  CHECK(key.sign("something else") != expected);
  std::vector<int> wrong(4);
  std::vector<std::thread> threads;
  for (auto& mine : wrong) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) mine += key.sign("what do ya want for nothing?") != expected;
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(4));
}

TEST_CASE("Equality in constant time is equality") {
  CHECK(constant_time_equal("", ""));
  CHECK(constant_time_equal("secret", "secret"));
  CHECK_FALSE(constant_time_equal("secret", "secreT"));
  CHECK_FALSE(constant_time_equal("secret", "secret "));
  CHECK_FALSE(constant_time_equal("secret", ""));
  CHECK(constant_time_equal(sha256("a"), sha256("a")));
  CHECK_FALSE(constant_time_equal(sha256("a"), sha256("b")));
}

TEST_CASE("A wiped string is empty and so is the memory it had") {
  std::string text(100, 'x');
  const char* memory = text.data();
  wipe(text);
  CHECK(text.empty());
  CHECK(std::string_view{memory, 100} == std::string(100, '\0'));
}

TEST_CASE("Hexadecimal is lower case") {
  CHECK(to_hex(std::string_view{"\x00\x0f\xf0\xff", 4}) == "000ff0ff");
  CHECK(to_hex(std::string_view{}).empty());
}

TEST_CASE("base64url gives the texts of RFC 4648 without padding") {
  const std::vector<std::pair<std::string, std::string>> vectors{
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff\xbf", "-_-_"}};
  for (const auto& [bytes, text] : vectors) {
    CHECK(to_base64url(bytes) == text);
    CHECK(from_base64url(text) == bytes);
  }
}

TEST_CASE("Every byte survives base64url at every length") {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    CHECK(from_base64url(to_base64url(bytes)) == bytes);
    bytes += static_cast<char>(i * 89);
  }
}

TEST_CASE("base64url accepts exactly one text for each byte string") {
  int accepted = 0;
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const std::string text{static_cast<char>(a), static_cast<char>(b)};
      const auto bytes = from_base64url(text);
      if (!bytes) continue;
      ++accepted;
      REQUIRE(to_base64url(*bytes) == text);
    }
  }
  CHECK(accepted == 256);
  for (const std::string_view bad :
       {"A", "Zg==", "Zm8=", "Zm9vA", "Zm9v\n", " Zm9v", "Zm+v", "Zm/v", "Zm 9v", "Zh", "Zm9"}) {
    CAPTURE(bad);
    CHECK_FALSE(from_base64url(bad));
  }
}

TEST_CASE("A cursor opens to what was sealed into it") {
  const CursorCodec codec{"a key of some length"};
  for (const std::string& payload :
       {std::string{}, std::string{"events|evt_1"}, std::string(1, '\0'), std::string(1024, 'x')}) {
    CHECK(codec.open(codec.seal(payload)) == payload);
  }
  CHECK_THROWS_AS(codec.seal(std::string(1025, 'x')), std::length_error);
}

TEST_CASE("A cursor that was changed anywhere does not open") {
  const CursorCodec codec{"a key of some length"};
  const auto sealed = codec.seal("events|evt_1");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CAPTURE(i);
    CHECK_FALSE(codec.open(changed));
  }
  CHECK_FALSE(codec.open(sealed.substr(1)));
  CHECK_FALSE(codec.open(sealed + "AA"));
  CHECK_FALSE(codec.open(""));
  CHECK_FALSE(codec.open(to_base64url(std::string(15, '\0'))));
  CHECK_FALSE(codec.open(std::string(100'000, 'A')));
}

TEST_CASE("A cursor of another key does not open") {
  CHECK_FALSE(CursorCodec{"one"}.open(CursorCodec{"two"}.seal("x")));
  CHECK(CursorCodec{"one"}.open(CursorCodec{"one"}.seal("x")) == "x");
}

TEST_CASE("A cursor is not a plain signature by the same key") {
  const std::string payload = "x";
  const auto plain = hmac_sha256("one", payload);
  CHECK_FALSE(CursorCodec{"one"}.open(to_base64url(std::string{as_text(plain).substr(0, 16)} + payload)));
}
