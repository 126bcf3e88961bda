// An Error as one line for people at a terminal.
#pragma once

#include <string>

#include "guerdon/result.hpp"

namespace guerdon {

/// "password must have at least 10 characters; email must be an e-mail address", or the detail, or else the code.
[[nodiscard]] std::string in_words(const Error& error);

}  // namespace guerdon
