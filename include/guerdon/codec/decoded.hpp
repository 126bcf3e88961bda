// A request's body as far as it could be decoded, with its faults: for rules that need configuration or rows, so that
// theirs and the codec's are told all at once.
#pragma once

#include <guerdon/codec/core.hpp>
#include <guerdon/codec/schema.hpp>
#include <guerdon/result.hpp>

#include <vector>

namespace guerdon {

// As the whole input only: its pointers begin here. Whoever takes one must refuse it while `faults` is not empty.
template <class T>
struct Decoded {
  T value{};  // a member with a fault has the value that T{} has
  std::vector<Fault> faults;
};

template <class T>
struct Codec<Decoded<T>> : CodecBase {
  static void decode(const json::value& value, Decoded<T>& into, const Place& at) {
    Codec<T>::decode(value, into.value, Place{into.faults, at.refuses_unknown() ? Unknown::refuse : Unknown::ignore});
  }
  static json::object schema(SchemaRegistry& registry) { return Codec<T>::schema(registry); }
};

}  // namespace guerdon
