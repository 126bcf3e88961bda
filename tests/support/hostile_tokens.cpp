// Most are signed properly, so that only the flaw under test can be the reason for a refusal.
#include "support/hostile_tokens.hpp"

#include <stdexcept>

#include "guerdon/base64url.hpp"
#include "guerdon/crypto.hpp"
#include "guerdon/json.hpp"

namespace guerdon::test {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

class Collection {
 public:
  explicit Collection(const Forge& forge) : forge_(forge) {
    const auto first = forge.good.find('.');
    const auto second = forge.good.find('.', first + 1);
    header_part_ = forge.good.substr(0, first);
    claims_part_ = forge.good.substr(first + 1, second - first - 1);
    signature_ = forge.good.substr(second + 1);
    header_ = from_base64url(header_part_).value();
    claims_ = from_base64url(claims_part_).value();
  }

  std::vector<HostileToken> all() {
    algorithms();
    header_members();
    header_texts();
    missing_claims();
    wrong_claims();
    wrong_times();
    claim_texts();
    signatures();
    forms();
    encodings();
    return std::move(found_);
  }

 private:
  void add(std::string name, std::string token, bool fits_a_header = true) {
    if (token == forge_.good) throw std::logic_error("not hostile: " + name);
    found_.push_back({std::move(name), std::move(token), fits_a_header});
  }

  [[nodiscard]] std::string signed_with(std::string_view header, std::string_view claims) const {
    const auto text = to_base64url(header) + "." + to_base64url(claims);
    return text + "." + to_base64url(forge_.sign(text));
  }

  void header(const std::string& name, std::string_view text) { add(name, signed_with(text, claims_)); }
  void claims(const std::string& name, std::string_view text) { add(name, signed_with(header_, text)); }

  /// The good header with a member set to this JSON text.
  void header_with(const std::string& member, const std::string& value) {
    auto members = json::parse(header_).as_object();
    members[member] = json::parse(value);
    header("header " + member + " = " + value, json::serialize(members));
  }

  void claims_with(const std::string& claim, const std::string& value) {
    auto members = json::parse(claims_).as_object();
    members[claim] = json::parse(value);
    claims("claim " + claim + " = " + value, json::serialize(members));
  }

  /// Adds a member in front, in text: also one that is there already, or that is no JSON.
  static std::string with_text(const std::string& object, const std::string& member) {
    return "{" + member + "," + object.substr(1);
  }

  void algorithms() {
    for (const std::string alg : {"none", "None", "NONE", "nOnE", "", "hs256", "HS384", "HS512", "RS256", "ES256",
                                  "PS256", "EDDSA", "Ed448", "HS256 ", "dir"}) {
      header_with("alg", "\"" + alg + "\"");
      auto members = json::parse(header_).as_object();
      members["alg"] = alg;
      const auto text = to_base64url(json::serialize(members)) + "." + claims_part_;
      add("alg " + alg + " with an empty signature", text + ".");
      add("alg " + alg + " with another's signature", text + "." + signature_);
    }
    const bool is_mac = header_.find("HS256") != std::string::npos;
    header_with("alg", is_mac ? R"("EdDSA")" : R"("HS256")");
    for (const auto* value : {"null", "[\"HS256\"]", "256", "true", "{}"}) header_with("alg", value);
  }

