// The order of bytes in the file and of calls to the disk stays what SQLite made it: a write of anything but the next
// page of the log, and every call that looks at the file's bytes or size, sends what is kept first. The format:
// https://sqlite.org/fileformat2.html#walformat
#include "store/sqlite/joined_writes.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <utility>

namespace guerdon::store {

namespace {

constexpr int frame_header = 24;
constexpr std::size_t largest_page = 64 * 1024;
constexpr std::size_t most_kept = 64 * 1024;
static_assert(most_kept >= largest_page);  // one always has room
static_assert(most_kept < 128 * 1024);     // SQLite's own file systems look at no more bits of a length

/// In the header of a page: the size of the database after the commit that the page is the last of, else 0.
bool is_last_of_commit(const void* header) {
  constexpr std::array<char, 4> no{};
  return std::memcmp(static_cast<const char*>(header) + 4, no.data(), no.size()) != 0;
}

}  // namespace

/// SQLite gives memory for it and knows its base; the system's file object lies behind it.
struct LogFile : sqlite3_file {
  [[nodiscard]] sqlite3_file* system() noexcept { return reinterpret_cast<sqlite3_file*>(this + 1); }

  [[nodiscard]] int write(const void* data, int size, sqlite3_int64 offset) noexcept;
  [[nodiscard]] int send() noexcept;
  void keep(const void* data, int size, sqlite3_int64 offset) noexcept;
  [[nodiscard]] bool has_room(int size) const noexcept { return kept + static_cast<std::size_t>(size) <= most_kept; }
  void stop_joining() noexcept {
    joins = expects_page = false;
    kept = 0;
  }

  bool joins = false;
  bool expects_page = false, ends_commit = false;  // after a header that was kept
  sqlite3_int64 begin = 0;                         // of what is kept
  std::size_t kept = 0;
  std::unique_ptr<std::byte[]> bytes{};
};
static_assert(sizeof(LogFile) % 8 == 0 && alignof(LogFile) <= 8);  // what SQLite's file objects are aligned to

int LogFile::write(const void* data, int size, sqlite3_int64 offset) noexcept {
  const bool is_header = joins && size == frame_header;
  const bool is_page = joins && expects_page && offset == begin + static_cast<sqlite3_int64>(kept);
  if (!is_header && !is_page) {
    expects_page = false;
    if (const int code = send(); code != SQLITE_OK) return code;
    return system()->pMethods->xWrite(system(), data, size, offset);
  }
  const bool is_next = kept > 0 && offset == begin + static_cast<sqlite3_int64>(kept);
  if (!is_next || !has_room(size)) {
    if (const int code = send(); code != SQLITE_OK) return code;
  }
  expects_page = is_header;
  if (is_header) ends_commit = is_last_of_commit(data);
  keep(data, size, offset);
  if (!is_page || !ends_commit) return SQLITE_OK;
  joins = false;  // what still comes are headers that SQLite writes anew, and no page follows them
  return send();
}

void LogFile::keep(const void* data, int size, sqlite3_int64 offset) noexcept {
  if (kept == 0) begin = offset;
  std::memcpy(bytes.get() + kept, data, static_cast<std::size_t>(size));
  kept += static_cast<std::size_t>(size);
}

int LogFile::send() noexcept {
  if (kept == 0) return SQLITE_OK;
  const auto size = static_cast<int>(kept);
  kept = 0;
  return system()->pMethods->xWrite(system(), bytes.get(), size, begin);
}

namespace {

LogFile& log_of(sqlite3_file* file) { return *static_cast<LogFile*>(file); }

/// A call that finds in the file what was written before.
template <auto call, class... Given>
int after_writes(sqlite3_file* file, Given... given) {
  auto& log = log_of(file);
  if (const int code = log.send(); code != SQLITE_OK) return code;
  return (log.system()->pMethods->*call)(log.system(), given...);
}

template <auto call, class... Given>
int pass_on(sqlite3_file* file, Given... given) {
  auto* const system = log_of(file).system();
  return (system->pMethods->*call)(system, given...);
}

int write_log(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  return log_of(file).write(data, size, offset);
}

int close_log(sqlite3_file* file) {
  auto& log = log_of(file);
  const int code = log.system()->pMethods->xClose(log.system());
  log.~LogFile();
  return code;
}

/// Of version 1: a log has no memory shared or mapped.
sqlite3_io_methods make_methods() {
  using Methods = sqlite3_io_methods;
  Methods methods{};
  methods.iVersion = 1;
  methods.xClose = close_log;
  methods.xRead = after_writes<&Methods::xRead, void*, int, sqlite3_int64>;
  methods.xWrite = write_log;
  methods.xTruncate = after_writes<&Methods::xTruncate, sqlite3_int64>;
  methods.xSync = after_writes<&Methods::xSync, int>;
  methods.xFileSize = after_writes<&Methods::xFileSize, sqlite3_int64*>;
  methods.xLock = pass_on<&Methods::xLock, int>;
  methods.xUnlock = pass_on<&Methods::xUnlock, int>;
  methods.xCheckReservedLock = pass_on<&Methods::xCheckReservedLock, int*>;
  methods.xFileControl = pass_on<&Methods::xFileControl, int, void*>;
  methods.xSectorSize = pass_on<&Methods::xSectorSize>;
  methods.xDeviceCharacteristics = pass_on<&Methods::xDeviceCharacteristics>;
  return methods;
}

const sqlite3_io_methods log_methods = make_methods();

int open_log(sqlite3_vfs* system, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  std::unique_ptr<std::byte[]> bytes{new (std::nothrow) std::byte[most_kept]};
  if (!bytes) return SQLITE_NOMEM;
  auto* const log = new (file) LogFile{};
  log->bytes = std::move(bytes);
  const int code = system->xOpen(system, name, log->system(), flags, out_flags);
  if (code == SQLITE_OK) {
    log->pMethods = &log_methods;
    return code;
  }
  if (log->system()->pMethods != nullptr) log->system()->pMethods->xClose(log->system());
  log->~LogFile();
  file->pMethods = nullptr;  // nothing to close
  return code;
}

/// What is below is asked for each time: tests exchange it.
int open_file(sqlite3_vfs* joining, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  auto* const system = sqlite3_vfs_find(nullptr);
  file->pMethods = nullptr;
  const bool has_room = system != joining && system->szOsFile + static_cast<int>(sizeof(LogFile)) <= joining->szOsFile;
  if (!has_room) return SQLITE_CANTOPEN;
  if ((flags & SQLITE_OPEN_WAL) != 0) return open_log(system, name, file, flags, out_flags);
  return system->xOpen(system, name, file, flags, out_flags);
}

}  // namespace

const char* joining_file_system() {
  static sqlite3_vfs joining = [] {
    auto made = *sqlite3_vfs_find(nullptr);
    made.zName = "guerdon-joining";
    made.szOsFile += static_cast<int>(sizeof(LogFile));
    made.xOpen = open_file;
    return made;
  }();
  static const bool is_registered = sqlite3_vfs_register(&joining, 0) == SQLITE_OK;
  return is_registered ? joining.zName : nullptr;
}

JoinedWrites::JoinedWrites(sqlite3* connection) noexcept : log_(nullptr) {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(connection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
  if (file == nullptr || file->pMethods != &log_methods) return;
  log_ = &log_of(file);
  log_->joins = true;
}

JoinedWrites::~JoinedWrites() {
  if (log_ != nullptr) log_->stop_joining();
}

}  // namespace guerdon::store
