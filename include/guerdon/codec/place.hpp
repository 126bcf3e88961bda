// Where a decoder stands in its input, and where the faults that it finds are gathered. Costs nothing until there is a
// fault.
#pragma once

#include "guerdon/result.hpp"

#include <boost/json/value.hpp>

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace guerdon {

enum class Unknown { refuse, ignore };  // members that the struct does not have

class Place {
 public:
  static constexpr std::size_t max_faults = 100;  // reported at once

  // The whole input.
  explicit Place(std::vector<Fault>& faults, Unknown unknown = Unknown::refuse) noexcept
      : faults_{&faults}, unknown_{unknown} {}

  // Parts of this place, which must outlive them.
  [[nodiscard]] Place member(std::string_view name) const noexcept { return Place{*this, name, no_index, false}; }
  [[nodiscard]] Place item(std::size_t index) const noexcept { return Place{*this, {}, index, false}; }
  [[nodiscard]] Place parameter(std::string_view name) const noexcept { return Place{*this, name, no_index, true}; }

  void fault(std::string_view code, std::string_view detail) const;

  [[nodiscard]] bool refuses_unknown() const noexcept { return unknown_ == Unknown::refuse; }

  // The value as what is asked for; otherwise null and a wrong-type.
  [[nodiscard]] const json::string* text(const json::value& value) const;
  [[nodiscard]] const json::object* object(const json::value& value) const;
  [[nodiscard]] const json::array* array(const json::value& value) const;

 private:
  static constexpr std::size_t no_index = std::numeric_limits<std::size_t>::max();

  Place(const Place& up, std::string_view name, std::size_t index, bool is_parameter) noexcept
      : up_{&up}, name_{name}, index_{index}, faults_{up.faults_}, unknown_{up.unknown_}, is_parameter_{is_parameter} {}

  void append_pointer(std::string& out) const;

  const Place* up_ = nullptr;
  std::string_view name_;
  std::size_t index_ = no_index;
  std::vector<Fault>* faults_;
  Unknown unknown_;
  bool is_parameter_ = false;
};

}  // namespace guerdon
