// Puts codes into what is shown, masked where it has to be.
#include "grants.hpp"

namespace guerdon::reward {

Codes codes_for(const Caller& caller, UserId owner) { return caller.user == owner ? Codes::clear : Codes::masked; }

std::vector<GrantView> show_grants(Snapshot& snapshot, RequestId request, Codes codes) {
  std::vector<GrantView> shown;
  for (auto& row : list_grants(snapshot, request)) {
    if (row.code) row.metadata["code"] = *row.code;
    if (codes == Codes::masked) row.metadata = with_masked_code(std::move(row.metadata), row.type);
    shown.push_back(std::move(row));
  }
  return shown;
}

WalletCoupon show_coupon(const CouponRow& row, Codes codes) {
  const auto terms = terms_of<CouponTerms>(row.metadata);
  const std::string code = row.code ? *row.code : terms.code.value_or(CouponCode{}).value();
  return {.code = codes == Codes::clear ? code : masked(code),
          .reward_id = row.reward_id,
          .event_id = row.event_id,
          .expires_at = terms.expires_at,
          .granted_at = row.granted_at};
}

}  // namespace guerdon::reward
