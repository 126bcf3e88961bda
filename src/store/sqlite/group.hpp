// The commands that commit together.
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <vector>

#include "store/sqlite/table_changes.hpp"
#include "store/transaction.hpp"

namespace guerdon::store {

struct Group {
  struct Member {
    std::unique_ptr<Command> command;
    std::exception_ptr failure;
  };
  std::vector<Member> members;
  PendingWork work;
  std::vector<Table> written;  ///< may have been
  bool is_kept = false;        ///< committed, at least for whoever reads
  bool has_written = false;    ///< there is something in the log to bring to the disk
  std::uint64_t number = 0;    ///< on the horizon; 0: durable as soon as it is committed
  std::chrono::steady_clock::time_point commit_begin;
};

}  // namespace guerdon::store
