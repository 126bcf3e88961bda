// A sorted list of our own making, of eight characters and more: shorter ones fall to the rule on length.
#include "common_passwords.hpp"

#include <algorithm>
#include <array>

namespace guerdon::auth {
namespace {

// clang-format off
constexpr std::array<std::string_view, 578> common{
    "00000000", "000000000", "0000000000", "000000000000000", "01234567", "012345678", "0123456789", "0987654321",
    "1020304050", "102030405060", "11111111", "111111111", "1111111111", "111111111111111", "1111122222", "11112222",
    "11223344", "1122334455", "112233445566", "12121212", "1212121212", "123123123", "123123123123", "1231231234",
    "123321123", "123321123321", "123412345", "12344321", "1234512345", "123454321", "12345678", "123456789",
    "1234567890", "123456789012", "123456789012345", "1234567890123456", "1234567890abcdef", "1234567890qwertyuiop",
    "1234567891", "12345678910", "123456789abcdef", "123abc123", "12qwaszx", "13131313", "13579111315", "135792468",
    "1357924680", "14725836", "147258369", "147852369", "159357258", "159753456", "159951159", "1q2w3e4r",
    "1q2w3e4r5t", "1q2w3e4r5t6y", "1qaz!qaz", "1qaz2wsx", "1qaz2wsx3edc", "1qaz@wsx", "1qazxsw2", "22222222",
    "2222222222", "33333333", "44444444", "55555555", "5555555555", "66666666", "6666666666", "741852963", "77777777",
    "7777777777", "789456123", "789456123a", "87654321", "88888888", "8888888888", "963852741", "987654321",
    "9876543210", "99999999", "999999999", "9999999999", "a12345678", "a123456789", "a1234567890", "a1b2c3d4",
    "a1b2c3d4e5", "a1b2c3d4e5f6", "aa123456", "aa12345678", "aaa111222", "aaaaaaaa", "aaaaaaaaaa", "aaaaaaaaaaaa",
    "ab123456", "ab12345678", "abc12345", "abc123456", "abc1234567", "abc123abc", "abc123abc123", "abcabcabc",
    "abcd1234", "abcd12345", "abcd123456", "abcdabcd", "abcdefgh", "abcdefghi", "abcdefghij", "abcdefghijk",
    "abcdefghijklmno", "abcdefghijklmnop", "abcdefghijklmnopqrstuvwxyz", "abracadabra", "access123", "access14",
    "admin123", "admin1234", "admin12345", "admin123456", "admin2024", "admin@123", "adminadmin", "adminadmin123",
    "administrator", "administrator1", "administrator123", "administratoradministrator", "adminpassword", "andrew123",
    "android123", "angel1234", "angels123", "anthony1", "apple1234", "arsenal123", "as123456", "asd123asd",
    "asd123asd123", "asdasdasd", "asdf1234", "asdf12345", "asdfasdf", "asdfasdfasdf", "asdfghjk", "asdfghjkl",
    "asdfghjkl1", "asdfghjkl123", "asdfghjkl;", "asdfghjklqwertyuiop", "asdfqwer", "ashley123", "autumn2024",
    "autumn2025", "azerty123", "azertyuiop", "babygirl", "babygirl1", "babygirl12", "babygirl123", "bailey123",
    "banana123", "barcelona", "barcelona1", "baseball", "baseball1", "baseball123", "basketball", "basketball1",
    "basketball123", "batman123", "batman1234", "beautiful", "beautiful1", "beautiful123", "blessed123", "blessings",
    "blink182", "blueberry1", "buster123", "butterfly", "butterfly1", "butterfly123", "changeit", "changeit123",
    "changeme", "changeme1", "changeme123", "changeme1234", "changemenow", "charlie1", "charlie123", "cheese123",
    "cheesecake", "chelsea123", "chelseafc", "chocolate", "chocolate1", "chocolate123", "company123", "computer",
    "computer1", "computer123", "cookie123", "corvette", "corvette1", "counterstrike", "cowboys123", "cristiano",
    "cristiano7", "cupcake123", "daniel123", "december1", "default123", "default1234", "diamond123", "dragon123",
    "dragon1234", "dragonball", "dragonball1", "dragonballz", "eagles123", "einstein1", "elephant1", "eminem123",
    "facebook", "facebook1", "facebook123", "familia123", "family123", "ferrari123", "flower123", "flowers123",
    "football", "football1", "football12", "football123", "forever123", "forever21", "fortnite123", "friends123",
    "friendship", "gangster1", "garfield1", "george123", "ginger123", "godisgood", "godisgreat", "google123",
    "google1234", "guest123", "guest1234", "harley123", "harleydavidson", "hello1234", "hello12345", "hello123456",
    "hellohello", "hellokitty", "hellokitty1", "helloworld", "helloworld1", "helloworld123", "hockey123", "hunter12",
    "hunter123", "ilovejesus", "iloveme1", "iloveme123", "iloveyou", "iloveyou!", "iloveyou1", "iloveyou12",
    "iloveyou123", "iloveyou1234", "iloveyou2", "iloveyou3000", "iloveyouforever", "iloveyouiloveyou",
    "iloveyousomuch", "iloveyoutoo", "instagram", "instagram1", "internet", "internet1", "internet123", "iphone123",
    "january1", "jennifer", "jennifer1", "jessica1", "jessica123", "jesus123", "jesuschrist", "jonathan", "jonathan1",
    "jordan123", "jordan23", "joshua123", "juventus1", "killer123", "lakers123", "letmein1", "letmein12",
    "letmein123", "letmein1234", "letmeinnow", "linkedin1", "liverpool", "liverpool1", "liverpool123", "lkjhgfdsa",
    "lovelove", "lovelove1", "loveme123", "loveyou123", "manager123", "manchester", "manchester1", "manutd123",
    "master123", "master1234", "masterkey", "matthew1", "mercedes", "mercedes1", "messi1234", "metallica",
    "metallica1", "michael1", "michael123", "michelle", "michelle1", "microsoft", "microsoft1", "midnight1",
    "midnight123", "minecraft", "minecraft1", "minecraft123", "mnbvcxz1", "monkey123", "monkey1234", "mustang1",
    "mustang123", "mylove123", "mypassword", "mypassword1", "mypassword123", "mysql123", "naruto123", "narutouzumaki",
    "nevermind", "newpassword", "newpassword1", "newpassword123", "neymar123", "nicole123", "nintendo1", "nirvana123",
    "nopassword", "november1", "oldpassword", "opensesame", "operator123", "oracle123", "orange123", "p@$$w0rd",
    "p@$$word", "p@ssw0rd", "p@ssw0rd1", "p@ssw0rd123", "p@ssword", "p@ssword1", "p@ssword123", "pa$$w0rd",
    "pa$$word", "pa55word", "pass1234", "pass12345", "pass123456", "passw0rd", "passw0rd!", "passw0rd1",
    "passw0rd123", "password", "password!", "password0", "password1", "password1!", "password12", "password123",
    "password123!", "password1234", "password12345", "password123456", "password2", "password2020", "password2021",
    "password2022", "password2023", "password2024", "password2025", "password2026", "passwordadmin",
    "passwordpassword", "passwordpassword1", "passwords", "patriots1", "peanut123", "pepper123", "phoenix123",
    "playstation", "playstation3", "poiuytrewq", "pokemon123", "pokemon1234", "porsche911", "postgres", "postgres1",
    "postgres123", "princesa1", "princess", "princess1", "princess12", "princess123", "purple123", "q1w2e3r4",
    "q1w2e3r4t5", "q1w2e3r4t5y6", "qazqazqaz", "qazwsx123", "qazwsxedc", "qazwsxedc123", "qazxswedc", "qwaszx12",
    "qwe123qwe", "qwe123qwe123", "qweasdzxc", "qweasdzxc123", "qweqweqwe", "qwer1234", "qwer12345", "qwerasdf",
    "qwerasdfzxcv", "qwerty12", "qwerty123", "qwerty1234", "qwerty12345", "qwerty123456", "qwerty1234567890",
    "qwertyasdf", "qwertyasdfgh", "qwertyqwerty", "qwertyui", "qwertyuiop", "qwertyuiop1", "qwertyuiop123",
    "qwertyuiop1234567890", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiop", "rainbow123", "realmadrid", "robert123",
    "roblox123", "roblox1234", "ronaldo07", "ronaldo123", "root1234", "rootpassword", "rootroot", "samsung1",
    "samsung123", "secret123", "secret1234", "secretpassword", "september", "september1", "server123", "service123",
    "shadow123", "shadow1234", "silver123", "slipknot1", "slipknot123", "snoopy123", "soccer123", "softball",
    "spiderman", "spiderman1", "spiderman123", "spring2024", "spring2025", "starwars", "starwars1", "starwars123",
    "steelers1", "strawberry", "strawberry1", "summer123", "summer2024", "summer2025", "sunflower", "sunflower1",
    "sunshine", "sunshine1", "sunshine12", "sunshine123", "superman", "superman1", "superman123", "supersecret",
    "support123", "sweetheart", "sweetheart1", "system123", "temp1234", "temp12345", "temporary1", "temppassword",
    "test1234", "test12345", "test123456", "tester123", "testing123", "testing1234", "testpassword", "testtest",
    "testtest1", "thepassword", "thequickbrownfox", "thomas123", "tigger123", "toor1234", "topsecret", "topsecret1",
    "truelove", "trustno1", "trustno1!", "trustnoone", "twitter123", "unicorn123", "user1234", "user12345",
    "username1", "volleyball1", "warcraft123", "welcome!", "welcome1", "welcome1!", "welcome12", "welcome123",
    "welcome123!", "welcome1234", "welcome2024", "welcome2025", "whatever", "whatever1", "whatever123", "windows10",
    "windows123", "winter123", "winter2024", "winter2025", "xbox360123", "yankees123", "yellow123", "yourpassword",
    "zaq12wsx", "zaq1@wsx", "zaq1zaq1", "zxcasdqwe", "zxcasdqwe123", "zxcvasdf", "zxcvbnm1", "zxcvbnm123",
    "zxcvbnmzxcvbnm"};
// clang-format on
static_assert(std::ranges::is_sorted(common));

}  // namespace

bool is_common_password(std::string_view lower_case) { return std::ranges::binary_search(common, lower_case); }

}  // namespace guerdon::auth
