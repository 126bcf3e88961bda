// libpq, loaded when it is first called: it brings a second TLS, Kerberos and LDAP, which a server without PostgreSQL
// would load at each start and keep in its memory. Within this namespace its functions are called by their names.
#pragma once

#include <libpq-fe.h>

#include <atomic>

namespace guerdon::store::postgres {

/// Of libpq. Throws StartError with one line when the library is not there, or too old to have it.
[[nodiscard]] void* libpq_symbol(const char* name);

template <class Signature>
class FromLibpq;

/// Looked up once. Where the library is not there the first call of all throws, in parse_target().
template <class Result, class... Args>
class FromLibpq<Result(Args...)> {
 public:
  explicit constexpr FromLibpq(const char* name) : name_(name) {}

  Result operator()(Args... args) const {
    auto function = function_.load(std::memory_order_relaxed);
    if (function == nullptr) {
      function = reinterpret_cast<Function>(libpq_symbol(name_));
      function_.store(function, std::memory_order_relaxed);
    }
    return function(args...);
  }

 private:
  using Function = Result (*)(Args...);

  const char* name_;
  mutable std::atomic<Function> function_{nullptr};
};

// NOLINTBEGIN(readability-identifier-naming): the library's own names
#define GUERDON_FROM_LIBPQ(function) \
  inline constinit const FromLibpq<decltype(::function)> function { #function }
GUERDON_FROM_LIBPQ(PQclear);
GUERDON_FROM_LIBPQ(PQcmdStatus);
GUERDON_FROM_LIBPQ(PQcmdTuples);
GUERDON_FROM_LIBPQ(PQconnectdbParams);
GUERDON_FROM_LIBPQ(PQconninfoFree);
GUERDON_FROM_LIBPQ(PQconninfoParse);
GUERDON_FROM_LIBPQ(PQconsumeInput);
GUERDON_FROM_LIBPQ(PQenterPipelineMode);
GUERDON_FROM_LIBPQ(PQerrorMessage);
GUERDON_FROM_LIBPQ(PQexec);
GUERDON_FROM_LIBPQ(PQexecParams);
GUERDON_FROM_LIBPQ(PQexitPipelineMode);
GUERDON_FROM_LIBPQ(PQfinish);
GUERDON_FROM_LIBPQ(PQflush);
GUERDON_FROM_LIBPQ(PQftype);
GUERDON_FROM_LIBPQ(PQgetResult);
GUERDON_FROM_LIBPQ(PQgetisnull);
GUERDON_FROM_LIBPQ(PQgetlength);
GUERDON_FROM_LIBPQ(PQgetvalue);
GUERDON_FROM_LIBPQ(PQisBusy);
GUERDON_FROM_LIBPQ(PQnfields);
GUERDON_FROM_LIBPQ(PQntuples);
GUERDON_FROM_LIBPQ(PQparameterStatus);
GUERDON_FROM_LIBPQ(PQpipelineSync);
GUERDON_FROM_LIBPQ(PQresultErrorField);
GUERDON_FROM_LIBPQ(PQresultErrorMessage);
GUERDON_FROM_LIBPQ(PQresultStatus);
GUERDON_FROM_LIBPQ(PQsendPrepare);
GUERDON_FROM_LIBPQ(PQsendQueryParams);
GUERDON_FROM_LIBPQ(PQsendQueryPrepared);
GUERDON_FROM_LIBPQ(PQserverVersion);
GUERDON_FROM_LIBPQ(PQsetNoticeProcessor);
GUERDON_FROM_LIBPQ(PQsetnonblocking);
GUERDON_FROM_LIBPQ(PQsocket);
GUERDON_FROM_LIBPQ(PQstatus);
#undef GUERDON_FROM_LIBPQ
// NOLINTEND(readability-identifier-naming)

}  // namespace guerdon::store::postgres
