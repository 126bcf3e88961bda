#include "auth/messages.hpp"

#include "auth/dead_letter_messages.hpp"
#include "support/golden.hpp"

namespace guerdon::auth {
namespace {

using test::check_golden;

const UserId user = UserId::parse("usr_01jd3q6p8hfvmt3e8zkx0v9c2a").value();
const SessionId session = SessionId::parse("ses_01jd3q6p8hfvmt3e8zkx0v9c2b").value();
const Instant at = parse_rfc3339("2026-11-20T10:15:30.123Z").value();

TEST_CASE("UserLoggedIn is what its readers know") {
  check_golden("auth", UserLoggedIn{.user_id = user, .session_id = session, .login_time = at});
}

TEST_CASE("UserCreated is what its readers know") {
  check_golden(
      "auth",
      UserCreated{
          .user_id = user, .username = std::string{"Bob"}, .email = std::string{"bob@example.com"}, .created_at = at});
}

TEST_CASE("LoginSucceeded is what its readers know") {
  check_golden("auth", LoginSucceeded{.user_id = user,
                                      .ip_address = std::string{"203.0.113.7"},
                                      .user_agent = std::string{"curl/8.5"},
                                      .login_time = at});
}

LoginFailed failed_login() {
  return {.user_id = user,
          .reason = LoginFailure::bad_credentials,
          .ip_address = std::string{"203.0.113.7"},
          .user_agent = std::string{"curl/8.5"},
          .login_time = at,
          .name_hash = "hash-of-the-name"};
}

TEST_CASE("LoginFailed is what its readers know") { check_golden("auth", failed_login()); }

TEST_CASE("LoginFailed without a user is ordered by the hash of the name, which is not told") {
  auto message = failed_login();
  message.user_id.reset();
  CHECK(message.key() == "hash-of-the-name");
  const auto payload = to_json(message);
  CHECK(payload.find("hash-of-the-name") == std::string::npos);
  CHECK(payload.find(R"("userId":null)") != std::string::npos);
}

TEST_CASE("LoggedOut is what its readers know") {
  check_golden("auth", LoggedOut{.user_id = user, .session_id = session, .logout_time = at});
}

TEST_CASE("RefreshTokenReused is what its readers know") {
  check_golden("auth", RefreshTokenReused{.user_id = user,
                                          .session_id = session,
                                          .ip_address = std::string{"203.0.113.7"},
                                          .user_agent = std::string{"curl/8.5"},
                                          .detected_at = at});
}

TEST_CASE("UserUpdated is what its readers know, and tells no address that did not change") {
  UserUpdated message{.user_id = user,
                      .changed = {AccountField::email, AccountField::profile, AccountField::password},
                      .email = std::string{"new@example.com"},
                      .updated_at = at};
  check_golden("auth", message);
  message.email.reset();
  CHECK(to_json(message).find("\"email\":") == std::string::npos);
}

TEST_CASE("AuthEventDeadLettered is what its readers know, and names a message that is too large by its id") {
  AuthEventDeadLettered message{.original_topic = "auth.events.user",
                                .original_key = user.to_string(),
                                .message_id = MessageId::parse("msg_01jd3q6p8hfvmt3e8zkx0v9c2e").value(),
                                .consumer = "progress.registrations",
                                .attempt = 8,
                                .error = "internal-error",
                                .message = {}};
  CHECK(to_json(message).find("\"message\":") == std::string::npos);
  message.message.emplace(json::parse(R"({"eventType":"UserCreated","version":1})"));
  check_golden("auth", message);
}

TEST_CASE("UserDeletionRequested is what its readers know") {
  check_golden("auth", UserDeletionRequested{.user_id = user,
                                             .saga_id = DeletionId::parse("sga_01jd3q6p8hfvmt3e8zkx0v9c2c").value(),
                                             .requested_by = ActorId::parse("usr_01jd3q6p8hfvmt3e8zkx0v9c2d").value(),
                                             .requested_at = at});
}

TEST_CASE("UserRolesChanged is what its readers know") {
  check_golden("auth", UserRolesChanged{.user_id = user,
                                        .from = {Role::user},
                                        .to = {Role::user, Role::auditor},
                                        .changed_by = ActorId::trusted(user.to_string()),
                                        .changed_at = at});
}

TEST_CASE("UserStatusChanged is what its readers know") {
  check_golden("auth", UserStatusChanged{.user_id = user,
                                         .from = AccountStatus::active,
                                         .to = AccountStatus::suspended,
                                         .changed_by = ActorId::trusted(user.to_string()),
                                         .changed_at = at});
}

}  // namespace
}  // namespace guerdon::auth
