// ALL and ANY: conditions made of conditions, so deep and so many.
#include <algorithm>

#include "kind.hpp"

namespace guerdon::event {
namespace {

constexpr std::int64_t max_depth = 2;
constexpr std::int64_t max_leaves = 10;

struct Size {
  std::int64_t depth = 0, leaves = 0;
};

bool is_combined(std::string_view type) { return type == AllOf::kind || type == AnyOf::kind; }

/// Of what has been decoded as far as here; what is not well formed below has no size.
Size size_of(const List<Part, 1, 10>& of) {
  Size size{.depth = 1, .leaves = 0};
  for (const auto& part : of) {
    if (!is_combined(part.condition_type)) {
      ++size.leaves;
      continue;
    }
    const auto inner = decode<AllOf>(part.condition_params);
    if (!inner) continue;
    const auto below = size_of(inner->of);
    size.depth = std::max(size.depth, below.depth + 1);
    size.leaves += below.leaves;
  }
  return size;
}

std::vector<Fault> size_faults(const Size& size) {
  std::vector<Fault> faults;
  if (size.depth > max_depth)
    faults.push_back(
        {"/of", false, "too-deep", "must not be nested deeper than " + std::to_string(max_depth) + " levels"});
  if (size.leaves > max_leaves)
    faults.push_back(
        {"/of", false, "too-many", "must have at most " + std::to_string(max_leaves) + " conditions in all"});
  return faults;
}

/// Checks each part as if it stood alone.
template <class T>
std::vector<Fault> check(json::object& parameters, const Period& period) {
  auto decoded = decode<T>(parameters);
  if (!decoded) return below_params(decoded.error().faults);
  auto faults = size_faults(size_of(decoded->of));
  if (!faults.empty()) return below_params(std::move(faults));
  for (std::size_t i = 0; i < decoded->of.size(); ++i) {
    auto& part = decoded->of[i];
    for (auto& fault : condition_faults(part.condition_type, part.condition_params, period)) {
      fault.where = "/of/" + std::to_string(i) + fault.where;
      faults.push_back(std::move(fault));
    }
  }
  parameters = json::parse(to_json(*decoded)).as_object();
  return below_params(std::move(faults));
}

template <class T>
std::vector<std::string> topics(const json::object& parameters) {
  std::vector<std::string> all;
  for (const auto& part : decode<T>(parameters).value().of) {
    const auto some = condition_topics(part.condition_type, part.condition_params);
    all.insert(all.end(), some.begin(), some.end());
  }
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace

const Kind all_of{AllOf::kind, check<AllOf>, topics<AllOf>};
const Kind any_of{AnyOf::kind, check<AnyOf>, topics<AnyOf>};

}  // namespace guerdon::event
