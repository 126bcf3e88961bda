// See scrape.hpp.
#include "support/scrape.hpp"

#include <sstream>
#include <stdexcept>

#include "guerdon/testing.hpp"

namespace guerdon::test {

Scrape Scrape::of(std::uint16_t admin_port) {
  testing::Client client{admin_port};
  const auto answer = client.send(testing::json_call("GET", "/metrics", {}));
  if (answer.status != 200) throw std::runtime_error("/metrics answered " + std::to_string(answer.status));
  return Scrape{answer.body};
}

std::optional<double> Scrape::find(const std::string& series) const {
  std::istringstream lines{text_};
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(series + " ")) return std::stod(line.substr(series.size() + 1));
  }
  return std::nullopt;
}

double Scrape::get(const std::string& series) const {
  const auto found = find(series);
  if (!found) throw std::runtime_error("there is no " + series + " in\n" + text_);
  return *found;
}

std::set<std::string> Scrape::names() const {
  std::set<std::string> names;
  std::istringstream lines{text_};
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("# TYPE ")) continue;
    const auto rest = line.substr(7);
    names.insert(rest.substr(0, rest.find(' ')));
  }
  return names;
}

std::set<std::string> Scrape::series() const {
  std::set<std::string> all;
  std::istringstream lines{text_};
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with('#')) all.insert(line.substr(0, line.rfind(' ')));
  }
  return all;
}

}  // namespace guerdon::test
