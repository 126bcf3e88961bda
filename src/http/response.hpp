// An answer on its way to the wire, and the bytes it becomes. Header values can't break out of their line here.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "guerdon/result.hpp"
#include "http/cors.hpp"

namespace guerdon::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

inline constexpr std::string_view json_type = "application/json; charset=utf-8";
inline constexpr std::string_view events_type = "text/event-stream; charset=utf-8";
inline constexpr std::string_view problem_type = "application/problem+json; charset=utf-8";

class Ticket;

/// The rest of an answer that comes piece by piece, when there is one, until either side ends it.
class Pieces {
 public:
  virtual ~Pieces() = default;
  /// Asks for the next piece, on the connection's thread, once the client has taken the one before. It is the body of
  /// what the ticket is answered with; one that is not 200, or that says close, is the last.
  virtual void next(Ticket ticket) = 0;
};

struct Response {
  int status = 200;
  std::string body = {};
  std::string_view content_type = json_type;  ///< of static storage
  Headers headers = {};
  bool close = false;                 ///< end the connection after it
  bool kept = true;                   ///< under an Idempotency-Key, if its status is of the kind that is
  std::string_view problem = {};      ///< its code, of static storage; for metrics
  std::shared_ptr<Pieces> rest = {};  ///< what follows the body, to the end of the connection
};

/// The problem document, with Retry-After for what passes (429, 503) and WWW-Authenticate for 401.
[[nodiscard]] Response problem_response(const Error& error, std::string_view request_id);

/// What the response's request says of its form.
struct Envelope {
  std::string_view request_id;
  bool head_only = false;  ///< the request was a HEAD
  bool http_1_0 = false;
  bool last = false;  ///< of its connection
  Cors cors = {};
};

void append_response(std::string& out, const Response& response, const Envelope& envelope);

}  // namespace guerdon::http
