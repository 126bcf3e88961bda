// SQL of the codes of coupon pools. Who grants a coupon has locked its row of reward_rewards by taking its stock, so
// that two never reach for the same code.
#include "../repository.hpp"

namespace guerdon::reward {

std::int64_t add_codes(Tx& tx, RewardId id, const std::vector<CouponCode>& codes) {
  static constexpr Sql sql{
      "INSERT INTO reward_codes (reward_id, code, added_at) SELECT $1, value, $3 FROM json_each($2) WHERE true"
      " ON CONFLICT DO NOTHING",
      "INSERT INTO reward_codes (reward_id, code, added_at) SELECT $1, value, $3"
      " FROM jsonb_array_elements_text($2) AS value ON CONFLICT DO NOTHING"};
  json::array list;
  for (const auto& code : codes) list.emplace_back(code.value());
  return tx.exec(sql, id, json::value(std::move(list)), tx.now());
}

bool assign_code(Tx& tx, RewardId id, RequestId request) {
  return tx.exec(
             "UPDATE reward_codes SET request_id = $2 WHERE reward_id = $1 AND request_id IS NULL"
             " AND code = (SELECT min(code) FROM reward_codes WHERE reward_id = $1 AND request_id IS NULL)",
             id, request) == 1;
}

}  // namespace guerdon::reward
