#!/usr/bin/env bash
# Library code returns or throws: it may not print, end the process or read the environment.
#   tools/check_symbols.sh [BUILD_DIR]  reads the symbols of its libraries (default build/release)
#   tools/check_symbols.sh --self-test  compiles one violation of each kind and expects rejection
# The library of cli is left out: the program is what prints. Standard assertions end in
# __assert_fail and __glibcxx_assert_fail, which are allowed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

forbidden='(_?_exit|exit|_Exit|quick_exit|abort'
forbidden+='|getenv|secure_getenv|setenv|putenv|system'
forbidden+='|v?printf|__v?printf_chk|v?fprintf|__v?fprintf_chk|puts|putchar|putc|fputs|fputc|fwrite|perror'
forbidden+='|stdout|stderr|_ZSt[45]w?(cout|cerr|clog))'

# Fails, naming the symbols, if an archive needs a forbidden one.
check_archives() {
  local archive found status=0
  for archive in "$@"; do
    found="$(nm --undefined-only --print-file-name "$archive" 2>/dev/null |
      grep -E " U ${forbidden}(@.*)?$" || true)"
    if [[ -n "$found" ]]; then
      echo "$found" | c++filt
      status=1
    fi
  done
  return "$status"
}

self_test() {
  local dir body
  dir="$(mktemp -d)"
  # shellcheck disable=SC2064  # the value of now is meant
  trap "rm -rf '$dir'" EXIT
  compile() {
    printf '#include <cassert>\n#include <cstdio>\n#include <cstdlib>\n%s\nvoid f(int n) { %s }\n' \
      '#include <iostream>' "$1" >"$dir/f.cpp"
    rm -f "$dir/libf.a"
    "${CXX:-c++}" -std=c++20 -O2 -c "$dir/f.cpp" -o "$dir/f.o"
    ar rc "$dir/libf.a" "$dir/f.o"
  }
  compile 'assert(n > 0);'
  if ! check_archives "$dir/libf.a" >/dev/null; then
    echo "symbols: an assertion was rejected" >&2
    exit 1
  fi
  for body in 'std::exit(n);' 'if (n) std::abort();' 'if (std::getenv("A")) throw n;' \
    'std::printf("%d", n);' 'std::puts("a");' 'std::cout << n;' 'std::cerr << n;' \
    'std::clog << n;' 'std::fprintf(stderr, "%d", n);'; do
    compile "$body"
    if check_archives "$dir/libf.a" >/dev/null; then
      echo "symbols: '$body' was accepted" >&2
      exit 1
    fi
  done
  echo "symbols: self-test passed"
}

if [[ "${1:-}" == --self-test ]]; then
  self_test
  exit 0
fi
build="${1:-build/release}"
mapfile -d '' archives < <(find "$build" -name 'libtessera_*.a' -not -name 'libtessera_cli*' \
  -not -path "$build/tests/*" -print0 | sort -z)
if ((${#archives[@]} == 0)); then
  echo "symbols: no libraries in $build; build it first" >&2
  exit 1
fi
check_archives "${archives[@]}"
echo "symbols: ${#archives[@]} libraries"
