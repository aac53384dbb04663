#!/usr/bin/env bash
# Checks that every C++ file is formatted; `tools/format.sh --fix` formats them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

case "${1:-check}" in
  check) options=(--dry-run --Werror) ;;
  --fix) options=(-i) ;;
  *)
    echo "usage: tools/format.sh [--fix]" >&2
    exit 2
    ;;
esac

mapfile -d '' files < <(find core arch networks mappers cli tests \
  \( -name '*.cpp' -o -name '*.hpp' \) -print0 | sort -z)
clang-format "${options[@]}" "${files[@]}"
echo "format: ${#files[@]} files"
