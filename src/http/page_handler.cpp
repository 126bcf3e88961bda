// What every listener answers alike.
#include "http/page_handler.hpp"

#include <memory>
#include <utility>

#include "http/dispatcher.hpp"
#include "http/framing.hpp"
#include "http/negotiate.hpp"

namespace guerdon::http {

namespace {

constexpr std::string_view any_method = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

Response allowed(std::string_view methods) { return {.status = 204, .headers = {{"Allow", std::string{methods}}}}; }

class PageHandler final : public Handler {
 public:
  explicit PageHandler(const RouteTable& routes) : routes_(routes) {}

  Screening screen(const Head& head, const Target& target, std::string_view, bool) override {
    routes_.find(head.method, target, match_);
    return {http::max_body};
  }
  std::optional<Response> handle(const Incoming& request, Later later) override {
    routes_.find(request.head.method, request.target, match_);
    if (match_.page != nullptr && match_.page->make_later) {
      match_.page->make_later([type = match_.page->content_type,
                               ticket = std::make_shared<Ticket>(later(problems::unavailable))](Response response) {
        if (response.problem.empty()) response.content_type = type;
        ticket->answer(std::move(response));
      });
      return std::nullopt;
    }
    if (auto answer = answer_without_route(request, match_)) return answer;
    return problem_response(problems::not_found, request.request_id);
  }
  [[nodiscard]] std::size_t route() const noexcept override { return match_.number(); }
  void idle() noexcept override {}

 private:
  const RouteTable& routes_;
  RouteTable::Match match_;
};

}  // namespace

Response not_acceptable(std::string_view request_id) {
  return problem_response(Error{problems::not_acceptable, "The answer can't be of a type that Accept names."},
                          request_id);
}

std::optional<Response> answer_without_route(const Incoming& request, const RouteTable::Match& match) {
  const bool asks_options = request.head.method == "OPTIONS";
  if (request.target.is_asterisk()) {
    if (asks_options) return allowed(any_method);
    return problem_response(Error{problems::malformed_request, "Only OPTIONS is for the server as a whole."},
                            request.request_id);
  }
  if (match.entry != nullptr) return std::nullopt;
  if (match.page != nullptr) {
    if (!accepts(request.head, match.page->content_type)) return not_acceptable(request.request_id);
    auto response = match.page->make();
    response.content_type = match.page->content_type;
    return response;
  }
  if (match.allow.empty()) return problem_response(problems::not_found, request.request_id);
  if (asks_options) return allowed(match.allow);
  auto response = problem_response(problems::method_not_allowed, request.request_id);
  response.headers.emplace_back("Allow", match.allow);
  return response;
}

HandlerFactory page_handlers(const RouteTable& routes) {
  return [&routes] { return std::make_unique<PageHandler>(routes); };
}

}  // namespace guerdon::http
