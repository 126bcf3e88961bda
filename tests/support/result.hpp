// Lets Catch show a Result: CHECK(result) prints the problem document when it fails.
#pragma once

#include <catch2/catch.hpp>

#include "guerdon/result.hpp"

template <class T>
struct Catch::StringMaker<boost::system::result<T, guerdon::Error>> {
  static std::string convert(const boost::system::result<T, guerdon::Error>& result) {
    return result ? "a value" : guerdon::problem_document(result.error(), {});
  }
};
