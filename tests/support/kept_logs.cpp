#include "support/kept_logs.hpp"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <string>

#include "telemetry/log.hpp"

namespace guerdon::test {
namespace {

/// A file for each log of each process; none when nothing is to be kept.
std::ofstream new_file() {
  static std::atomic<int> number{0};
  const char* folder = std::getenv("GUERDON_TEST_LOGS");
  if (folder == nullptr) return {};
  return std::ofstream{std::string{folder} + "/" + std::to_string(::getpid()) + "-" + std::to_string(++number) +
                       ".log"};
}

}  // namespace

struct KeptLog::Parts {
  std::ofstream file = new_file();
  log::Output output{{.level = file.is_open() ? log::Level::debug : log::Level::off,
                      .format = log::Format::json,
                      .sink = [this](std::string_view line) { file << line; }}};
};

KeptLog::KeptLog() : parts_(std::make_unique<Parts>()) {}
KeptLog::~KeptLog() = default;

void keep_log(std::string_view text) {
  if (auto file = new_file(); file.is_open()) file << text;
}

}  // namespace guerdon::test
