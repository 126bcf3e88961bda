// The text of ids, strictly both ways, and the order of those that are made.
#include "guerdon/ids.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <thread>
#include <unordered_set>
#include <vector>

using namespace guerdon;

namespace {

constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

Uuid uuid_of(std::initializer_list<int> bytes) {
  Uuid uuid;
  std::transform(bytes.begin(), bytes.end(), uuid.bytes.begin(), [](int b) { return static_cast<std::uint8_t>(b); });
  return uuid;
}

Instant at(std::int64_t milliseconds) { return Instant{std::chrono::milliseconds{milliseconds}}; }

class Constant final : public Random {
 public:
  explicit Constant(int byte) : byte_{static_cast<std::byte>(byte)} {}
  void fill(std::span<std::byte> bytes) override { std::fill(bytes.begin(), bytes.end(), byte_); }

 private:
  std::byte byte_;
};

}  // namespace

TEST_CASE("An id has the text that the TypeID specification gives it") {
  CHECK(UserId{}.to_string() == "usr_00000000000000000000000000");
  CHECK(UserId{uuid_of({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1})}.to_string() ==
        "usr_00000000000000000000000001");
  // 0110c853-1d09-52d8-d73e-1194e95b5f19, from the specification's valid.json
  CHECK(to_text(uuid_of({0x01, 0x10, 0xc8, 0x53, 0x1d, 0x09, 0x52, 0xd8, 0xd7, 0x3e, 0x11, 0x94, 0xe9, 0x5b, 0x5f,
                         0x19})) == "0123456789abcdefghjkmnpqrs");
  Uuid all_ones;
  all_ones.bytes.fill(0xFF);
  CHECK(UserId{all_ones}.to_string() == "usr_7zzzzzzzzzzzzzzzzzzzzzzzzz");
}

TEST_CASE("Every bit of an id survives its text") {
  for (std::size_t bit = 0; bit < 128; ++bit) {
    Uuid uuid;
    uuid.bytes[bit / 8] = static_cast<std::uint8_t>(1U << (bit % 8));
    CAPTURE(bit);
    CHECK(parse_uuid_text(to_text(uuid)) == uuid);
  }
}

TEST_CASE("The text of an id accepts the 32 digits at every place and nothing else") {
  const std::string canonical = "01h455vb4pex5vsknk084sn02q";
  REQUIRE(parse_uuid_text(canonical));
  for (std::size_t place = 0; place < canonical.size(); ++place) {
    for (int c = 0; c < 256; ++c) {
      std::string text = canonical;
      text[place] = static_cast<char>(c);
      const auto digit = alphabet.find(static_cast<char>(c));
      const bool allowed = digit != alphabet.npos && (place > 0 || digit < 8);
      const auto parsed = parse_uuid_text(text);
      CAPTURE(place, c);
      REQUIRE(parsed.has_value() == allowed);
      if (allowed) REQUIRE(to_text(*parsed) == text);
    }
  }
}

TEST_CASE("An id is refused unless it is exactly its canonical text") {
  const std::string good = "usr_01h455vb4pex5vsknk084sn02q";
  REQUIRE(UserId::parse(good));
  CHECK(UserId::parse(good)->to_string() == good);
  for (const std::string& bad : std::vector<std::string>{"",
                                                         "usr",
                                                         "usr_",
                                                         "usr_01h455vb4pex5vsknk084sn02",
                                                         "usr_01h455vb4pex5vsknk084sn02q0",
                                                         " " + good,
                                                         good + " ",
                                                         good + std::string(1, '\0'),
                                                         "USR_01h455vb4pex5vsknk084sn02q",
                                                         "usr_01H455VB4PEX5VSKNK084SN02Q",
                                                         "usr-01h455vb4pex5vsknk084sn02q",
                                                         "ses_01h455vb4pex5vsknk084sn02q",
                                                         "01h455vb4pex5vsknk084sn02q",
                                                         "xusr_01h455vb4pex5vsknk084sn02q",
                                                         "usr_8zzzzzzzzzzzzzzzzzzzzzzzzz",
                                                         "usr_zzzzzzzzzzzzzzzzzzzzzzzzzz",
                                                         "usr_01i455vb4pex5vsknk084sn02q",
                                                         "usr_01l455vb4pex5vsknk084sn02q",
                                                         "usr_01o455vb4pex5vsknk084sn02q",
                                                         "usr_01u455vb4pex5vsknk084sn02q"}) {
    CAPTURE(bad);
    CHECK_FALSE(UserId::parse(bad));
  }
}

TEST_CASE("The text of ids sorts as the ids do") {
  const auto random = system_random();
  std::vector<UserId> ids;
  for (int i = 0; i < 1000; ++i) {
    Uuid uuid;
    random->fill(std::as_writable_bytes(std::span{uuid.bytes}));
    ids.emplace_back(uuid);
  }
  for (std::size_t i = 1; i < ids.size(); ++i) {
    REQUIRE((ids[i - 1] < ids[i]) == (ids[i - 1].to_string() < ids[i].to_string()));
  }
}

TEST_CASE("A made id is a UUIDv7 of its time") {
  const auto random = system_random();
  IdSource source{*random};
  const Uuid uuid = source.next(at(1'795'256'130'123));
  CHECK(uuid.bytes[6] >> 4 == 7);
  CHECK(uuid.bytes[8] >> 6 == 2);
  CHECK(made_at(uuid) == at(1'795'256'130'123));
}

TEST_CASE("Made ids grow strictly while the clock stands still or goes back") {
  const auto random = system_random();
  IdSource source{*random};
  Uuid before = source.next(at(1000));
  for (int i = 0; i < 20'000; ++i) {
    const Uuid next = source.next(at(1000 - i % 500));
    REQUIRE(before < next);
    before = next;
  }
  CHECK(made_at(before) < at(1012));  // 4,096 to a millisecond: the time is borrowed from the future, and little of it
  CHECK(made_at(source.next(at(5000))) == at(5000));
}

TEST_CASE("Times that a UUID cannot hold are brought to its nearest") {
  Constant zero{0};
  CHECK(made_at(IdSource{zero}.next(at(-5))) == at(0));
  CHECK(made_at(IdSource{zero}.next(Instant::max())) == at((std::int64_t{1} << 48) - 1));
}

TEST_CASE("The random part of a made id is the source's") {
  Constant ones{0xFF};
  const Uuid uuid = IdSource{ones}.next(at(0));
  CHECK(uuid == uuid_of({0, 0, 0, 0, 0, 0, 0x77, 0xFF, 0xBF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}));
}

TEST_CASE("Threads that make ids together make different ones and each sees its own grow") {
  const auto random = system_random();
  IdSource source{*random};
  constexpr std::size_t count = 20'000;
  std::vector<std::vector<Uuid>> made(4);
  std::vector<std::thread> threads;
  for (auto& mine : made) {
    threads.emplace_back([&source, &mine] {
      mine.reserve(count);
      for (std::size_t i = 0; i < count; ++i) mine.push_back(source.next(at(1000)));
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<Uuid> all;
  for (const auto& mine : made) {
    CHECK(std::adjacent_find(mine.begin(), mine.end(), std::greater_equal<>{}) == mine.end());
    all.insert(mine.begin(), mine.end());
  }
  CHECK(all.size() == count * made.size());
}

TEST_CASE("Ids are keys of hashed containers") {
  const auto random = system_random();
  IdSource source{*random};
  std::unordered_set<UserId> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(UserId{source.next(at(i))});
  CHECK(ids.size() == 1000);
  CHECK(ids.contains(*ids.begin()));
  CHECK_FALSE(ids.contains(UserId{}));
}
