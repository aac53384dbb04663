#!/usr/bin/env bash
# Runs clang-tidy on the libraries and the program: tools/tidy.sh [BUILD_DIR] (default build/dev,
# which must be configured). First it makes sure that the checks in .clang-tidy exist and work.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build="${1:-build/dev}"

# A misspelt check name selects nothing, silently.
known="$(clang-tidy --checks='*' --list-checks | sed 's/^ *//')"
while read -r name; do
  pattern="${name//\*/.*}"
  if ! grep -qE "^${pattern}$" <<<"$known" && [[ "$name" != clang-diagnostic-* ]]; then
    echo "tidy: .clang-tidy names '$name', which no check of this clang-tidy is called" >&2
    exit 1
  fi
done < <(sed -n '/^Checks:/,/^WarningsAsErrors:/p' .clang-tidy tests/.clang-tidy |
  sed -nE 's/^  -?([a-z][A-Za-z0-9.*-]*),?$/\1/p')

sample=tests/tidy/must_fail.cpp
if report="$(clang-tidy --quiet --config-file=.clang-tidy "$sample" -- -std=c++20 2>&1)"; then
  echo "tidy: $sample was accepted; it must be rejected" >&2
  exit 1
fi
while read -r check; do
  if ! grep -qF "[$check," <<<"$report"; then
    echo "tidy: $check was not reported in $sample" >&2
    exit 1
  fi
done < <(sed -nE 's|.*// reports: ||p' "$sample")

if [[ ! -f "$build/compile_commands.json" ]]; then
  echo "tidy: $build is not configured; run cmake --preset dev" >&2
  exit 1
fi
mapfile -d '' files < <(find core arch networks mappers cli -name '*.cpp' -print0 | sort -z)
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
status=0
printf '%s\0' "${files[@]}" |
  xargs -0 -n 1 -P "$(nproc)" clang-tidy --quiet -p "$build" >"$log" 2>&1 || status=$?
grep -vE '^[0-9]+ warnings?( and [0-9]+ errors?)? generated\.$' "$log" || true
if ((status != 0)); then
  echo "tidy: failed" >&2
  exit 1
fi
echo "tidy: ${#files[@]} files"
