// What the syncer brings to the disk: SQLite's own log, and all of it that anybody was told of.
#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <optional>
#include <set>

#include "support/commands.hpp"
#include "support/databases.hpp"
#include "support/faulty_disk.hpp"
#include "support/sync_gate.hpp"
#include "support/temp_folder.hpp"
#include "support/this_thread.hpp"

using namespace guerdon;
using namespace guerdon::test;
namespace fs = std::filesystem;

namespace {

bool is_syncer() { return this_thread_name() == "store-syncer"; }

/// A store in a file at a place that is known.
class FileStore final : public store::FaultInjector {
 public:
  using Prepare = std::function<void(const TempFolder&)>;

  explicit FileStore(const Prepare& prepare = [](const TempFolder&) {}, const std::string& file = {}) {
    prepare(folder);
    store::DatabaseOptions options;
    options.url = "sqlite:" + (file.empty() ? folder / "a.db" : file);
    options.faults = this;
    database.emplace(Engine::sqlite, Schema::migrated, options);
  }
  void before_statement(std::string_view) override {}
  void before_commit() override {}
  void before_sync() override {
    if (on_sync) on_sync();
  }

  const TempFolder folder;
  std::function<void()> on_sync;  ///< before one on behalf of commits that can be read already

  std::optional<TestDatabase> database;
};

}  // namespace

TEST_CASE("what was answered outlives a power cut") {
  FaultyDisk disk;
  FileStore store;
  const auto log = store.folder / "a.db-wal";

  // At each answer: what there was of the log when a sync began that has ended.
  struct Cut {
    std::uintmax_t log;
    std::size_t answered;
  };
  std::mutex mutex;
  std::vector<int> answered;
  std::vector<Cut> cuts;
  std::uintmax_t synced = 0, written = 0;
  disk.tell_syncs([&](const std::string& name) {
    const std::lock_guard lock{mutex};
    if (name == log) synced = written;
  });
  store.on_sync = [&] {
    const std::lock_guard lock{mutex};
    written = fs::file_size(log);
  };
  std::vector<std::future<void>> commands;
  for (int round = 0; round < 8; ++round) {
    queue_behind(**store.database, [&] {
      for (int i = 0; i < 60; ++i) {
        const int number = round * 60 + i;
        auto promise = std::make_shared<std::promise<void>>();
        commands.push_back(promise->get_future());
        (*store.database)
            ->submit(std::make_unique<FunctionCommand>(
                [number](Tx& tx) {
                  tx.exec("INSERT INTO server_state (key, value) VALUES ($1, $2)", std::to_string(number),
                          std::string(200, 'v'));
                  return true;
                },
                [&, number, promise](const std::exception_ptr& failure) {
                  {
                    const std::lock_guard lock{mutex};
                    if (!failure && is_syncer()) answered.push_back(number);
                    if (cuts.empty() || cuts.back().log != synced) cuts.push_back({synced, 0});
                    cuts.back().answered = answered.size();
                  }
                  promise->set_value();
                }));
      }
    });
  }
  for (auto& command : commands) command.wait();
  disk.tell_syncs(nullptr);  // the store goes last
  REQUIRE(answered.size() > 300);
  REQUIRE(cuts.size() > 3);

  for (const auto& cut : cuts) {
    FileStore rest{[&](const TempFolder& folder) {
      fs::copy_file(store.folder / "a.db", folder / "a.db");
      fs::copy_file(log, folder / "a.db-wal");
      fs::resize_file(folder / "a.db-wal", std::min(cut.log, fs::file_size(folder / "a.db-wal")));
    }};
    (*rest.database)->read([&](Snapshot& snapshot) {
      CHECK(snapshot.get<std::string>("SELECT integrity_check FROM pragma_integrity_check") == "ok");
      for (std::size_t i = 0; i < cut.answered; ++i) {
        INFO("command " << answered[i]);
        CHECK(snapshot.find<std::string>("SELECT key FROM server_state WHERE key = $1", std::to_string(answered[i])));
      }
    });
  }
}

TEST_CASE("it is SQLite's own log that is synced, where a link leads elsewhere and an old log lies beside it") {
  FaultyDisk disk;
  const TempFolder elsewhere;
  std::mutex mutex;
  std::set<std::string> synced;
  disk.tell_syncs([&](const std::string& name) {
    const std::lock_guard lock{mutex};
    synced.insert(name);
  });
  FileStore store{[&](const TempFolder& folder) {
    {
      const FileStore made{[](const TempFolder&) {}, elsewhere / "a.db"};
    }
    fs::create_symlink(elsewhere / "a.db", folder / "a.db");
    std::ofstream{folder / "a.db-wal"};
  }};
  {
    const std::lock_guard lock{mutex};
    synced.clear();
  }
  std::atomic<int> ahead{0};
  std::vector<std::future<void>> commands;
  queue_behind(**store.database, [&] {
    for (int number = 0; number < 40; ++number) {
      commands.push_back(submit(**store.database, [&ahead, number](Tx& tx) {
        tx.exec("INSERT INTO server_state (key, value) VALUES ($1, 'x')", std::to_string(number));
        tx.on_commit([&] { ahead += is_syncer() ? 1 : 0; });
        return true;
      }));
    }
  });
  for (auto& command : commands) CHECK_NOTHROW(command.get());
  CHECK(ahead > 0);
  const std::lock_guard lock{mutex};
  CHECK(synced == std::set<std::string>{elsewhere / "a.db-wal"});
}
