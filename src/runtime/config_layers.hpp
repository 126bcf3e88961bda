// The configuration while it is being put together: the tree of defaults, what was laid over it, and where from.
// It knows no setting by name; what a value must be is decided when the finished tree is decoded.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "guerdon/json.hpp"
#include "guerdon/result.hpp"

namespace guerdon {

/// JSON with comments (// and /* */). Errors: malformed-json with line and column in its detail.
[[nodiscard]] Result<json::object> parse_commented(std::string_view text);

class ConfigLayers {
 public:
  explicit ConfigLayers(const json::object& defaults);

  /// Lays a (partial) tree over what is there. Errors name the key and `source`.
  Result<void> lay(const json::object& tree, const std::string& source);
  /// Sets one key from text: what the default is decides how it is read. A list is JSON or separated by commas.
  Result<void> set(const std::string& key, std::string_view text, const std::string& source);

  [[nodiscard]] bool has(std::string_view key) const { return settings_.contains(key); }
  /// Every key in dotted form, `http.listen`.
  [[nodiscard]] std::vector<std::string_view> keys() const;
  /// The value of a key that exists; throws std::out_of_range otherwise.
  [[nodiscard]] const json::value& at(const std::string& key) const { return settings_.at(key).value; }
  /// Where the value of a key, or of something inside it, came from.
  [[nodiscard]] std::string source_of(std::string_view key) const;
  [[nodiscard]] json::object tree() const;

 private:
  struct Setting {
    json::value value;
    json::kind kind{};  ///< of the default
    std::string source;
  };

  void add_defaults(const json::object& object, const std::string& prefix);
  Result<void> lay_object(const json::object& tree, const std::string& prefix, const std::string& source);
  [[nodiscard]] bool is_section(const std::string& key) const;
  [[nodiscard]] Error unknown(std::string_view key, const std::string& source) const;

  std::map<std::string, Setting, std::less<>> settings_;
};

}  // namespace guerdon
