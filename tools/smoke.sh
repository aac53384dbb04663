#!/usr/bin/env bash
# Runs every `tessera` command that README.md shows, in the order shown, in an empty folder:
# tools/smoke.sh [PROGRAM] (default build/release/cli/tessera).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
program="$(realpath "${1:-build/release/cli/tessera}")"
if [[ "$(basename "$program")" != tessera || ! -x "$program" ]]; then
  echo "smoke: $program is not the built program" >&2
  exit 1
fi

mapfile -t commands < <(awk '/^```/ { inside = !inside && /^```sh/ } inside && /^tessera /' README.md)
if ((${#commands[@]} == 0)); then
  echo "smoke: README.md shows no command" >&2
  exit 1
fi
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
PATH="$(dirname "$program"):$PATH"
for command in "${commands[@]}"; do
  if ! (cd "$dir" && timeout 120 bash -c "$command" >out.txt 2>err.txt </dev/null); then
    echo "smoke: failed: $command" >&2
    tail -n 20 "$dir/out.txt" "$dir/err.txt" >&2
    exit 1
  fi
done
echo "smoke: ${#commands[@]} commands of README.md"
