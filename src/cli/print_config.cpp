// guerdon config: every setting as it is in force, laid out for reading.
#include <cstdio>

#include "cli/commands.hpp"
#include "guerdon/codec.hpp"
#include "runtime/exit_codes.hpp"

namespace guerdon::cli {
namespace {

void append_pretty(std::string& out, const json::value& value, std::size_t depth) {
  const auto* const object = value.if_object();
  if (object == nullptr || object->empty()) return append_json_value(out, value);
  out += "{\n";
  std::size_t left = object->size();
  for (const auto& [name, member] : *object) {
    out.append((depth + 1) * 2, ' ');
    append_json_string(out, name);
    out += ": ";
    append_pretty(out, member, depth + 1);
    out += --left == 0 ? "\n" : ",\n";
  }
  out.append(depth * 2, ' ');
  out += '}';
}

}  // namespace

int print_config(const Config& config) {
  std::string text;
  append_pretty(text, parse_json(to_json(config)).value(), 0);
  std::printf("%s\n", text.c_str());
  return exit_ok;
}

}  // namespace guerdon::cli
