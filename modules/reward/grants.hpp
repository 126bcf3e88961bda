// What grants show, and to whom: a coupon's code in clear to its owner alone.
#pragma once

#include <string>
#include <vector>

#include "dto.hpp"
#include "guerdon/caller.hpp"
#include "guerdon/store.hpp"
#include "repository.hpp"

namespace guerdon::reward {

enum class Codes { masked, clear };

/// In clear for the owner; nobody else, whatever their roles.
[[nodiscard]] Codes codes_for(const Caller& caller, UserId owner);

/// The request's grants, of a coupon with its code, whether of a pool or everybody's.
[[nodiscard]] std::vector<GrantView> show_grants(Snapshot& snapshot, RequestId request, Codes codes);

[[nodiscard]] WalletCoupon show_coupon(const CouponRow& row, Codes codes);

}  // namespace guerdon::reward
