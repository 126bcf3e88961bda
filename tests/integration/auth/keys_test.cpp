// Service keys through the module's transaction functions, on every engine: what is stored, who is let in.
#include "modules/auth/keys/keys.hpp"
#include "guerdon/base64url.hpp"
#include "integration/auth/fixture.hpp"
#include "modules/auth/keys/service_key.hpp"

namespace guerdon::auth {
namespace {

using namespace std::chrono_literals;

struct KeysOnDatabase : AuthOnDatabase {
  explicit KeysOnDatabase(Engine engine) : AuthOnDatabase(engine) {
    caller.user = register_user("boss").value().id;
    caller.roles = {Role::admin};
  }

  Result<CreatedKey> make(std::string_view body) {
    const auto json = parse_json(body);
    REQUIRE(json);
    const auto request = decode<Decoded<KeyRequest>>(*json);
    REQUIRE(request);
    return store->write([&](Tx& tx) { return keys.create(tx, caller, *request); });
  }

  CreatedKey make_operator() { return make(R"({"name":"shop","roles":["OPERATOR"]})").value(); }

  Result<None> revoke(KeyId id) {
    return store->write([&](Tx& tx) { return keys.revoke(tx, caller, id); });
  }

  Page<KeyView> list(const KeyListQuery& query = {}) {
    return store->read([&](Snapshot& s) { return keys.list_keys(s, query); }).value();
  }

  std::vector<std::string> audited() {
    return store->read([](Snapshot& s) {
      return s.list<std::string>(
          "SELECT action || ' ' || subject || ' ' || details FROM audit_log WHERE action LIKE 'key.%'"
          " ORDER BY position");
    });
  }

  CursorCodec cursors{"a key for the cursors of this test"};
  Keys keys{*random, cursors};
};

std::vector<std::string> faults_of(const Result<CreatedKey>& result) {
  std::vector<std::string> found;
  if (result) return found;
  for (const auto& fault : result.error().faults) found.push_back(fault.where + " " + fault.code);
  return found;
}

TEST_CASE("A service key lets in with the roles it was made with and no user") {
  KeysOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto made = auth.make(R"({"name":"shop","roles":["AUDITOR","OPERATOR"]})").value();
  CHECK(made.key.starts_with(made.id.to_string() + "_"));
  CHECK(made.key.size() == 74);
  CHECK(made.roles == std::vector{Role::operator_, Role::auditor});
  CHECK(made.created_by == auth.caller.user);
  CHECK(made.expires_at == std::nullopt);
  CHECK(auth.use(made.key).value().roles == RoleSet{Role::operator_, Role::auditor});
  CHECK(auth.make_operator().key != made.key);
}

TEST_CASE("Of a service key's secret only the SHA-256 is stored") {
  KeysOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto made = auth.make_operator();
  const auto secret = made.key.substr(31);
  const auto digest = auth.store->read(
      [&](Snapshot& s) { return s.get<Bytes>("SELECT secret_digest FROM auth_keys WHERE id = $1", made.id); });
  CHECK(digest.value == as_text(sha256(from_base64url(secret).value())));
  for (const auto& line : auth.audited()) CHECK(line.find(secret) == std::string::npos);
}

TEST_CASE("A key is refused with a wrong secret, under another's id, unknown or revoked, with one answer") {
  KeysOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto mine = auth.make_operator();
  const auto other = auth.make_operator();
  const auto good = auth.use(mine.key);
  REQUIRE(good);

  const auto crossed = auth.use(mine.key.substr(0, 31) + other.key.substr(31));
  const auto unknown = auth.use(make_service_key(KeyId{}, *auth.random).text);
  REQUIRE(auth.revoke(mine.id));
  const auto revoked = auth.use(mine.key);
  for (const auto& refused : {crossed, unknown, revoked}) {
    REQUIRE_FALSE(refused);
    CHECK(refused.error().problem == problems::token_revoked);
    CHECK(refused.error().detail == revoked.error().detail);
  }
  CHECK(auth.use(other.key));
}

TEST_CASE("A key ends with the instant that it expires at, and only its holder is told so") {
  KeysOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto end = auth.store.clock.now() + 1h;
  const auto made = auth.make(R"({"name":"shop","roles":["ADMIN"],"expiresAt":")" + to_rfc3339(end) + "\"}").value();
  CHECK(made.expires_at == end);
  auth.store.clock.set(end - 1ms);
  CHECK(auth.use(made.key));
  auth.store.clock.set(end);
  CHECK(code_of(auth.use(made.key)) == "token-expired");
  CHECK(code_of(auth.use(made.key.substr(0, 31) + make_service_key(made.id, *auth.random).text.substr(31))) ==
        "token-revoked");
  REQUIRE(auth.revoke(made.id));
  CHECK(code_of(auth.use(made.key)) == "token-revoked");
}

TEST_CASE("A key without a role, with USER or one twice, or that is over already is not made") {
  KeysOnDatabase auth{GENERATE(from_range(test::engines()))};
  using Faults = std::vector<std::string>;
  CHECK(faults_of(auth.make(R"({"name":"x","roles":["USER"]})")) == Faults{"/roles not-allowed"});
  CHECK(faults_of(auth.make(R"({"name":"x","roles":["ADMIN","USER"]})")) == Faults{"/roles not-allowed"});
  CHECK(faults_of(auth.make(R"({"name":"x","roles":["ADMIN","AUDITOR","ADMIN"]})")) == Faults{"/roles/2 duplicate"});
  CHECK(faults_of(auth.make(R"({"name":"x","roles":[]})")) == Faults{"/roles too-few"});
  const auto now = to_rfc3339(auth.store.clock.now());
  CHECK(faults_of(auth.make(R"({"name":"x","roles":["ADMIN"],"expiresAt":")" + now + "\"}")) ==
        Faults{"/expiresAt too-small"});
  CHECK(faults_of(auth.make(R"({"name":"","roles":["USER"],"key":"mine","expiresAt":")" + now + "\"}")) ==
        Faults{"/name too-short", "/key unknown-member", "/roles not-allowed", "/expiresAt too-small"});
  CHECK(auth.list().items.empty());
  CHECK(auth.audited().empty());
}

