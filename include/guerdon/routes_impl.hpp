// How a plain function becomes a route: its signature says what is decoded, what is encoded and what the OpenAPI
// document shows. What needs no template is behind declarations, so that a module pays little for including this.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "guerdon/codec.hpp"
#include "guerdon/codec/decoded.hpp"
#include "guerdon/json.hpp"
#include "guerdon/routes.hpp"

namespace guerdon::routes_detail {

inline constexpr std::size_t max_captures = 8;  ///< `{name}` parts of one path

/// The names in braces, in their order. Throws std::logic_error where `members` are not exactly those.
[[nodiscard]] std::vector<std::string> captures_of(std::string_view path, std::span<const std::string_view> members);

/// The body as JSON; an absent one is an empty object. Errors: unsupported-media-type, malformed-json.
[[nodiscard]] Result<json::value> read_body(const RawRequest& raw, std::size_t max_body);

struct Description {
  json::array parameters;
  std::optional<json::object> body;    ///< schema of the request's
  std::optional<json::object> answer;  ///< schema of success
  bool body_required = false;
  int status = 200;
};
void describe(json::object& operation, Description description);

template <class F>
struct Signature : Signature<decltype(&F::operator())> {};
template <class C, class R, class... A>
struct Signature<R (C::*)(A...) const> {
  using Output = typename R::value_type;
  template <std::size_t I>
  using Argument = std::remove_cvref_t<std::tuple_element_t<I, std::tuple<A...>>>;
};
template <class R, class... A>
struct Signature<R (*)(A...)> {
  using Output = typename R::value_type;
  template <std::size_t I>
  using Argument = std::remove_cvref_t<std::tuple_element_t<I, std::tuple<A...>>>;
};

template <class T>
struct Parts;
template <class P, class Q, class B>
struct Parts<Request<P, Q, B>> {
  using Path = P;
  using Query = Q;
  using Body = B;
};

/// What an output type shows on the wire: Reply<T> shows T.
template <class T>
struct Shown {
  using type = T;
};
template <class T>
struct Shown<Reply<T>> {
  using type = T;
};

template <class T>
inline constexpr bool is_reply = false;
template <class T>
inline constexpr bool is_reply<Reply<T>> = true;

template <class T>
constexpr int success_status(int declared) {
  return std::is_same_v<typename Shown<T>::type, None> && declared == 200 ? 204 : declared;
}

template <class T>
std::string encode_body(const T& value) {
  if constexpr (std::is_same_v<T, None>)
    return {};
  else
    return to_json(value);
}

template <class T>
Result<Answer> to_answer(Result<T> result, int status) {
  if (!result) return std::move(result).error();
  if constexpr (std::is_same_v<T, Answer>) {
    return std::move(*result);
  } else if constexpr (is_reply<T>) {
    return Answer{result->status.value_or(status), encode_body(result->body), std::move(result->headers), result->kept,
                  result->same_until};
  } else {
    return Answer{status, encode_body(*result), {}};
  }
}

/// Moves a decoded part to its place, or its faults to the others.
template <class T>
void take(Result<T> decoded, T& into, std::vector<Fault>& faults) {
  if (decoded) {
    into = std::move(*decoded);
    return;
  }
  auto found = std::move(decoded).error().faults;
  faults.insert(faults.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
}

/// Reports every fault of path, query and body at once.
template <class In>
Result<In> decode_request(const RawRequest& raw, std::span<const std::string> names, std::size_t max_body) {
  auto body = read_body(raw, max_body);
  if (!body) return std::move(body).error();
  std::array<Parameter, max_captures> captured;
  for (std::size_t i = 0; i < names.size(); ++i) captured[i] = {names[i], raw.path.at(i)};
  In request;
  std::vector<Fault> faults;
  take(decode_parameters<typename Parts<In>::Path>(std::span{captured.data(), names.size()}), request.path, faults);
  take(decode_parameters<typename Parts<In>::Query>(raw.query), request.query, faults);
  take(decode<typename Parts<In>::Body>(*body), request.body, faults);
  if (!faults.empty()) return Error{std::move(faults)};
  return request;
}

template <class T>
inline constexpr bool all_optional = [] {
  bool all = true;
  boost::mp11::mp_for_each<MembersOf<T>>(
      [&](auto descriptor) { all = all && Codec<detail::MemberType<T, decltype(descriptor)>>::may_be_absent; });
  return all;
}();

template <class T>
inline constexpr bool all_optional<Decoded<T>> = all_optional<T>;

template <class In, class Out>
void describe_route(json::object& operation, SchemaRegistry& schemas, int status) {
  using Body = typename Parts<In>::Body;
  using Answered = typename Shown<Out>::type;
  Description description;
  description.parameters = parameter_schema<typename Parts<In>::Path>("path");
  for (auto& parameter : parameter_schema<typename Parts<In>::Query>("query")) {
    description.parameters.push_back(std::move(parameter));
  }
  if constexpr (!std::is_same_v<Body, None>) {
    description.body = schema<Body>(schemas, Unknown::refuse);
    description.body_required = !all_optional<Body>;
  }
  if constexpr (std::is_same_v<Answered, Answer>)
    description.answer.emplace();
  else if constexpr (!std::is_same_v<Answered, None>)
    description.answer = schema<Answered>(schemas);
  description.status = status;
  describe(operation, std::move(description));
}

template <class F, class In>
class QueryCall final : public Call {
 public:
  QueryCall(const F& handler, In input, int status) : handler_(handler), input_(std::move(input)), status_(status) {}
  Result<Answer> read(Snapshot& snapshot, const Caller& caller) override {
    return to_answer(handler_(snapshot, caller, input_), status_);
  }

 private:
  const F& handler_;
  In input_;
  int status_;
};

template <class F, class In>
class CommandCall final : public Call {
 public:
  CommandCall(const F& handler, In input, int status) : handler_(handler), input_(std::move(input)), status_(status) {}
  Result<Answer> write(Tx& tx, const Caller& caller) override {
    return to_answer(handler_(tx, caller, std::as_const(input_)), status_);
  }

 private:
  const F& handler_;
  In input_;
  int status_;
};

template <class P, class F>
struct Prepared {
  P prepare;
  F handler;
};

template <class P, class F, class In>
class PreparedCall final : public Call {
 public:
  PreparedCall(const Prepared<P, F>& steps, In input, int status)
      : steps_(steps), input_(std::move(input)), status_(status) {}
  Result<void> prepare(Snapshot& snapshot, const Caller& caller) override {
    auto prepared = steps_.prepare(snapshot, caller, std::as_const(input_));
    if (!prepared) return std::move(prepared).error();
    prepared_.emplace(std::move(*prepared));
    return {};
  }
  Result<Answer> write(Tx& tx, const Caller& caller) override {
    return to_answer(steps_.handler(tx, caller, std::as_const(input_), std::as_const(prepared_.value())), status_);
  }

 private:
  const Prepared<P, F>& steps_;
  In input_;
  int status_;
  std::optional<typename Signature<P>::Output> prepared_;
};

template <class F, class In>
class SteppedCall final : public Call {
 public:
  SteppedCall(const F& handler, In input, int status) : handler_(handler), input_(std::move(input)), status_(status) {}
  Result<Answer> write(Tx& tx, const Caller& caller) override {
    after_ = before_;  // it may run again, from where this step began
    auto result = handler_(tx, caller, std::as_const(input_), after_);
    is_unfinished_ = result && !*result;
    if (!result) return std::move(result).error();
    if (is_unfinished_) return Answer{};
    return to_answer(Result<Output>{**std::move(result)}, status_);
  }
  [[nodiscard]] bool is_unfinished() const noexcept override { return is_unfinished_; }
  bool next_step() noexcept override {
    before_ = std::move(after_);
    return std::exchange(is_unfinished_, false);
  }

 private:
  using Output = typename Signature<F>::Output::value_type;
  using State = typename Signature<F>::template Argument<3>;
  const F& handler_;
  In input_;
  int status_;
  State before_{}, after_{};
  bool is_unfinished_ = false;
};

/// `Steps` is what the route keeps for its life, `CallOf` what one request makes of it.
template <class CallOf, class In, class Out, class Steps>
Route make_route(Route::Kind kind, RouteSpec spec, Steps steps) {
  const auto members = field_names<typename Parts<In>::Path>();
  const int status = success_status<Out>(spec.status);
  const auto decode = [steps = std::make_shared<const Steps>(std::move(steps)), names = captures_of(spec.path, members),
                       max_body = spec.max_body, status](const RawRequest& raw) -> Result<std::unique_ptr<Call>> {
    auto input = decode_request<In>(raw, names, max_body);
    if (!input) return std::move(input).error();
    return std::unique_ptr<Call>{std::make_unique<CallOf>(*steps, std::move(*input), status)};
  };
  const auto describe = [status](json::object& operation, SchemaRegistry& schemas) {
    describe_route<In, Out>(operation, schemas, status);
  };
  return Route{kind, std::move(spec), decode, describe};
}

}  // namespace guerdon::routes_detail

namespace guerdon {

template <class F>
void Router::query(RouteSpec spec, F handler) {
  using Sig = routes_detail::Signature<F>;
  using In = typename Sig::template Argument<2>;
  static_assert(std::is_same_v<typename Sig::template Argument<0>, Snapshot>, "a query reads a Snapshot");
  static_assert(std::is_same_v<typename routes_detail::Parts<In>::Body, None>, "a query has no body");
  add(routes_detail::make_route<routes_detail::QueryCall<F, In>, In, typename Sig::Output>(
      Route::Kind::query, std::move(spec), std::move(handler)));
}

template <class F>
void Router::command(RouteSpec spec, F handler) {
  using Sig = routes_detail::Signature<F>;
  using In = typename Sig::template Argument<2>;
  static_assert(std::is_same_v<typename Sig::template Argument<0>, Tx>, "a command writes through a Tx");
  add(routes_detail::make_route<routes_detail::CommandCall<F, In>, In, typename Sig::Output>(
      Route::Kind::command, std::move(spec), std::move(handler)));
}

template <class P, class F>
void Router::command(RouteSpec spec, P prepare, F handler) {
  using Sig = routes_detail::Signature<F>;
  using In = typename Sig::template Argument<2>;
  using Steps = routes_detail::Prepared<P, F>;
  static_assert(std::is_same_v<In, typename routes_detail::Signature<P>::template Argument<2>>,
                "prepare and handler read the same request");
  add(routes_detail::make_route<routes_detail::PreparedCall<P, F, In>, In, typename Sig::Output>(
      Route::Kind::prepared_command, std::move(spec), Steps{std::move(prepare), std::move(handler)}));
}

template <class F>
void Router::command_in_steps(RouteSpec spec, F handler) {
  using Sig = routes_detail::Signature<F>;
  using In = typename Sig::template Argument<2>;
  static_assert(std::is_same_v<typename Sig::template Argument<0>, Tx>, "a command writes through a Tx");
  add(routes_detail::make_route<routes_detail::SteppedCall<F, In>, In, typename Sig::Output::value_type>(
      Route::Kind::stepped_command, std::move(spec), std::move(handler)));
}

}  // namespace guerdon
