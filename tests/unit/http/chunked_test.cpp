// Chunked bodies: what is decoded, however it is cut, and what is refused.
#include "http/chunked.hpp"

#include <catch2/catch.hpp>

using namespace guerdon;
using namespace guerdon::http;

namespace {

struct Outcome {
  int status = 0;  // 0 = done, -1 = waiting for more
  std::string body;
  std::size_t used = 0;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome decode_in_pieces(std::string_view bytes, std::size_t piece, std::size_t max_body) {
  ChunkedBody decoder;
  std::size_t used = 0;
  while (used < bytes.size() && !decoder.done()) {
    const auto fed = decoder.feed(bytes.substr(used, piece), max_body);
    if (!fed) return {fed.error().problem.status, {}, 0};
    used += *fed;
  }
  return {decoder.done() ? 0 : -1, decoder.body(), used};
}

Outcome decode_all(std::string_view bytes, std::size_t max_body = 100) {
  const auto whole = decode_in_pieces(bytes, bytes.size(), max_body);
  for (const std::size_t piece : {1U, 2U, 3U, 5U}) CHECK(decode_in_pieces(bytes, piece, max_body) == whole);
  return whole;
}

}  // namespace

TEST_CASE("chunks are put together, however they arrive") {
  CHECK(decode_all("0\r\n\r\n") == Outcome{0, "", 5});
  CHECK(decode_all("5\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\n\r\n") == Outcome{0, "hello world", 31});
  CHECK(decode_all("00a\r\n0123456789\r\n000\r\n\r\n").body == "0123456789");
  CHECK(decode_all("A\r\n0123\r\n6789\r\n0\r\n\r\n").body == "0123\r\n6789");
  CHECK(decode_all("5\r\nhel").status == -1);
}

TEST_CASE("what follows the last chunk is left alone") {
  CHECK(decode_all("1\r\na\r\n0\r\n\r\nGET / HTTP/1.1") == Outcome{0, "a", 11});
}

TEST_CASE("chunks that could be read in two ways are refused") {
  for (const char* bad : {"5;a=b\r\nhello\r\n0\r\n\r\n",
                          "5;\r\nhello\r\n0\r\n\r\n",
                          "5 \r\nhello\r\n0\r\n\r\n",
                          " 5\r\nhello\r\n",
                          "0x5\r\nhello\r\n",
                          "+5\r\nhello\r\n",
                          "-1\r\n",
                          "\r\n",
                          "g\r\n",
                          "5\nhello\r\n0\r\n\r\n",
                          "5\r\nhello0\r\n\r\n",
                          "5\r\nhelloo\r\n0\r\n\r\n",
                          "5\r\nhell\r\n0\r\n\r\n",
                          "5\r\nhello\n0\r\n\r\n",
                          "5\r\nhello\r\n0\r\nX: a\r\n\r\n",
                          "0\r\nContent-Length: 5\r\n\r\n",
                          "0\r\n\n",
                          "0\n\n",
                          "0\r\n\rX",
                          "5\rhello\r\n",
                          "000000005\r\nhello\r\n0\r\n\r\n"}) {
    INFO(bad);
    CHECK(decode_all(bad).status == 400);
  }
}

TEST_CASE("chunks stop at the body's limit before they are stored") {
  CHECK(decode_all("5\r\nhello\r\n0\r\n\r\n", 5).status == 0);
  CHECK(decode_all("6\r\n", 5).status == 413);
  CHECK(decode_all("3\r\nabc\r\n3\r\n", 5).status == 413);
  CHECK(decode_all("ffffffff\r\n", 1024).status == 413);
}
