// What the routes of decisions take and answer.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "guerdon/codec.hpp"
#include "reward/messages.hpp"

namespace guerdon::reward {

using Reason = Text<1, 500, MultilineText>;  ///< an operator's words, shown to the user

struct ApproveRequest {
  Defaulted<bool, false> override_;  ///< approves though the condition is not met; wants a reason
  std::optional<Reason> reason;
};
BOOST_DESCRIBE_STRUCT(ApproveRequest, (), (override_, reason))

struct RejectRequest {
  Reason reason;
};
BOOST_DESCRIBE_STRUCT(RejectRequest, (), (reason))

struct BulkApproveRequest {
  List<RequestId, 1, 1000> ids;
};
BOOST_DESCRIBE_STRUCT(BulkApproveRequest, (), (ids))

struct FailedApproval {
  RequestId id;
  std::string code;  ///< as the single approval would have been refused
};
BOOST_DESCRIBE_STRUCT(FailedApproval, (), (id, code))

struct BulkApproval {
  std::vector<RequestId> approved;
  std::vector<FailedApproval> failed;
};
BOOST_DESCRIBE_STRUCT(BulkApproval, (), (approved, failed))

}  // namespace guerdon::reward
