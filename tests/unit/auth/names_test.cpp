#include "modules/auth/names.hpp"

#include <catch2/catch.hpp>
#include <set>

namespace guerdon::auth {
namespace {

TEST_CASE("Usernames are 3 to 32 letters, digits, dots, underscores and hyphens") {
  for (const std::string good : {"bob", "Bob.Smith", "x_-", "007", "a2345678901234567890123456789012"}) {
    CAPTURE(good);
    CHECK_FALSE(Username::fault(good));
  }
  for (const std::string bad : {"", "ab", "a23456789012345678901234567890123", "with space", "a@b.example", "jos\u00e9",
                                "bob\n", "bob/", "b\u043eb", "bob\u200b"}) {
    CAPTURE(bad);
    CHECK(Username::fault(bad));
  }
}

TEST_CASE("The e-mail addresses that people have are taken") {
  for (const std::string good : {"a@b.co", "first.last+tag@sub.example.com", "o'neil@example.ie", "UPPER@EXAMPLE.COM",
                                 "x@xn--bcher-kva.example", "1@2.de", "a_b-c%d@example-site.org"}) {
    CAPTURE(good);
    CHECK_FALSE(Email::fault(good));
  }
}

TEST_CASE("What is no e-mail address is refused") {
  const std::string long_local(65, 'a');
  const std::string long_label(64, 'a');
  for (const std::string& bad : {std::string{"plain"},
                                 std::string{"@example.com"},
                                 std::string{"a@"},
                                 std::string{"a@localhost"},
                                 std::string{"a@b@example.com"},
                                 std::string{"a b@example.com"},
                                 std::string{".a@example.com"},
                                 std::string{"a.@example.com"},
                                 std::string{"a..b@example.com"},
                                 std::string{"a@.com"},
                                 std::string{"a@com."},
                                 std::string{"a@-b.com"},
                                 std::string{"a@b-.com"},
                                 std::string{"a@b..com"},
                                 std::string{"a@127.0.0.1"},
                                 std::string{"\"a\"@example.com"},
                                 std::string{"a@exa_mple.com"},
                                 std::string{"jos\u00e9@example.com"},
                                 std::string{"a@example.com\r\nBcc: b@example.com"},
                                 long_local + "@example.com",
                                 "a@" + long_label + ".com",
                                 "a@" + std::string(250, 'a') + ".com"}) {
    CAPTURE(bad);
    CHECK(Email::fault(bad));
  }
}

TEST_CASE("Names differ by more than case, and other alphabets are left alone") {
  CHECK(name_key("Bob.SMITH@Example.COM") == "bob.smith@example.com");
  CHECK(name_key("\u00c4") == "\u00c4");
}

TEST_CASE("The server's own names are reserved in any case") {
  CHECK(is_reserved("admin"));
  CHECK(is_reserved("Guerdon"));
  CHECK(is_reserved("ROOT"));
  CHECK_FALSE(is_reserved("administratrix"));
  CHECK_FALSE(is_reserved("bob"));
}

TEST_CASE("The local part is what stands before the at sign") { CHECK(local_part("a.b+c@example.com") == "a.b+c"); }

TEST_CASE("Invite codes are ten characters without ambiguous ones, and differ") {
  const auto random = system_random();
  std::set<std::string> codes;
  for (int i = 0; i < 200; ++i) {
    const auto code = make_invite_code(*random);
    CHECK(code.size() == 10);
    CHECK(code.find_first_of("ILOU") == std::string::npos);
    CHECK(normalise_invite_code(code) == code);
    codes.insert(code);
  }
  CHECK(codes.size() == 200);
}

TEST_CASE("An invite code may be typed in any case and with letters that look like digits") {
  CHECK(normalise_invite_code("abcdefgh01") == "ABCDEFGH01");
  CHECK(normalise_invite_code("oOiIlL0123") == "0011110123");
  CHECK_FALSE(normalise_invite_code("ABCDEFGH0"));
  CHECK_FALSE(normalise_invite_code("ABCDEFGH012"));
  CHECK_FALSE(normalise_invite_code("ABCDEFGH0U"));
  CHECK_FALSE(normalise_invite_code("ABCDEFGH0-"));
}

}  // namespace
}  // namespace guerdon::auth