TEST_CASE("Keys are listed newest first without their secrets, revoked ones on request") {
  KeysOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto first = auth.make_operator();
  const auto second = auth.make_operator();
  const auto third = auth.make_operator();
  REQUIRE(auth.revoke(second.id));

  const auto page = auth.list();
  REQUIRE(page.items.size() == 2);
  CHECK(page.items[0].id == third.id);
  CHECK(page.items[1].id == first.id);
  CHECK(to_json(page).find(first.key.substr(31)) == std::string::npos);

  KeyListQuery query;
  query.include_revoked = true;
  query.limit = Bounded<1, 100>::make(2);
  const auto all = auth.list(query);
  REQUIRE(all.items.size() == 2);
  CHECK(all.items[1].id == second.id);
  CHECK(all.items[1].revoked_at == auth.store.clock.now());
  query.cursor = Text<1, 512>::parse(all.next_cursor.value());
  const auto rest = auth.list(query);
  REQUIRE(rest.items.size() == 1);
  CHECK(rest.items[0].id == first.id);
  CHECK(rest.next_cursor == std::nullopt);
}

TEST_CASE("Making and revoking a key is audited under its id, a revocation once") {
  KeysOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto made =
      auth.make(R"({"name":"Bob's shop","roles":["OPERATOR"],"expiresAt":"2099-01-01T00:00:00Z"})").value();
  REQUIRE(auth.revoke(made.id));
  CHECK(code_of(auth.revoke(made.id)) == "not-found");
  CHECK(code_of(auth.revoke(KeyId{})) == "not-found");
  const auto id = made.id.to_string();
  CHECK(auth.audited() == std::vector<std::string>{
                              "key.created " + id + R"( {"roles":["OPERATOR"],"expiresAt":"2099-01-01T00:00:00.000Z"})",
                              "key.revoked " + id + " {}"});
}

}  // namespace
}  // namespace guerdon::auth
