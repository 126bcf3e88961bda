# Two stages: the first builds as ./dev does everywhere, the second holds the binary and the libraries it loads.
FROM debian:bookworm AS build
WORKDIR /src
COPY dev ./
COPY scripts ./scripts
RUN ./dev setup build
COPY . .
RUN ./dev build && strip build/release/guerdon

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      ca-certificates \
      libdate-tz3 \
      libfmt9 \
      libhiredis0.14 \
      libpq5 \
      libprometheus-cpp-core1.0 \
      librdkafka1 \
      libspdlog1.10 \
      libsqlite3-0 \
      libssl3 \
      tzdata \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --user-group --no-create-home --home-dir /data guerdon \
 && install -d -o guerdon -g guerdon -m 0700 /data
COPY --from=build /src/build/release/guerdon /usr/local/bin/guerdon
# A library that is missing above fails the image's build, not its start; libpq is loaded only for PostgreSQL.
RUN guerdon --version && ldconfig -p | grep -q 'libpq\.so\.5'

USER guerdon
ENV GUERDON_DATABASE__URL=sqlite:/data/guerdon.db
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["guerdon", "health", "--url", "http://127.0.0.1:8080/healthz"]
ENTRYPOINT ["guerdon"]
CMD ["serve"]
