// See process_metrics.hpp.
#include "telemetry/process_metrics.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

namespace guerdon::telemetry {

namespace {

/// The number behind "VmRSS:" and the like; these are told in KiB.
std::optional<double> kibibytes(std::istream& status, const std::string& name) {
  status.clear();
  status.seekg(0);
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with(name)) continue;
    return std::stod(line.substr(name.size()));
  }
  return std::nullopt;
}

void collect_memory(MetricSheet& sheet) {
  std::ifstream file{"/proc/self/status"};
  std::stringstream status;
  status << file.rdbuf();
  const auto tell = [&](const char* metric, const char* help, const char* name) {
    if (const auto size = kibibytes(status, name)) sheet.gauge(metric, help, *size * 1024);
  };
  tell("process_virtual_memory_bytes", "Virtual memory.", "VmSize:");
  tell("process_resident_memory_bytes", "Resident memory.", "VmRSS:");
  tell("process_anonymous_memory_bytes", "Resident memory that belongs to no file: what the server itself holds.",
       "RssAnon:");
  if (const auto threads = kibibytes(status, "Threads:")) sheet.gauge("process_threads", "Threads.", *threads);
}

void collect_files(MetricSheet& sheet) {
  std::error_code error;
  double open = -1;  // the one that lists them is not counted
  for (std::filesystem::directory_iterator each{"/proc/self/fd", error}, end; !error && each != end;
       each.increment(error))
    ++open;
  if (!error) sheet.gauge("process_open_fds", "Open file descriptors.", open);
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
    sheet.gauge("process_max_fds", "File descriptors that may be open.", static_cast<double>(limit.rlim_cur));
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

void collect_cpu(MetricSheet& sheet) {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) != 0) return;
  sheet.counter("process_cpu_seconds_total", "Processor time, of user and system.",
                seconds(usage.ru_utime) + seconds(usage.ru_stime));
}

/// The 22nd field of stat counts ticks from the start of the system; the second may hold spaces, in brackets.
void collect_start(MetricSheet& sheet) {
  std::ifstream file{"/proc/self/stat"};
  std::string line;
  std::getline(file, line);
  std::istringstream fields{line.substr(line.rfind(')') == line.npos ? line.size() : line.rfind(')') + 1)};
  std::string skipped;
  for (int field = 3; field < 22; ++field) fields >> skipped;
  double ticks = 0;
  if (!(fields >> ticks)) return;
  std::ifstream system{"/proc/stat"};
  for (std::string word; system >> word;) {
    double booted = 0;
    if (word != "btime" || !(system >> booted)) continue;
    sheet.gauge("process_start_time_seconds", "When the process began, in seconds since 1970.",
                booted + ticks / static_cast<double>(sysconf(_SC_CLK_TCK)));
    return;
  }
}

}  // namespace

void collect_process(MetricSheet& sheet) {
  collect_memory(sheet);
  collect_files(sheet);
  collect_cpu(sheet);
  collect_start(sheet);
}

}  // namespace guerdon::telemetry
