// What belongs to a user in events: rows of several modules, hidden and shown together in one transaction. Each module
// that owns some registers itself while the server is wired.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "guerdon/ids.hpp"
#include "guerdon/store.hpp"

namespace guerdon::event {

/// How many rows of which table.
using RowCounts = std::map<std::string, std::int64_t>;

/// `mark` names the deletion and stays on the rows. Hiding again under the same mark takes along what has come since;
/// showing brings back exactly the rows that carry it.
struct UserDataOwner {
  std::function<RowCounts(Tx&, UserId, const Uuid& mark)> hide, show;
};

class UserDataOwners {
 public:
  /// Shown in the order in which they were added: whoever goes by another's rows comes after it.
  void add(UserDataOwner owner) { owners_.push_back(std::move(owner)); }

  [[nodiscard]] RowCounts hide(Tx& tx, UserId user, const Uuid& mark) const {
    RowCounts counts;
    for (const auto& owner : owners_) counts.merge(owner.hide(tx, user, mark));
    return counts;
  }
  [[nodiscard]] RowCounts show(Tx& tx, UserId user, const Uuid& mark) const {
    RowCounts counts;
    for (const auto& owner : owners_) counts.merge(owner.show(tx, user, mark));
    return counts;
  }

 private:
  std::vector<UserDataOwner> owners_;
};

}  // namespace guerdon::event
