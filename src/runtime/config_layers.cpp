// See config_layers.hpp.
#include "runtime/config_layers.hpp"

#include <algorithm>
#include <numeric>
#include <optional>

namespace guerdon {
namespace {

constexpr JsonLimits file_limits{.depth = 8, .nodes = 10'000};

Error refused(const std::string& text) { return {problems::validation_failed, text}; }

// Comments become spaces, so that the parser's positions stay right. Nothing for a comment that does not end.
std::optional<std::string> without_comments(std::string_view text) {
  std::string out{text};
  enum class In { nothing, string, line, block } in = In::nothing;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const char c = text[i];
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (in == In::nothing && c == '/' && (next == '/' || next == '*')) in = next == '/' ? In::line : In::block;
    if (in == In::line && c == '\n') in = In::nothing;
    if (in == In::line || in == In::block) {
      if (c != '\n') out[i] = ' ';
      if (in == In::block && c == '*' && next == '/') {
        out[++i] = ' ';
        in = In::nothing;
      }
      continue;
    }
    if (c == '"') in = in == In::string ? In::nothing : In::string;
    if (in == In::string && c == '\\') ++i;
  }
  if (in == In::block) return std::nullopt;
  return out;
}

std::size_t distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < right.size(); ++j) {
      const std::size_t replaced = diagonal + (left[i] == right[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

json::value list_from_text(std::string_view text) {
  json::array list;
  while (!text.empty()) {
    const auto comma = text.find(',');
    const auto item = text.substr(0, comma);
    if (!item.empty()) list.push_back(json::string{item.data(), item.size()});
    text.remove_prefix(comma == text.npos ? text.size() : comma + 1);
  }
  return list;
}

// Text as the kind of JSON that the default is; what does not fit stays text, and the decoder says what is expected.
json::value value_from_text(std::string_view text, json::kind kind) {
  const json::value as_text = json::string{text.data(), text.size()};
  if (kind == json::kind::string) return as_text;
  if (kind == json::kind::array && !text.starts_with('[')) return list_from_text(text);
  auto parsed = parse_json(text, file_limits);
  return parsed ? *std::move(parsed) : as_text;
}

}  // namespace

Result<json::object> parse_commented(std::string_view text) {
  const auto plain = without_comments(text);
  if (!plain) return refused("a comment has no end");
  auto value = parse_json(*plain, file_limits);
  if (!value) return value.error();
  if (!value->is_object()) return refused("must be a JSON object");
  return std::move(value->as_object());
}

ConfigLayers::ConfigLayers(const json::object& defaults) { add_defaults(defaults, ""); }

void ConfigLayers::add_defaults(const json::object& object, const std::string& prefix) {
  for (const auto& [name, value] : object) {
    const std::string key = prefix + std::string{name};
    if (value.is_object() && !value.as_object().empty())  // an empty one is a setting: its members are data
      add_defaults(value.as_object(), key + ".");
    else
      settings_[key] = {value, value.kind(), "the built-in defaults"};
  }
}

Result<void> ConfigLayers::lay(const json::object& tree, const std::string& source) {
  return lay_object(tree, "", source);
}

Result<void> ConfigLayers::lay_object(const json::object& tree, const std::string& prefix, const std::string& source) {
  for (const auto& [name, value] : tree) {
    const std::string key = prefix + std::string{name};
    if (const auto found = settings_.find(key); found != settings_.end()) {
      found->second.value = value;
      found->second.source = source;
      continue;
    }
    if (!is_section(key)) return unknown(key, source);
    if (!value.is_object()) return refused(key + " must be an object of settings (" + source + ")");
    if (auto laid = lay_object(value.as_object(), key + ".", source); !laid) return laid;
  }
  return {};
}

bool ConfigLayers::is_section(const std::string& key) const {
  const auto next = settings_.lower_bound(key + ".");
  return next != settings_.end() && next->first.starts_with(key + ".");
}

Result<void> ConfigLayers::set(const std::string& key, std::string_view text, const std::string& source) {
  const auto found = settings_.find(key);
  if (found == settings_.end()) return unknown(key, source);
  found->second.value = value_from_text(text, found->second.kind);
  found->second.source = source;
  return {};
}

std::vector<std::string_view> ConfigLayers::keys() const {
  std::vector<std::string_view> keys;
  for (const auto& [key, setting] : settings_) keys.push_back(key);
  return keys;
}

std::string ConfigLayers::source_of(std::string_view key) const {
  for (const auto& [known, setting] : settings_) {
    if (key == known || (key.starts_with(known) && key[known.size()] == '.')) return setting.source;
  }
  return "unknown source";
}

json::object ConfigLayers::tree() const {
  json::object tree;
  for (const auto& [key, setting] : settings_) {
    json::object* object = &tree;
    std::string_view rest = key;
    for (auto dot = rest.find('.'); dot != rest.npos; dot = rest.find('.')) {
      object = &object->emplace(json::string_view{rest.data(), dot}, json::object{}).first->value().as_object();
      rest.remove_prefix(dot + 1);
    }
    object->emplace(json::string_view{rest.data(), rest.size()}, setting.value);
  }
  return tree;
}

Error ConfigLayers::unknown(std::string_view key, const std::string& source) const {
  key = key.substr(0, 100);
  std::string text = std::string{key} + " is not a setting (" + source + ")";
  std::size_t nearest = 4;  // further away it would be a guess
  std::string_view meant;
  for (const auto& [known, setting] : settings_) {
    const auto changes = distance(key, known);
    if (changes < nearest) {
      nearest = changes;
      meant = known;
    }
  }
  if (!meant.empty()) text += "; did you mean " + std::string{meant} + "?";
  return refused(text);
}

}  // namespace guerdon
