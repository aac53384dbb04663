#!/usr/bin/env bash
# Every check, quick ones first. All of them run; the last line says which failed.
# The packages must be there: tools/install_packages.sh --with-checks.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if command -v ccache >/dev/null; then
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache
fi

failed=()
step() {
  local name="$1" start=$SECONDS
  shift
  echo "=== $name"
  "$@" </dev/null || failed+=("$name")
  echo "=== $name: $((SECONDS - start)) s"
}

benchmarks() {
  cmake --preset release -DTESSERA_BENCHMARKS=ON &&
    cmake --build --preset release &&
    cmake --preset release -DTESSERA_BENCHMARKS=OFF
}

step format tools/format.sh
step layers-self-test tools/check_layers.sh --self-test
step layers tools/check_layers.sh
mapfile -d '' scripts < <(find tools tests .ci -name '*.sh' -print0 | sort -z)
step shellcheck shellcheck "${scripts[@]}" .ci/run
step dev cmake --workflow --preset dev
step tidy tools/tidy.sh build/dev
step sanitize cmake --workflow --preset sanitize
step release tools/test.sh
step symbols-self-test tools/check_symbols.sh --self-test
step symbols tools/check_symbols.sh build/release
step smoke tools/smoke.sh
step benchmarks benchmarks

if ((${#failed[@]} > 0)); then
  echo "ci: failed after $SECONDS s: ${failed[*]}" >&2
  exit 1
fi
echo "ci: passed in $SECONDS s"
