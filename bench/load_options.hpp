// What a run of the load generator is told on its command line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

namespace bench {

struct Options {
  std::uint16_t port = 0;
  std::size_t connections = 64;
  std::size_t threads = 2;
  std::size_t depth = 1;  ///< requests in one write; the next ones go when all of them are answered
  double seconds = 3;
  double warm_up = 0.5;        ///< before it counts
  double rate = 0;             ///< requests a second of all connections; 0 = as many as are answered
  std::size_t skip = 0;        ///< claims made by an earlier run
  bool again = false;          ///< who has claimed from every event begins anew
  bool rotate = false;         ///< a GET by another user each time; otherwise a connection is one user's
  std::string expected = "2";  ///< first digits of a status that is no failure
  std::string target, password;
  std::vector<std::string> tokens, events, names;
};

inline std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file{path};
  if (!file) throw std::runtime_error("cannot read " + path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

inline Options parse(int argc, char** argv) {
  std::map<std::string, std::string> given;
  for (int i = 1; i + 1 < argc; i += 2) given[argv[i]] = argv[i + 1];
  Options options;
  const auto number = [&](const char* name, auto& value) {
    if (const auto found = given.find(name); found != given.end())
      value = static_cast<std::remove_reference_t<decltype(value)>>(std::stod(found->second));
  };
  number("--port", options.port);
  number("--connections", options.connections);
  number("--threads", options.threads);
  number("--depth", options.depth);
  number("--seconds", options.seconds);
  number("--warm-up", options.warm_up);
  number("--rate", options.rate);
  number("--skip", options.skip);
  number("--rotate", options.rotate);
  number("--again", options.again);
  options.target = given["--target"];
  options.password = given["--password"];
  if (given.contains("--expect")) options.expected = given["--expect"];
  if (given.contains("--names")) options.names = lines_of(given["--names"]);
  if (given.contains("--tokens")) options.tokens = lines_of(given["--tokens"]);
  if (given.contains("--events")) options.events = lines_of(given["--events"]);
  const auto tasks = int{!options.target.empty()} + int{!options.events.empty()} + int{!options.names.empty()};
  if (options.port == 0 || tasks != 1)
    throw std::invalid_argument(
        "bench_load --port P (--tokens FILE (--target PATH | --events FILE) | --names FILE --password P) [--seconds S "
        "...]");
  return options;
}

}  // namespace bench
