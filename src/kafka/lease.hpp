// Which of several servers on one database does what only one may do. An embedded store has one server, and no lease.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "guerdon/random.hpp"
#include "guerdon/store.hpp"

namespace guerdon::kafka {

class Lease {
 public:
  static constexpr std::chrono::seconds lasts{20}, renewed_every{5};  // `lasts` stands in the statement too

  Lease(Database& database, Random& random, std::string_view name);

  /// Takes it, or keeps it for as long again. False: another server has it. Throws StoreError. Blocks on the store.
  [[nodiscard]] bool take();
  /// Lets another server have it at once, if it was this one's. Throws StoreError.
  void give_back();
  /// Within a transaction: is it still this server's, and will it be until the commit?
  [[nodiscard]] bool is_held(Tx& tx) const;

 private:
  Database& database_;
  const std::string name_, holder_;
};

}  // namespace guerdon::kafka
