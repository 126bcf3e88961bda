// The trace that a request belongs to, as the W3C's trace context names it: a header to honour, log and hand on. This
// server makes no spans of its own.
#pragma once

#include <string_view>

namespace guerdon {

/// `00-<32 hexadecimal digits>-<16>-<2>` in lower case, neither id all zeros.
[[nodiscard]] bool is_traceparent(std::string_view text);

/// The trace's own id within a traceparent; empty for what is none.
[[nodiscard]] std::string_view trace_id_of(std::string_view traceparent);

}  // namespace guerdon
