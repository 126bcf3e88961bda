// The structs that the codec's tests read and write.
#pragma once

#include "guerdon/codec.hpp"

namespace codec_test {

using guerdon::Bounded;
using guerdon::Defaulted;
using guerdon::FreeForm;
using guerdon::Instant;
using guerdon::List;
using guerdon::Omittable;
using guerdon::Secret;
using guerdon::Text;
using guerdon::TimeZone;
using guerdon::UserId;

enum class State { draft, in_progress, auto_ };
BOOST_DESCRIBE_ENUM(State, draft, in_progress, auto_)

struct LowerCase : guerdon::AnyText {
  static constexpr std::string_view pattern = "^[a-z]*$";
  static constexpr std::string_view format = "word";
  static std::optional<std::string_view> fault(std::string_view text) {
    if (text.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == text.npos) return std::nullopt;
    return "must be lower-case letters";
  }
};

struct Part {
  Text<1, 5> name;
  std::optional<int> count;
};
BOOST_DESCRIBE_STRUCT(Part, (), (name, count))

struct Named {
  Text<3, 8, LowerCase> user_name;
};
BOOST_DESCRIBE_STRUCT(Named, (), (user_name))

struct Everything : Named {
  bool is_active = false;
  int small = 0;
  std::int64_t big = 0;
  double ratio = 0;
  std::string note;
  Bounded<1, 100> level;
  UserId user_id;
  Instant created_at;
  guerdon::Date day;
  TimeZone time_zone;
  State state = State::draft;
  std::optional<std::string> maybe;
  Omittable<int> left_out;
  List<Part, 1, 3> parts;
  std::map<std::string, int> totals;
  FreeForm metadata;
  guerdon::json::value anything;
};
BOOST_DESCRIBE_STRUCT(Everything, (Named),
                      (is_active, small, big, ratio, note, level, user_id, created_at, day, time_zone, state, maybe,
                       left_out, parts, totals, metadata, anything))

inline constexpr std::string_view everything_json =
    R"({"userName":"alice","isActive":true,"small":-7,"big":9007199254740993,"ratio":0.5,"note":"n","level":42,)"
    R"("userId":"usr_01h455vb4pex5vsknk084sn02q","createdAt":"2026-11-20T10:15:30.000Z","day":"2024-02-29",)"
    R"("timeZone":"Asia/Seoul","state":"IN_PROGRESS","maybe":null,"parts":[{"name":"a","count":1},{"name":"b","count":null}],)"
    R"("totals":{"x":1,"y":2},"metadata":{"k":[1,{"z":null}]},"anything":[1,"two"]})";

struct Search {
  Defaulted<Bounded<1, 100>, 20> limit;
  Defaulted<bool, true> is_active;
  std::optional<State> state;
  std::optional<Text<1, 10>> q;
  std::optional<UserId> user_id;
  std::optional<Instant> from;
  std::optional<List<State, 1, 2>> role;
};
BOOST_DESCRIBE_STRUCT(Search, (), (limit, is_active, state, q, user_id, from, role))

struct Login {
  std::string username;
  Secret<Text<8, 128>> password;
};
BOOST_DESCRIBE_STRUCT(Login, (), (username, password))

template <class T>
struct Page {
  std::vector<T> items;
  std::optional<std::string> next_cursor;
  BOOST_DESCRIBE_CLASS(Page, (), (items, next_cursor), (), ())
};

struct Tree {
  int value = 0;
  std::vector<Tree> branches;
};
BOOST_DESCRIBE_STRUCT(Tree, (), (value, branches))

}  // namespace codec_test
