// The statements prepared in one session, found by where their literal lies and by the types of their parameters.
// Literals are finite, so it never forgets.
#pragma once

#include <list>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/postgres/wire.hpp"

namespace guerdon::store::postgres {

struct Statement {
  std::vector<Oid> types;
  std::string name;
  bool known = false;  ///< by the server
};

class Statements {
 public:
  /// Stays where it is until forget().
  Statement& find_or_add(const char* text, const std::vector<Oid>& types) {
    auto& variants = by_text_[text];
    for (auto& statement : variants) {
      if (statement.types == types) return statement;
    }
    variants.push_back({.types = types, .name = "g" + std::to_string(++count_)});
    return variants.back();
  }

  void forget() noexcept { by_text_.clear(); }

 private:
  std::unordered_map<const char*, std::list<Statement>> by_text_;
  std::size_t count_ = 0;
};

}  // namespace guerdon::store::postgres
