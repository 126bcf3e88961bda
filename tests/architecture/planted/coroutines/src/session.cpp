// Planted: coroutine forms that g++ 12 miscompiles, and beneath them the right ones. Never compiled.
awaitable<void> wrong(socket s) {
  co_await f(Agg{1, 2});
  co_await f({1, 2});
  co_await call([s] { return 1; });
  Agg made{.a = co_await g()};
  auto x = c ? co_await h() : 0;
  co_await f(c ? a : b);
  co_await s.g(1, h(c ? a : b)).i();
  throw Failure(co_await text());
}

awaitable<void> right(socket s) {
  Agg named{1, 2};
  co_await f(std::move(named));
  auto [a, b] = co_await g();
  const auto closure = [s] { return 1; };
  co_await call(closure);
  co_await s.async_read_some(buffer, use_awaitable);
  const auto chosen = c ? a : b;
  co_await f(chosen, "why?", '?');
  if (co_await h(1)) x = c ? a : b;
}
