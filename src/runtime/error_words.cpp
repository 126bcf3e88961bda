// See error_words.hpp.
#include "runtime/error_words.hpp"

namespace guerdon {

std::string in_words(const Error& error) {
  std::string line;
  for (const auto& fault : error.faults) {
    const auto name = fault.where.starts_with('/') ? fault.where.substr(1) : fault.where;
    line += (line.empty() ? "" : "; ") + name + " " + fault.detail;
  }
  if (!line.empty()) return line;
  if (!error.detail.empty()) return error.detail;
  return std::string{error.problem.code};
}

}  // namespace guerdon
