// The strict JSON reader: Boost.JSON's parser with a handler that builds the value and refuses what the library would
// let pass.
#include "guerdon/json.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

namespace guerdon {
namespace {

constexpr std::size_t deepest = 32;

class Builder {
 public:
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  explicit Builder(std::size_t max_nodes) noexcept : nodes_left_{max_nodes} {}

  [[nodiscard]] json::value take() { return std::move(root_); }
  [[nodiscard]] std::string_view reason() const noexcept { return reason_; }

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code& error) { return open(json::object{}, error); }
  bool on_object_end(std::size_t, json::error_code&) { return close(); }
  bool on_array_begin(json::error_code& error) { return open(json::array{}, error); }
  bool on_array_end(std::size_t, json::error_code&) { return close(); }

  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    partial_.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view part, std::size_t, json::error_code& error) {
    const auto key = whole(part);
    if (key.find('\0') != key.npos) return refuse("a member name contains NUL", error);
    const auto [member, is_new] = open_.at(depth_ - 1)->get_object().emplace(key, nullptr);
    if (!is_new) return refuse("a member name occurs twice", error);
    slot_ = &member->value();
    partial_.clear();
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
    partial_.append(part.data(), part.size());
    return true;
  }
  bool on_string(json::string_view part, std::size_t, json::error_code& error) {
    const auto text = whole(part);
    if (text.find('\0') != text.npos) return refuse("a string contains NUL", error);
    const bool added = add(json::string(text), error) != nullptr;
    partial_.clear();
    return added;
  }

  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t number, json::string_view, json::error_code& error) {
    return add(number, error) != nullptr;
  }
  bool on_uint64(std::uint64_t number, json::string_view, json::error_code& error) {
    return add(number, error) != nullptr;
  }
  bool on_double(double number, json::string_view text, json::error_code& error) {
    if (text.find_first_of(".eE") == text.npos) return refuse("an integer does not fit 64 bits", error);
    // The parser's own conversion is off by a bit or two.
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool underflow = read.ec == std::errc::result_out_of_range && std::abs(number) < 1;
    if (!underflow && (read.ec != std::errc{} || !std::isfinite(number))) return refuse("a number is too large", error);
    return add(number, error) != nullptr;
  }
  bool on_bool(bool value, json::error_code& error) { return add(value, error) != nullptr; }
  bool on_null(json::error_code& error) { return add(nullptr, error) != nullptr; }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

 private:
  bool refuse(std::string_view reason, json::error_code& error) {
    reason_ = reason;
    error = json::error::syntax;
    return false;
  }

  json::string_view whole(json::string_view last_part) {
    if (partial_.empty()) return last_part;
    partial_.append(last_part.data(), last_part.size());
    return partial_;
  }

  // Only the innermost container grows, so pointers to the open ones stay good.
  template <class Value>
  json::value* add(Value&& value, json::error_code& error) {
    if (nodes_left_ == 0) {
      refuse("there are too many values", error);
      return nullptr;
    }
    --nodes_left_;
    if (depth_ == 0) return &(root_ = std::forward<Value>(value));
    if (auto* array = open_.at(depth_ - 1)->if_array()) return &array->emplace_back(std::forward<Value>(value));
    return &(*slot_ = std::forward<Value>(value));
  }

  template <class Container>
  bool open(Container&& empty, json::error_code& error) {
    json::value* container = add(std::forward<Container>(empty), error);
    if (container == nullptr) return false;
    open_.at(depth_++) = container;
    return true;
  }
  bool close() {
    --depth_;
    return true;
  }

  json::value root_;
  std::array<json::value*, deepest> open_{};
  std::size_t depth_ = 0;
  json::value* slot_ = nullptr;  // of the member whose name came last
  std::string partial_;          // what came before the last part of a name or string
  std::size_t nodes_left_;
  std::string_view reason_;
};

std::string explain(const json::error_code& error) {
  if (error == json::error::incomplete) return "it ends too early";
  if (error == json::error::extra_data) return "something follows the value";
  if (error == json::error::too_deep) return "it is nested too deeply";
  if (error == json::error::syntax) return "this is no JSON";
  return error.message();
}

Error malformed(std::string_view text, std::size_t position, std::string_view reason) {
  const auto before = text.substr(0, position);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
  return Error{problems::malformed_json, "Line " + std::to_string(line) + ", column " +
                                             std::to_string(position - line_begin + 1) + ": " + std::string{reason} +
                                             "."};
}

}  // namespace

Result<json::value> parse_json(std::string_view text, JsonLimits limits) {
  if (text.starts_with("\xEF\xBB\xBF")) return malformed(text, 0, "a byte order mark is not allowed");
  json::parse_options options;
  options.max_depth = std::min(limits.depth, deepest);
  json::basic_parser<Builder> parser{options, limits.nodes};
  json::error_code error;
  const auto position = parser.write_some(false, text.data(), text.size(), error);
  if (!error && position < text.size()) error = json::error::extra_data;
  if (!error) return parser.handler().take();
  const auto reason = parser.handler().reason();
  return malformed(text, position, reason.empty() ? explain(error) : std::string{reason});
}

}  // namespace guerdon
