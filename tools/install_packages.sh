#!/usr/bin/env bash
# Installs the Debian 12 packages that are missing, as root or with sudo.
#   tools/install_packages.sh                what building and running the program needs
#   tools/install_packages.sh --with-tests   and what the tests need
#   tools/install_packages.sh --with-checks  and what tools/ci.sh needs
set -euo pipefail

packages=(g++ cmake ninja-build nlohmann-json3-dev libcli11-dev libboost-graph-dev libtbb-dev
  libjs-vega libsqlite3-dev robin-map-dev)
tests=(doctest-dev python3-jsonschema)
checks=(chromium clang-format clang-tidy shellcheck libbenchmark-dev munge slurmctld slurmd
  slurm-client)

case "${1:-}" in
  '') ;;
  --with-tests) packages+=("${tests[@]}") ;;
  --with-checks) packages+=("${tests[@]}" "${checks[@]}") ;;
  *)
    echo "usage: tools/install_packages.sh [--with-tests|--with-checks]" >&2
    exit 2
    ;;
esac

missing=()
for package in "${packages[@]}"; do
  # shellcheck disable=SC2016  # ${Status} is dpkg's own variable
  status="$(dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null || true)"
  [[ "$status" == 'install ok installed' ]] || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
  echo "packages: all ${#packages[@]} are installed"
  exit 0
fi

as_root=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    echo "packages: ${missing[*]} are missing; run this as root or install sudo" >&2
    exit 1
  fi
  as_root=(sudo)
fi
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o Acquire::Retries=3)

echo "packages: installing ${missing[*]}"
"${apt[@]}" update </dev/null
"${apt[@]}" install -y --no-install-recommends "${missing[@]}" </dev/null
