// What belongs to a user in other modules, kind by kind: taken out of sight when the user or their data is deleted, and
// brought back. Each module that owns some registers itself while the server is wired; whoever deletes asks by kind.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
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

/// How many rows one transaction hides or shows: a few milliseconds of the store.
inline constexpr std::int64_t rows_a_portion = 500;
inline constexpr std::int64_t all_rows = std::numeric_limits<std::int64_t>::max();

struct Portion {
  RowCounts rows;
  bool is_last = false;  ///< nothing is left
};

/// Spends a limit of rows on one table after the other.
class TableByTable {
 public:
  explicit TableByTable(std::int64_t limit) : left_(limit) {}

  /// `change(limit)` says how many rows it changed; fewer than the limit only if there are no more. Not called once
  /// nothing of the limit is left.
  template <class Change>
  TableByTable& in(const std::string& table, Change change) {
    if (left_ <= 0) return *this;
    const std::int64_t rows = change(left_);
    left_ -= rows;
    if (rows != 0) counts_[table] += rows;
    return *this;
  }
  [[nodiscard]] RowCounts counts() const { return counts_; }

 private:
  std::int64_t left_;
  RowCounts counts_;
};

/// `mark` names the deletion and stays on the rows. Hiding again under the same mark takes along what has come since;
/// showing brings back exactly the rows that carry it, as they were. Both may refuse, and then leave no effect. They
/// change up to `limit` rows, and fewer only if no more are left: the rows that are dealt with are their place.
struct UserDataOwner {
  UserData kind;
  std::function<Result<RowCounts>(Tx&, UserId, const Uuid& mark, std::int64_t limit)> hide, show;
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

  /// The next rows, kind after kind, in the order given. Errors: the first refusal; what was done before it is for the
  /// caller to undo.
  [[nodiscard]] Result<Portion> hide(Tx& tx, UserId user, const Uuid& mark, std::span<const UserData> kinds,
                                     std::int64_t limit = all_rows) const {
    return each(tx, user, mark, kinds, limit, &UserDataOwner::hide);
  }
  [[nodiscard]] Result<Portion> show(Tx& tx, UserId user, const Uuid& mark, std::span<const UserData> kinds,
                                     std::int64_t limit = all_rows) const {
    return each(tx, user, mark, kinds, limit, &UserDataOwner::show);
  }
  /// After the last of what was hidden is shown.
  void say_returned(Tx& tx, UserId user, Return how) const {
    for (const auto& hear : hearers_) hear(tx, user, how);
  }

 private:
  template <class Action>
  Result<Portion> each(Tx& tx, UserId user, const Uuid& mark, std::span<const UserData> kinds, std::int64_t limit,
                       Action action) const {
    Portion portion;
    for (const auto kind : kinds) {
      for (const auto& owner : owners_) {
        if (owner.kind != kind) continue;
        if (limit <= 0) return portion;
        const auto done = (owner.*action)(tx, user, mark, limit);
        if (!done) return done.error();
        for (const auto& [table, rows] : *done) {
          portion.rows[table] += rows;
          limit -= rows;
        }
      }
    }
    portion.is_last = limit > 0;
    return portion;
  }

  std::vector<UserDataOwner> owners_;
  std::vector<std::function<void(Tx&, UserId, Return)>> hearers_;
};

}  // namespace guerdon::auth