  void header_members() {
    for (const auto* kid : {"\"unknown\"", "\"\"", "\"../\"", "\"../../../../dev/null\"", "\"/etc/passwd\"", "7",
                            "null", "\"' OR '1'='1\"", "\"a\\u0000b\"", "[]", "\"https://attacker.example/key\""})
      header_with("kid", kid);
    for (const auto* typ : {"\"JWT\"", "\"AT+JWT\"", "\"application/at+jwt\"", "\"\"", "null"}) header_with("typ", typ);
    header_with("crit", R"(["exp"])");
    header_with("crit", "[]");
    header_with("jku", R"("https://attacker.example/jwks.json")");
    header_with("jwk", R"({"kty":"oct","k":"AAAA"})");
    header_with("jwk", R"({"kty":"OKP","crv":"Ed25519","x":"AAAA"})");
    header_with("x5u", R"("https://attacker.example/chain.pem")");
    header_with("x5c", R"(["AAAA"])");
    header_with("x5t", R"("AAAA")");
    header_with("b64", "false");
    header_with("zip", R"("DEF")");
    header_with("cty", R"("JWT")");
    header_with("enc", R"("A128GCM")");
    header_with("", "1");
  }

  void header_texts() {
    header("alg twice, none first", with_text(header_, R"("alg":"none")"));
    header("typ twice", with_text(header_, R"("typ":"at+jwt")"));
    header("kid twice", with_text(header_, R"("kid":"x")"));
    header("header without alg", R"({"typ":"at+jwt"})");
    header("header without typ", with_text("{\"x\":1}", R"("alg":"HS256")"));
    header("empty header", "{}");
    header("header is a list", "[" + header_ + "]");
    header("header is null", "null");
    header("header is a text", "\"HS256\"");
    header("header is no JSON", "alg=HS256");
    header("header with a UTF-8 byte order mark", "\xEF\xBB\xBF" + header_);
    header("header with a NUL behind", header_ + std::string(1, '\0'));
    header("header with a comma behind", header_.substr(0, header_.size() - 1) + ",}");
    header("header with a comment", header_ + "/**/");
    header("header of broken UTF-8", with_text(header_, "\"kid\":\"\xff\""));
  }

  void missing_claims() {
    for (const auto* name : {"iss", "aud", "sub", "sid", "ver", "iat", "nbf", "exp", "jti"}) {
      auto members = json::parse(claims_).as_object();
      members.erase(name);
      claims("claims without " + std::string{name}, json::serialize(members));
      claims_with(name, "null");
      claims_with(name, "{}");
      claims_with(name, "[]");
      claims_with(name, "true");
      claims(std::string{name} + " twice",
             with_text(claims_, "\"" + std::string{name} + "\":" + json::serialize(json::parse(claims_).at(name))));
    }
  }

  void wrong_claims() {
    for (const auto* iss : {"\"another\"", "\"\"", "\"GUERDON\"", "\"guerdon/\"", "[\"guerdon\"]"})
      claims_with("iss", iss);
    for (const auto* aud : {"\"another\"", "\"\"", "[\"guerdon\"]", "[\"guerdon\",\"another\"]"})
      claims_with("aud", aud);
    for (const auto* id : {"\"\"", "\"usr_\"", "\"usr_../x\"", "\"admin\"", "1", "\"' OR 1=1 --\""}) {
      claims_with("sub", id);
      claims_with("sid", id);
    }
    const auto members = json::parse(claims_);
    claims_with("sub", json::serialize(members.at("sid")));
    claims_with("sid", json::serialize(members.at("sub")));
    for (const auto* jti : {"\"short\"", "\"\"", "7", "\"AAAAAAAAAAAAAAAAAAAAAA==\"", "\"AAAAAAAAAAAAAAAAAAAAAB\""})
      claims_with("jti", jti);
    for (const auto* ver : {"\"1\"", "1.5", "18446744073709551616"}) claims_with("ver", ver);
  }

  void wrong_times() {
    const auto members = json::parse(claims_);
    const auto exp = members.at("exp").as_int64();
    for (const std::string name : {"exp", "iat", "nbf"}) {
      const auto second = members.at(name).as_int64();
      claims_with(name, "\"" + std::to_string(second) + "\"");
      claims_with(name, std::to_string(second) + ".5");
      claims_with(name, "-1");
      claims_with(name, "-9223372036854775808");
      claims_with(name, "9223372036854775807");
      claims_with(name, "18446744073709551615");
      claims_with(name, "1e300");
      claims(name + " = 1e400", with_text(claims_without(name), "\"" + name + "\":1e400"));
      claims(name + " = NaN", with_text(claims_without(name), "\"" + name + "\":NaN"));
      claims(name + " = 0x7fffffff", with_text(claims_without(name), "\"" + name + "\":0x7fffffff"));
    }
    claims_with("exp", std::to_string(exp + 1));
    claims_with("exp", std::to_string(exp + 365 * 86'400));
    claims_with("exp", "253402300800");
    claims_with("iat", std::to_string(exp));
    claims_with("nbf", std::to_string(exp + 3600));
  }

  [[nodiscard]] std::string claims_without(const std::string& name) const {
    auto members = json::parse(claims_).as_object();
    members.erase(name);
    return json::serialize(members);
  }

  void claim_texts() {
    claims("claims are null", "null");
    claims("claims are a list", "[" + claims_ + "]");
    claims("claims are a text", "\"claims\"");
    claims("claims are no JSON", "sub=admin");
    claims("claims cut short", claims_.substr(0, claims_.size() - 1));
    claims("claims twice", claims_ + claims_);
    claims("claims with a UTF-8 byte order mark", "\xEF\xBB\xBF" + claims_);
    claims("claims with a NUL behind", claims_ + std::string(1, '\0'));
    claims("claims of broken UTF-8", with_text(claims_, "\"x\":\"\xff\xfe\""));
    claims("claims with a NUL in a text", with_text(claims_, R"("x":"a\u0000b")"));
    claims("claims nested deeply", with_text(claims_, "\"x\":" + std::string(200, '[') + std::string(200, ']')));
    claims("claims with a comma behind", claims_.substr(0, claims_.size() - 1) + ",}");
    claims("a token within the token", forge_.good);
  }

  void signatures() {
    const auto text = header_part_ + "." + claims_part_;
    const auto size = from_base64url(signature_).value().size();
    add("an empty signature", text + ".");
    add("a signature of zeros", text + "." + to_base64url(std::string(size, '\0')));
    add("half a signature", text + "." + signature_.substr(0, 20));
    add("a signature with a byte more", text + "." + to_base64url(from_base64url(signature_).value() + "x"));
    add("the plain digest as signature", text + "." + to_base64url(as_text(sha256(text))));
    add("a MAC with an empty key", text + "." + to_base64url(as_text(hmac_sha256("", text))));
    add("a MAC with a guessed key", text + "." + to_base64url(as_text(hmac_sha256("secret", text))));
    add("a signature of the claims alone", text + "." + to_base64url(forge_.sign(claims_part_)));
    auto other = signature_;
    other.front() = other.front() == 'A' ? 'B' : 'A';
    add("a signature with a bit turned", text + "." + other);
    auto loose = signature_;
    loose.back() = alphabet[alphabet.find(loose.back()) + 1];
    add("a signature with trailing bits", text + "." + loose);
    auto members = json::parse(claims_).as_object();
    members["roles"] = json::array{"ADMIN"};
    add("more roles under the old signature",
        header_part_ + "." + to_base64url(json::serialize(members)) + "." + signature_);
  }

  void forms() {
    const auto text = header_part_ + "." + claims_part_;
    add("nothing", "", false);  // no token was shown then
    add("one part", header_part_);
    add("two parts", text);
    add("four parts", forge_.good + "." + signature_);
    add("five parts, as of an encrypted token", text + "." + signature_ + "." + claims_part_ + "." + signature_);
    add("an encrypted token",
        to_base64url(R"({"alg":"dir","enc":"A128GCM"})") + "..AAAAAAAAAAAAAAAA.AAAA." + std::string(22, 'A'));
    add("only dots", "..");
    add("four dots", "....");
    add("an empty header", "." + claims_part_ + "." + signature_);
    add("empty claims", header_part_ + ".." + signature_);
    add("a dot in front", "." + forge_.good);
    add("a dot behind", forge_.good + ".");
    add("the JSON form", R"({"protected":")" + header_part_ + R"(","payload":")" + claims_part_ + R"(","signature":")" +
                             signature_ + "\"}");
    add("the scheme twice", "Bearer " + forge_.good);
    add("two tokens", forge_.good + "," + forge_.good);
    add("quoted", "\"" + forge_.good + "\"");
    add("of more than 2 KiB", signed_with(header_, with_text(claims_, "\"x\":\"" + std::string(2000, 'x') + "\"")));
    add("of 2 MB", signed_with(header_, with_text(claims_, "\"x\":\"" + std::string(2'000'000, 'x') + "\"")), false);
  }

  void encodings() {
    const auto text = header_part_ + "." + claims_part_;
    add("padding behind", forge_.good + "=");
    add("padding behind the header", header_part_ + "=." + claims_part_ + "." + signature_);
    add("padding behind the claims", header_part_ + "." + claims_part_ + "==." + signature_);
    add("escaped dots", header_part_ + "%2E" + claims_part_ + "%2E" + signature_);
    add("a sign of the standard alphabet", text + ".+" + signature_.substr(1));
    add("the other sign of the standard alphabet", text + "./" + signature_.substr(1));
    add("a space inside", header_part_ + ". " + claims_part_ + "." + signature_);
    add("a space behind the header", header_part_ + " ." + claims_part_ + "." + signature_);
    add("a tab inside", header_part_ + ".\t" + claims_part_ + "." + signature_);
    add("an impossible length", text + "." + signature_ + "AAA");
    add("a space in front", " " + forge_.good, false);
    add("a space behind", forge_.good + " ", false);
    add("a line end behind", forge_.good + "\n", false);
    add("a line end inside", header_part_ + ".\r\n" + claims_part_ + "." + signature_, false);
    add("a NUL behind", forge_.good + std::string(1, '\0'), false);
    add("a NUL inside", header_part_ + std::string(1, '\0') + "." + claims_part_ + "." + signature_, false);
    add("a byte order mark in front", "\xEF\xBB\xBF" + forge_.good, false);
    // Signed as it stands: a part that is not in its only right form.
    const auto padded = header_part_ + "=." + claims_part_;
    add("padding that is signed", padded + "." + to_base64url(forge_.sign(padded)));
    const auto spaced = header_part_ + ". " + claims_part_;
    add("a space that is signed", spaced + "." + to_base64url(forge_.sign(spaced)));
  }

  const Forge& forge_;
  std::string header_part_, claims_part_, signature_;
  std::string header_, claims_;
  std::vector<HostileToken> found_;
};

}  // namespace

std::vector<HostileToken> hostile_tokens(const Forge& forge) { return Collection{forge}.all(); }

}  // namespace guerdon::test
