// The reading half of the codec: single values, and faults with the place where they are.
#include "guerdon/codec.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace guerdon {

void Place::append_pointer(std::string& out) const {
  if (up_ == nullptr) return;
  up_->append_pointer(out);
  out += '/';
  if (index_ != no_index) {
    out += std::to_string(index_);
    return;
  }
  for (const char c : name_) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
}

void Place::fault(std::string_view code, std::string_view detail) const {
  if (faults_->size() >= max_faults) return;
  Fault fault{.where = {}, .is_parameter = is_parameter_, .code = std::string{code}, .detail = std::string{detail}};
  if (is_parameter_) {
    fault.where = name_;
  } else {
    append_pointer(fault.where);
  }
  faults_->push_back(std::move(fault));
}

const json::string* Place::text(const json::value& value) const {
  const auto* text = value.if_string();
  if (text == nullptr) fault("wrong-type", "must be a string");
  return text;
}

const json::object* Place::object(const json::value& value) const {
  const auto* object = value.if_object();
  if (object == nullptr) fault("wrong-type", "must be an object");
  return object;
}

const json::array* Place::array(const json::value& value) const {
  const auto* array = value.if_array();
  if (array == nullptr) fault("wrong-type", "must be an array");
  return array;
}

void Codec<bool>::decode(const json::value& value, bool& into, const Place& at) {
  if (const auto* flag = value.if_bool()) {
    into = *flag;
    return;
  }
  at.fault("wrong-type", "must be true or false");
}

void Codec<bool>::parse(std::string_view text, bool& into, const Place& at) {
  if (text != "true" && text != "false") return at.fault("wrong-type", "must be true or false");
  into = text == "true";
}

void Codec<double>::decode(const json::value& value, double& into, const Place& at) {
  if (!value.is_number()) return at.fault("wrong-type", "must be a number");
  into = value.to_number<double>();
}

void Codec<std::string>::decode(const json::value& value, std::string& into, const Place& at) {
  if (const auto* text = at.text(value)) into.assign(text->data(), text->size());
}

void Codec<std::string>::parse(std::string_view text, std::string& into, const Place& at) {
  if (!detail::is_utf8(text)) return at.fault("bad-format", "must be valid UTF-8");
  into = text;
}

namespace detail {
namespace {

bool in_range(std::int64_t number, std::int64_t min, std::int64_t max, const Place& at) {
  if (number < min) at.fault("too-small", "must be at least " + std::to_string(min));
  if (number > max) at.fault("too-large", "must be at most " + std::to_string(max));
  return number >= min && number <= max;
}

}  // namespace

bool decode_integer(const json::value& value, std::int64_t min, std::int64_t max, std::int64_t& into, const Place& at) {
  constexpr double exact = 9007199254740992;  // 2^53: beyond it a double may be its neighbour
  if (value.is_uint64()) {
    at.fault("too-large", "must be at most " + std::to_string(max));
    return false;
  }
  if (const auto* integer = value.if_int64()) {
    into = *integer;
  } else if (const auto* number = value.if_double();
             number != nullptr && std::trunc(*number) == *number && std::abs(*number) <= exact) {
    into = static_cast<std::int64_t>(*number);  // 1.0 is an integer in JSON Schema too
  } else {
    at.fault("wrong-type", "must be an integer");
    return false;
  }
  return in_range(into, min, max, at);
}

bool parse_integer(std::string_view text, std::int64_t min, std::int64_t max, std::int64_t& into, const Place& at) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) {
    at.fault("wrong-type", "must be an integer");
    return false;
  }
  if (error == std::errc::result_out_of_range)
    into = text.front() == '-' ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
  return in_range(into, min, max, at) && error == std::errc{};
}

bool size_allowed(std::size_t size, std::size_t min, std::size_t max, const Place& at) {
  if (size < min) at.fault("too-few", "must have at least " + std::to_string(min) + (min == 1 ? " item" : " items"));
  if (size > max) at.fault("too-many", "must have at most " + std::to_string(max) + (max == 1 ? " item" : " items"));
  return size >= min && size <= max;
}

namespace {

bool within_depth(const json::value& value, std::size_t left) {
  const auto fits = [left](const json::value& part) { return within_depth(part, left - 1); };
  if (const auto* array = value.if_array()) return left > 0 && std::all_of(array->begin(), array->end(), fits);
  if (const auto* object = value.if_object()) {
    return left > 0 &&
           std::all_of(object->begin(), object->end(), [&](const auto& member) { return fits(member.value()); });
  }
  return true;
}

}  // namespace

bool free_form_allowed(const json::object& object, const Place& at) {
  const bool shallow = std::all_of(object.begin(), object.end(), [](const auto& member) {
    return within_depth(member.value(), FreeForm::max_depth - 1);
  });
  if (!shallow) {
    at.fault("too-deep", "must not be nested deeper than " + std::to_string(FreeForm::max_depth) + " levels");
    return false;
  }
  std::string text;
  append_json_object(text, object);
  if (text.size() <= FreeForm::max_bytes) return true;
  at.fault("too-long", "must have at most " + std::to_string(FreeForm::max_bytes) + " bytes");
  return false;
}

void report_unknown_members(const json::object& object, std::span<const std::string_view> known, const Place& at) {
  for (const auto& member : object) {
    const std::string_view name{member.key().data(), member.key().size()};
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      at.member(name).fault("unknown-member", "is not a known member");
    }
  }
}

void report_unknown_parameters(std::span<const Parameter> parameters, std::span<const std::string_view> known,
                               const Place& at) {
  for (const auto& [name, text] : parameters) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      at.parameter(name).fault("unknown-parameter", "is not a known parameter");
    }
  }
}

std::string must_be_one_of(const std::vector<std::string_view>& names) {
  std::string text = "must be one of ";
  for (const auto& name : names) {
    if (&name != &names.front()) text += ", ";
    text += name;
  }
  return text;
}

}  // namespace detail
}  // namespace guerdon
