// What belongs to a user in other modules, kind by kind: taken out of sight when the user or their data is deleted, and
// brought back. Each module that owns some registers itself while the server is wired; whoever deletes asks by kind.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "guerdon/ids.hpp"
#include "guerdon/result.hpp"
#include "guerdon/store.hpp"

namespace guerdon::auth {

/// How many rows of which table.
using RowCounts = std::map<std::string, std::int64_t>;

enum class UserData {
  facts,     ///< what they did, and whom they invited
  progress,  ///< how far that took them in each event
  requests,  ///< for rewards
  wallet     ///< what they were granted
};

/// `mark` names the deletion and stays on the rows. Hiding again under the same mark takes along what has come since;
/// showing brings back exactly the rows that carry it, as they were. Both may refuse, and then leave no effect.
struct UserDataOwner {
  UserData kind;
  std::function<Result<RowCounts>(Tx&, UserId, const Uuid& mark)> hide, show;
};

/// How the owners go on once a user's data is in sight again.
enum class Return {
  served,  ///< as if it had never been away: a condition that is met is said to be so once more
  quiet    ///< nothing that was decided, or left undecided, is looked at again
};

class UserDataOwners {
 public:
  void add(UserDataOwner owner) { owners_.push_back(std::move(owner)); }
  void on_return(std::function<void(Tx&, UserId, Return)> hear) { hearers_.push_back(std::move(hear)); }

  /// Kind after kind, in the order given. Errors: the first refusal; what was done before it is for the caller to undo.
  [[nodiscard]] Result<RowCounts> hide(Tx& tx, UserId user, const Uuid& mark, std::span<const UserData> kinds) const {
    return each(tx, user, mark, kinds, &UserDataOwner::hide);
  }
  [[nodiscard]] Result<RowCounts> show(Tx& tx, UserId user, const Uuid& mark, std::span<const UserData> kinds) const {
    return each(tx, user, mark, kinds, &UserDataOwner::show);
  }
  /// After the last of what was hidden is shown.
  void say_returned(Tx& tx, UserId user, Return how) const {
    for (const auto& hear : hearers_) hear(tx, user, how);
  }

 private:
  template <class Action>
  Result<RowCounts> each(Tx& tx, UserId user, const Uuid& mark, std::span<const UserData> kinds, Action action) const {
    RowCounts counts;
    for (const auto kind : kinds) {
      for (const auto& owner : owners_) {
        if (owner.kind != kind) continue;
        const auto done = (owner.*action)(tx, user, mark);
        if (!done) return done.error();
        for (const auto& [table, rows] : *done) counts[table] += rows;
      }
    }
    return counts;
  }

  std::vector<UserDataOwner> owners_;
  std::vector<std::function<void(Tx&, UserId, Return)>> hearers_;
};

}  // namespace guerdon::auth
