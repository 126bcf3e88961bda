# shellcheck shell=bash
# Part of ./dev: the Debian packages guerdon needs. Installs only what is missing, and says nothing when nothing is.

packages_for() {
  case $1 in
    build) # libboost-dev (1.74) conflicts with the versioned packages: it must never get in here
      echo g++ cmake ninja-build pkg-config ccache mold git ca-certificates tzdata curl jq \
        libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev \
        libssl-dev libfmt-dev libspdlog-dev libcli11-dev libhowardhinnant-date-dev \
        libsqlite3-dev sqlite3 libpq-dev libsodium-dev libjemalloc-dev prometheus-cpp-dev librdkafka-dev libhiredis-dev
      ;;
    test)
      echo catch2 postgresql-15 nginx kcat redis-server prometheus # the last for promtool
      # Node from elsewhere is as good as Debian's: only the programs matter.
      command -v node >/dev/null || echo nodejs
      command -v npm >/dev/null || echo npm
      ;;
    lint) echo clang-format-19 clang-tidy-19 shellcheck ;;
    *) fail "unknown purpose '$1': choose build, test or lint" ;;
  esac
}

installed() { [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

as_root() {
  if ((EUID == 0)); then
    "$@"
  else
    command -v sudo >/dev/null || fail "run this once as root, or install sudo: $*"
    sudo "$@"
  fi
}

apt_quietly() {
  quietly build/setup.log \
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"
}

# setup <build|test|lint>...
setup() {
  command -v dpkg-query >/dev/null || fail "only Debian 12 is set up automatically; scripts/dev-setup.sh lists what is needed"
  local missing=() purpose packages package
  for purpose in "$@"; do
    packages=$(packages_for "$purpose")
    for package in $packages; do
      installed "$package" || missing+=("$package")
    done
  done
  if ((${#missing[@]} == 0)); then
    return
  fi

  say "Installing ${missing[*]}"
  (install_quietly "${missing[@]}")
}

# In a shell of its own, so that what it forbids for a while is allowed again however it ends.
install_quietly() {
  # The tests make clusters of their own; Debian's would only take a port and memory.
  undo=()
  local no_cluster=/etc/postgresql-common/createcluster.d/guerdon-setup.conf policy=/usr/sbin/policy-rc.d
  trap '((${#undo[@]} == 0)) || as_root rm -f "${undo[@]}"' EXIT
  if [[ " $* " == *" postgresql-15 "* ]]; then
    undo+=("$no_cluster")
    as_root mkdir -p "$(dirname "$no_cluster")"
    as_root sh -c "echo 'create_main_cluster = false' >$no_cluster"
  fi
  # And start proxies and Redis servers of their own, and no monitoring; Debian's must take no port, now or after the
  # next boot.
  local service services=()
  for service in nginx redis-server prometheus; do
    if [[ " $* " == *" $service "* ]]; then services+=("$service"); fi
  done
  if ((${#services[@]} > 0)) && [[ ! -e $policy ]]; then
    undo+=("$policy")
    as_root sh -c "printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy"
  fi
  apt_quietly update
  apt_quietly install --no-install-recommends -y "$@"
  if ((${#services[@]} > 0)) && command -v systemctl >/dev/null; then
    as_root systemctl --quiet disable "${services[@]}" || true
  fi
}
