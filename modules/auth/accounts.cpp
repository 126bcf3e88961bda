// The cheap checks come first: nothing is hashed for a registration that will be refused.
#include "accounts.hpp"

#include "auth/messages.hpp"
#include "guerdon/audit.hpp"
#include "guerdon/bus.hpp"

namespace guerdon::auth {
namespace {

/// For a password that was decoded; one that was not has its fault already.
void judge_password(std::vector<Fault>& faults, const AuthConfig& config, std::string_view password,
                    const PasswordOwner& owner) {
  if (password.empty()) return;
  auto found = password_faults(password_policy(config), password, owner);
  faults.insert(faults.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
}

template <class T>
void judge_text(std::vector<Fault>& faults, std::string pointer, std::string_view text) {
  if (auto fault = T::fault(text))
    faults.push_back({.where = std::move(pointer), .code = std::string{fault->code}, .detail = fault->detail});
}

/// Without a password: a hash that none has.
std::string hash_of(const AuthConfig& config, Random& random, std::string_view password) {
  if (password.empty()) return decoy_password_hash(password_cost(config), random_bytes<48>(random));
  PasswordSalt salt;
  random.fill(salt);
  return hash_password(password_cost(config), password, salt);
}

NewAccount make_account(const AuthConfig& config, Random& random, std::string_view username, std::string_view email,
                        std::string_view password, RoleSet roles) {
  return {.username = std::string{username},
          .username_key = name_key(username),
          .email = std::string{email},
          .email_key = name_key(email),
          .password_hash = hash_of(config, random, password),
          .roles = roles,
          .invite_code = make_invite_code(random),
          .profile = {},
          .invited_by = std::nullopt};
}

std::optional<Error> find_taken(Snapshot& snapshot, std::string_view username_key, std::string_view email_key) {
  if (username_exists(snapshot, username_key)) return Error{username_taken, "The username is taken."};
  if (email_exists(snapshot, email_key)) return Error{email_taken, "The e-mail address is taken."};
  return std::nullopt;
}

}  // namespace

PasswordCost password_cost(const AuthConfig& config) {
  return {.memory_kib = static_cast<std::uint32_t>(config.argon2_memory_kib.value()),
          .iterations = static_cast<std::uint32_t>(config.argon2_iterations.value())};
}

PasswordPolicy password_policy(const AuthConfig& config) {
  PasswordPolicy policy;
  policy.min_length = static_cast<std::size_t>(config.password_min_length.value());
  policy.min_length_staff = static_cast<std::size_t>(config.password_min_length_staff.value());
  return policy;
}

json::array wire_roles(RoleSet roles) {
  json::array names;
  for (const Role role : roles.list()) names.emplace_back(wire_name(role));
  return names;
}

Account account_of(const AccountRow& row) {
  return {.id = row.id,
          .username = row.username,
          .email = row.email,
          .roles = RoleSet::from_bits(row.roles).list(),
          .status = row.status,
          .profile = row.profile,
          .invite_code = row.invite_code,
          .created_at = row.created_at};
}

Result<NewAccount> Accounts::prepare_registration(Snapshot& snapshot, const Decoded<RegisterRequest>& request) const {
  const auto& [body, decoding_faults] = request;
  constexpr RoleSet roles{Role::user};
  auto faults = decoding_faults;
  if (is_reserved(body.username))
    faults.push_back({.where = "/username", .code = "reserved", .detail = "is a name that is not given to users"});
  const auto& password = body.password.reveal().value();
  judge_password(faults, config_, password, {.username = body.username, .email = body.email, .roles = roles});
  if (!faults.empty()) return Error{std::move(faults)};

  if (auto taken = find_taken(snapshot, name_key(body.username), name_key(body.email))) return *std::move(taken);
  std::optional<UserId> inviter;
  if (body.invite_code) {
    if (const auto code = normalise_invite_code(*body.invite_code)) inviter = find_by_invite_code(snapshot, *code);
    if (!inviter) return Error{invite_code_unknown, "Nobody has this invite code."};
  }
  auto account = make_account(config_, random_, body.username, body.email, password, roles);
  account.invited_by = inviter;
  if (body.profile) account.profile = body.profile->value;
  return account;
}

Result<Account> Accounts::add_registered(Tx& tx, const Caller& caller, const NewAccount& account) const {
  const auto returned = tombstones_.find(tx, account.username, account.email);
  auto bound = account;
  if (returned.email) bound.invited_by.reset();
  const auto id = add_account(tx, bound);
  if (!id) return id.error();
  auto self = caller;
  self.user = *id;
  record_creation(tx, self, *id, account.roles, returned);
  return get_account(tx, *id);
}

Result<Account> Accounts::get_account(Snapshot& snapshot, UserId id) const {
  const auto row = find_user(snapshot, id);
  if (!row) return Error{problems::not_found, "There is no such account."};
  return account_of(*row);
}

Result<NewAccount> prepare_account(const AuthConfig& config, Random& random, const AccountInput& input) {
  std::vector<Fault> faults;
  judge_text<Username>(faults, "/username", input.username);
  judge_text<Email>(faults, "/email", input.email);
  const std::string_view password = input.password ? std::string_view{input.password->reveal()} : "";
  if (input.password) judge_text<Password>(faults, "/password", password);
  judge_password(faults, config, password, {.username = input.username, .email = input.email, .roles = input.roles});
  if (input.roles.empty()) faults.push_back({.where = "/roles", .code = "too-few", .detail = "must name a role"});
  if (!faults.empty()) return Error{std::move(faults)};
  return make_account(config, random, input.username, input.email, password, input.roles);
}

Result<UserId> add_account(Tx& tx, const NewAccount& account) {
  const auto id = tx.new_id<UserId>();
  if (!add_user(tx, id, account)) {
    if (auto taken = find_taken(tx, account.username_key, account.email_key)) return *std::move(taken);
    throw std::runtime_error("the invite code of a new account is another's");  // 1 in 2^50: try again
  }
  publish(tx, UserCreated{.user_id = id,
                          .username = Omittable<std::string>{account.username},
                          .email = Omittable<std::string>{account.email},
                          .created_at = tx.now()});
  return id;
}

void record_creation(Tx& tx, const Caller& caller, UserId id, RoleSet roles, const Returned& returned) {
  json::object details{{"roles", wire_roles(roles)}};
  json::array known;
  if (returned.username) known.emplace_back("username");
  if (returned.email) known.emplace_back("email");
  if (!known.empty()) details["returned"] = std::move(known);
  record_audit(tx, caller, {"account.created", id.to_string(), std::move(details)});
}

Result<UserId> add_account_by(Tx& tx, const Caller& caller, const NewAccount& account) {
  const auto id = add_account(tx, account);
  if (id) record_creation(tx, caller, *id, account.roles);
  return id;
}

Result<std::optional<UserId>> add_first_admin(Tx& tx, const NewAccount& account) {
  if (has_admin(tx)) return std::optional<UserId>{};
  const auto id = add_account_by(tx, Caller{}, account);
  if (!id) return id.error();
  return std::optional{*id};
}

}  // namespace guerdon::auth
