// The method tables of files are exchanged for copies in which some calls may fail. Not the shared memory's: those are
// no disk.
#include "support/faulty_disk.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace guerdon::test {

namespace {

using Call = FaultyDisk::Call;

struct Fault {
  std::atomic<Call> call{};
  std::atomic<int> left{0};
  std::atomic<int> code{SQLITE_OK};
  std::atomic<bool> stays{false}, struck{false};

  /// SQLITE_OK, or what the call has to give.
  int strike(Call here) {
    if (call != here) return SQLITE_OK;
    if (struck && stays) return code;
    if (left <= 0 || --left > 0) return SQLITE_OK;
    struck = true;
    return code;
  }
};

/// The system's methods for one kind of file, and ours.
struct Methods {
  const sqlite3_io_methods* real = nullptr;
  sqlite3_io_methods faulty{};
};

/// Which file is which log, and who hears of syncs.
struct Syncs {
  std::mutex mutex;
  std::map<sqlite3_file*, std::string> logs;
  std::function<void(const std::string&)> told_of_logs;
  std::function<void()> told_of_files;
};

struct Disk {
  Fault fault;
  Syncs syncs;
  std::atomic<int> log_writes{0}, largest_log_write{0};
  sqlite3_vfs* system = nullptr;
  sqlite3_vfs faulty{};
  Methods log, file;
};

Disk& disk() {
  static Disk instance;
  return instance;
}

/// What a file system with 4 KiB a block has room for before its last one.
int until_last_block(int size, sqlite3_int64 offset) {
  const sqlite3_int64 end = (offset + size - 1) / 4096 * 4096;
  return static_cast<int>(std::max<sqlite3_int64>(end - offset, 0));
}

template <Call call>
int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  const auto* real = (call == Call::write_log ? disk().log : disk().file).real;
  if (call == Call::write_log) {
    ++disk().log_writes;
    disk().largest_log_write = std::max(disk().largest_log_write.load(), size);
  }
  const int code = disk().fault.strike(call);
  if (code == SQLITE_OK) return real->xWrite(file, data, size, offset);
  const int arrives = code == SQLITE_FULL ? until_last_block(size, offset) : size / 2;
  if (arrives > 0) real->xWrite(file, data, arrives, offset);
  return code;
}

template <Call call>
int sync(sqlite3_file* file, int flags) {
  const auto* real = (call == Call::sync_log ? disk().log : disk().file).real;
  if (const int code = disk().fault.strike(call); code != SQLITE_OK) return code;
  const int code = real->xSync(file, flags);
  if (code != SQLITE_OK) return code;
  auto& syncs = disk().syncs;
  const std::lock_guard lock{syncs.mutex};
  if (call == Call::sync_log && syncs.told_of_logs) syncs.told_of_logs(syncs.logs[file]);
  if (call == Call::sync_file && syncs.told_of_files) syncs.told_of_files();
  return code;
}

int read(sqlite3_file* file, void* data, int size, sqlite3_int64 offset) {
  const int code = disk().fault.strike(Call::read_file);
  return code == SQLITE_OK ? disk().file.real->xRead(file, data, size, offset) : code;
}

/// Reading through a memory map would go past us.
int fetch(sqlite3_file*, sqlite3_int64, int, void** data) {
  *data = nullptr;
  return SQLITE_OK;
}

void exchange(sqlite3_file* file, Methods& methods, void (*change)(sqlite3_io_methods&)) {
  if (methods.real == nullptr) {
    methods.real = file->pMethods;
    methods.faulty = *file->pMethods;
    change(methods.faulty);
  }
  file->pMethods = &methods.faulty;
}

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  Disk& here = disk();
  const int code = here.system->xOpen(here.system, name, file, flags, out_flags);
  if (code != SQLITE_OK) return code;
  if ((flags & SQLITE_OPEN_WAL) != 0) {
    const std::lock_guard lock{here.syncs.mutex};
    here.syncs.logs[file] = name;
    exchange(file, here.log, [](sqlite3_io_methods& methods) {
      methods.xWrite = write<Call::write_log>;
      methods.xSync = sync<Call::sync_log>;
    });
  }
  if ((flags & SQLITE_OPEN_MAIN_DB) != 0) {
    exchange(file, here.file, [](sqlite3_io_methods& methods) {
      methods.xWrite = write<Call::write_file>;
      methods.xSync = sync<Call::sync_file>;
      methods.xRead = read;
      methods.xFetch = fetch;
    });
  }
  return code;
}

}  // namespace

FaultyDisk::FaultyDisk() {
  Disk& here = disk();
  here.system = sqlite3_vfs_find("unix");
  here.faulty = *here.system;
  here.faulty.zName = "guerdon-faulty";
  here.faulty.xOpen = open;
  sqlite3_vfs_register(&here.faulty, 1);
}

FaultyDisk::~FaultyDisk() {
  disarm();
  tell_syncs(nullptr);
  tell_file_syncs(nullptr);
  sqlite3_vfs_register(disk().system, 1);
  sqlite3_vfs_unregister(&disk().faulty);
}

void FaultyDisk::arm(Call call, int n, int code, bool stays) {
  Fault& fault = disk().fault;
  fault.left = 0;
  fault.struck = false;
  fault.call = call;
  fault.code = code;
  fault.stays = stays;
  fault.left = n;
}

void FaultyDisk::disarm() {
  disk().fault.left = 0;
  disk().fault.stays = false;
}

int FaultyDisk::log_writes() const { return disk().log_writes; }
int FaultyDisk::largest_log_write() const { return disk().largest_log_write; }

bool FaultyDisk::armed() const { return disk().fault.left > 0; }

void FaultyDisk::tell_syncs(std::function<void(const std::string&)> told) {
  auto& syncs = disk().syncs;
  const std::lock_guard lock{syncs.mutex};
  syncs.told_of_logs = std::move(told);
}

void FaultyDisk::tell_file_syncs(std::function<void()> told) {
  auto& syncs = disk().syncs;
  const std::lock_guard lock{syncs.mutex};
  syncs.told_of_files = std::move(told);
}

}  // namespace guerdon::test
