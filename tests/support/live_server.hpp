// A guerdon server as a process, with its data in a folder of the test's: for what only the real binary can show.
#pragma once

#include <charconv>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "guerdon/json.hpp"
#include "guerdon/testing.hpp"
#include "support/process.hpp"
#include "support/temp_folder.hpp"

namespace guerdon::test {

/// The settings that every such server shares: its data, free ports, cheap hashes.
inline std::vector<std::string> settings_for(const TempFolder& folder, std::vector<std::string> further = {}) {
  std::vector<std::string> all{"--set", "database.url=sqlite:" + (folder / "data/guerdon.db"),
                               "--set", "http.listen=127.0.0.1:0",
                               "--set", "admin.listen=",
                               "--set", "auth.argon2MemoryKib=8",
                               "--set", "auth.argon2Iterations=1",
                               "--set", "limits.enabled=false"};
  for (auto& setting : further) {
    all.emplace_back("--set");
    all.push_back(std::move(setting));
  }
  return all;
}

class LiveServer {
 public:
  explicit LiveServer(const TempFolder& folder, std::vector<std::string> further = {})
      : process({.arguments = settings_for(folder, std::move(further))}), port(ready_port()), client(port) {}

  testing::Response post(const std::string& path, const json::value& body, const std::string& token = {}) {
    return client.send(testing::json_call("POST", path, body, token));
  }
  testing::Response get(const std::string& path, const std::string& token = {}) {
    return client.send(testing::json_call("GET", path, {}, token));
  }

  Process process;
  const std::uint16_t port;
  testing::Client client;

 private:
  std::uint16_t ready_port() {
    const auto line = parse_json(process.wait_for_line("\"message\":\"ready\""));
    return static_cast<std::uint16_t>(line.value().as_object().at("port").as_int64());
  }
};

}  // namespace guerdon::test
