#include "auth/deletion_messages.hpp"

#include "support/golden.hpp"

namespace guerdon::auth {
namespace {

using test::check_golden;

const UserId user = UserId::parse("usr_01jd3q6p8hfvmt3e8zkx0v9c2a").value();
const DeletionId saga = DeletionId::parse("sga_01jd3q6p8hfvmt3e8zkx0v9c2c").value();
const Instant at = parse_rfc3339("2026-11-20T10:15:30.123Z").value();

TEST_CASE("UserDeletionSucceeded is what its readers know") {
  check_golden("auth", UserDeletionSucceeded{.user_id = user, .saga_id = saga, .succeeded_at = at});
}

TEST_CASE("UserDeletionFailed is what its readers know") {
  check_golden("auth",
               UserDeletionFailed{
                   .user_id = user, .saga_id = saga, .step = "rewards", .reason = "step-failed", .failed_at = at});
}

TEST_CASE("UserDeleted is what its readers know") {
  check_golden("auth", UserDeleted{.user_id = user, .saga_id = saga, .deleted_at = at});
}

TEST_CASE("UserRestored is what its readers know") {
  check_golden("auth", UserRestored{.user_id = user,
                                    .status = AccountStatus::suspended,
                                    .restored_by = ActorId::trusted("usr_01jd3q6p8hfvmt3e8zkx0v9c2d"),
                                    .restored_at = at});
}

}  // namespace
}  // namespace guerdon::auth
