// A port for a server that can't choose one by itself.
#pragma once

#include <cstdint>

namespace guerdon::test {

/// That nobody listens on at the moment. It lies below those which a system gives to connections, so that it stays
/// free while its server is away and starts again. Throws std::runtime_error when there is none.
[[nodiscard]] std::uint16_t free_port();

}  // namespace guerdon::test
