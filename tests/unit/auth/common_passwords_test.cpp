// The rules on common passwords: many that are tried first are refused, and no sentence or random text is.
#include "modules/auth/common_passwords.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace guerdon::auth {
namespace {

using Texts = std::vector<std::string>;

/// A small generator, the same everywhere: which texts are tried must not change from run to run.
class Dice {
 public:
  std::size_t below(std::size_t end) {
    state_ = state_ * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    return static_cast<std::size_t>(state_ >> 33U) % end;
  }

 private:
  std::uint64_t state_ = 2026;
};

std::string random_text(Dice& dice, std::string_view alphabet, std::size_t size) {
  std::string text;
  while (text.size() < size) text += alphabet[dice.below(alphabet.size())];
  return text;
}

const Texts well_known{
    "password1",     "password12",   "password123",    "password1234",     "p@ssw0rd!",    "p455w0rd!!",
    "passw0rd123",   "pa$$word123",  "mypassword1",    "passwordpassword", "qwerty123",    "qwertyuiop",
    "qwerty12345",   "qwerty!@#$%",  "1q2w3e4r5t",     "1q2w3e4r5t6y",     "q1w2e3r4t5",   "1qaz2wsx3edc",
    "!qaz@wsx#edc",  "zaq12wsx",     "qazwsxedc",      "asdfghjkl;",       "zxcvbnm,./",   "azertyuiop",
    "qwertz12345",   "123456789012", "1234567890",     "0987654321",       "9876543210",   "1122334455",
    "112233445566",  "123123123123", "1234512345",     "121212121212",     "147258369",    "789456123",
    "123qweasdzxc",  "qweasdzxc123", "abc123abc",      "abcdefghij",       "abcd123456",   "a1b2c3d4e5",
    "a123456789",    "aaaaaaaaaaaa", "0000000000",     "abababababab",     "abcabcabcabc", "!!!!!!!!!!",
    "iloveyou2024",  "iloveyou123",  "iloveyousomuch", "iloveme123",       "dragon123!",   "dragondragon",
    "letmein1234",   "letmein!!!!",  "monkey12345",    "football2023",     "welcome2025!", "welcome@123",
    "admin123456",   "admin@1234",   "administrator",  "adminadmin123",    "root123456",   "changeme123",
    "changeme2024!", "summer2024!",  "winter2025!",    "sunshine99",       "princess123",  "superman2000",
    "batman1989!",   "starwars1977", "michael1987",    "jessica123",       "trustno1!!",   "master1234",
    "drowssap123",   "test123456",   "testtesttest",   "guest12345",       "secret2024",   "liverpool1",
    "chelsea2012",   "barcelona10",  "realmadrid7",    "pokemon1234",      "minecraft12",  "naruto12345",
    "harrypotter7",  "loveyou4ever", "fuckyou1234",    "asshole1234",      "computer2020", "internet99!",
    "december2023",  "monday12345",  "godislove777",   "jesuschrist1",     "butterfly22",  "chocolate1!"};

TEST_CASE("Passwords that everybody knows are common") {
  for (const auto& password : well_known) {
    CAPTURE(password);
    CHECK(is_common_password(password));
  }
}

TEST_CASE("A common word stays one in other spellings, twice, backwards, and with something before or behind it") {
  for (const std::string word : {"password", "dragon", "monkey", "letmein", "sunshine", "football", "princess",
                                 "iloveyou", "superman", "liverpool", "charlie", "november"}) {
    const std::string backwards(word.rbegin(), word.rend());
    for (const auto& password :
         {word + "1234", word + "2024!", word + "1987", word + "!!!!!!", word + "0000", word + word, word + word + word,
          "123" + word, "2023" + word, word + "_123", word + " 123", "!" + word + "!", word + "qwerty",
          backwards + "12", word + "a1", "my" + word, word + "123456789"}) {
      CAPTURE(password);
      CHECK(is_common_password(password));
    }
  }
}

TEST_CASE("Keys in a row, forwards and backwards, are common whatever stands behind them") {
  for (const std::string row : {"qwertyuiop", "asdfghjkl", "1234567890", "abcdefghijkl", "1q2w3e4r5t6y"}) {
    const std::string backwards(row.rbegin(), row.rend());
    for (const auto& password : {row, backwards, row + "1", row + "123", row + "2024", row + row, row + "!!"}) {
      CAPTURE(password);
      CHECK(is_common_password(password));
    }
  }
}

TEST_CASE("Whatever repeats a few signs is common") {
  for (const std::string part : {"x", "7", "?", "xy", "k9", "zq"})
    for (std::size_t size = 10; size <= 128; size += 59) {
      std::string password;
      while (password.size() < size) password += part;
      CAPTURE(password);
      CHECK(is_common_password(password));
    }
}

TEST_CASE("Sentences and phrases are not common") {
  for (const std::string password : {"a long sentence of hers",
                                     "correct horse battery staple",
                                     "correct horse",
                                     "all lower case words",
                                     "a fine password",
                                     "no password fits this",
                                     "seven-days-in-a-row",
                                     "bob_smith is my name",
                                     "ice cold mornings",
                                     "tr0ub4dor&3 again",
                                     "8264019375",
                                     "the cat sat on the mat",
                                     "my dog ate the homework",
                                     "sommernachtstraum",
                                     "alphabetical order",
                                     "grandmother's teapot",
                                     "rainy night in lisbon",
                                     "nine o'clock ferry",
                                     "a guerdon for bravery",
                                     "six brown envelopes"}) {
    CAPTURE(password);
    CHECK_FALSE(is_common_password(password));
  }
}

TEST_CASE("Several words that nobody else puts together are not common") {
  const Texts words{"walnut", "ladder",  "gravel", "quilt",   "ember",  "tundra", "velvet",  "anchor",
                    "mosaic", "harvest", "kettle", "bramble", "cobalt", "meadow", "lantern", "pebble"};
  Dice dice;
  for (int i = 0; i < 100; ++i) {
    std::string password = words[dice.below(words.size())];
    for (int more = 0; more < 2; ++more) password += " " + words[dice.below(words.size())];
    CAPTURE(password);
    if (password.substr(0, 6) == password.substr(7, 6)) continue;
    CHECK_FALSE(is_common_password(password));
  }
}

TEST_CASE("Random texts are not common") {
  Dice dice;
  for (int i = 0; i < 200; ++i) {
    for (const auto& password : {random_text(dice, "abcdefghijklmnopqrstuvwxyz", 12),
                                 random_text(dice, "abcdefghijklmnopqrstuvwxyz0123456789", 12),
                                 random_text(dice, "0123456789abcdef", 20), random_text(dice, "0123456789", 16)}) {
      CAPTURE(password);
      CHECK_FALSE(is_common_password(password));
    }
  }
}

TEST_CASE("Any bytes and any length are judged") {
  CHECK_FALSE(is_common_password("\u5bc6\u7801\u5bc6\u7801\u5bc6\u7801"));
  CHECK_FALSE(is_common_password("\xff\xfe\xfd\x80\x81\x82\x83\x84\x85\x86"));
  CHECK(is_common_password(""));
  CHECK(is_common_password(std::string(1024, 'a')));
  Dice dice;
  CHECK_FALSE(is_common_password(random_text(dice, "abcdefghijklmnopqrstuvwxyz ", 1024)));
}

}  // namespace
}  // namespace guerdon::auth
