// libpq refuses parameters that it does not know, so ours is cut out of the URL before libpq sees it.
#include "store/postgres/target.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>

#include "store/postgres/libpq.hpp"

namespace guerdon::store::postgres {
namespace {

constexpr std::string_view schema_key = "schema=";
constexpr std::size_t longest_identifier = 63;

bool is_plain_identifier(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  return !name.empty() && name.size() <= longest_identifier && letter(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

/// Takes `schema=…` out of the query part; what is left is the URL for libpq.
std::string cut_schema(std::string_view url, std::optional<std::string>& schema) {
  const auto question = url.find('?');
  std::string kept{url.substr(0, question)};
  char separator = '?';
  for (auto rest = question; rest != std::string_view::npos;) {
    const auto begin = rest + 1;
    rest = url.find('&', begin);
    const auto parameter = url.substr(begin, rest == std::string_view::npos ? rest : rest - begin);
    if (parameter.starts_with(schema_key)) {
      schema = parameter.substr(schema_key.size());
      continue;
    }
    kept += separator;
    kept += parameter;
    separator = '&';
  }
  return kept;
}

}  // namespace

Target parse_target(std::string_view url) {
  if (!url.starts_with("postgres://") && !url.starts_with("postgresql://")) {
    throw std::invalid_argument("database.url: expected postgres://user@host/database");
  }
  Target target;
  std::optional<std::string> schema;
  target.conninfo = cut_schema(url, schema);
  if (schema && !is_plain_identifier(*schema)) {
    throw std::invalid_argument("database.url: schema must be lower-case letters, digits and _, 63 at most");
  }
  target.schema = schema.value_or("");
  const auto free = [](PQconninfoOption* options) { PQconninfoFree(options); };
  const std::unique_ptr<PQconninfoOption, decltype(free)> options{PQconninfoParse(target.conninfo.c_str(), nullptr)};
  if (!options) throw std::invalid_argument("database.url: not a PostgreSQL URL that libpq understands");
  return target;
}

}  // namespace guerdon::store::postgres
