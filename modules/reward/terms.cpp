// The rules of metadata and the masking of codes.
#include "terms.hpp"

#include <algorithm>

namespace guerdon::reward {
namespace {

constexpr std::string_view mask = "****";

template <class Terms>
std::vector<Fault> faults_in(const json::object& metadata) {
  const auto terms = decode<Terms>(metadata, Unknown::ignore);
  return terms ? std::vector<Fault>{} : terms.error().faults;
}

std::vector<Fault> faults_of(RewardType type, const json::object& metadata) {
  switch (type) {
    case RewardType::point:
      return faults_in<PointTerms>(metadata);
    case RewardType::item:
      return faults_in<ItemTerms>(metadata);
    case RewardType::coupon:
      return faults_in<CouponTerms>(metadata);
    case RewardType::badge:
      return faults_in<BadgeTerms>(metadata);
  }
  return {};
}

/// Where the last `count` code points begin.
std::size_t tail_of(std::string_view utf8, int count) {
  std::size_t at = utf8.size();
  while (at > 0 && count > 0)
    if ((static_cast<unsigned char>(utf8[--at]) & 0xC0U) != 0x80) --count;
  return at;
}

}  // namespace

std::optional<std::string_view> CodeRule::fault(std::string_view code) {
  if (code.starts_with(mask)) return "must not begin as a masked code does";
  if (code.find(' ') != code.npos) return "must not contain blanks";
  return std::nullopt;
}

std::vector<Fault> metadata_faults(RewardType type, const json::object& metadata) {
  auto faults = faults_of(type, metadata);
  for (auto& fault : faults) fault.where.insert(0, "/metadata");
  return faults;
}

bool is_pool(RewardType type, const json::object& metadata) {
  return type == RewardType::coupon && !terms_of<CouponTerms>(metadata).code;
}

std::string masked(std::string_view code) {
  std::string shown{mask};
  if (code_points(code) >= 8) shown += code.substr(tail_of(code, 4));
  return shown;
}

json::object with_masked_code(json::object metadata, RewardType type) {
  auto* const code = type == RewardType::coupon ? metadata.if_contains("code") : nullptr;
  if (code != nullptr && code->is_string())
    *code = json::string(masked({code->get_string().data(), code->get_string().size()}));
  return metadata;
}

json::object without_code(json::object metadata, RewardType type) {
  if (type == RewardType::coupon) metadata.erase("code");
  return metadata;
}

std::optional<std::int64_t> capacity_of(std::optional<std::int64_t> quantity, std::optional<std::int64_t> codes) {
  if (!quantity) return codes;
  if (!codes) return quantity;
  return std::min(*quantity, *codes);
}

}  // namespace guerdon::reward
