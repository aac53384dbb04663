#!/usr/bin/env bash
# Checks the include arrows between the folders (docs/architecture.md).
#   tools/check_layers.sh              checks this tree
#   tools/check_layers.sh --self-test  plants one violation of each rule and expects its rejection
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Prints what is wrong with a file of tests/FOLDER including TARGET, or nothing. The interpreter
# must not share code with what it checks: it and what it is built on see core alone.
objection_to_test() {
  local folder="$1" target="$2"
  case "$target" in
    '<boost/'* | '<CLI/'*) echo "Boost and CLI11 stay behind the libraries that use them" ;;
    '<'*) ;;
    '"tests/support/'*) ;;
    '"core/json/'* | '"arch/'* | '"networks/'* | '"mappers/'* | '"cli/'* | '"tests/'*)
      [[ "$folder" != support && ("$folder" != oracle || "$target" == '"tests/oracle/'*) ]] ||
        echo "tests/$folder may only include core and tests/support"
      ;;
    '"core/'*) ;;
    *) echo "a quoted include starts with the name of a top-level folder" ;;
  esac
}

# Prints what is wrong with FILE including TARGET ("x/y.hpp" or <x>), or nothing.
objection() {
  local file="$1" target="$2" from folder json_code=no
  from="${file%%/*}"
  if [[ "$from" == tests ]]; then
    folder="${file#tests/}"
    objection_to_test "${folder%%/*}" "$target"
    return
  fi
  [[ "$file" == core/json/* ]] && from=core/json
  [[ "$from" == core/json || "$(basename "$file")" == *_json.* ]] && json_code=yes

  case "$target" in
    '<nlohmann/'*)
      [[ "$json_code" == yes ]] || echo "the JSON library belongs in core/json and *_json files"
      ;;
    '<boost/uuid/'*) [[ "$from" == networks || "$from" == cli ]] || echo "Boost belongs in networks" ;;
    '<boost/'*) [[ "$from" == networks ]] || echo "Boost belongs in networks" ;;
    '<CLI/'*) [[ "$from" == cli ]] || echo "CLI11 belongs in cli" ;;
    '<sqlite3.h>') [[ "$from" == cli ]] || echo "SQLite belongs in cli/explore" ;;
    '<doctest'* | '<benchmark/'*) echo "test libraries belong in tests" ;;
    '<iostream>') [[ "$from" == cli ]] || echo "only cli prints" ;;
    '<'*[/.]*) [[ "$from" != core ]] || echo "core uses the standard library alone" ;;
    '<'*) ;;
    '"core/json/'*)
      case "$from" in
        core/json | arch | networks | mappers | cli) ;;
        *) echo "$from may not include core/json" ;;
      esac
      ;;
    '"core/'*) ;;
    '"arch/'*) [[ "$from" == arch || "$from" == cli ]] || echo "$from may not include arch" ;;
    '"networks/'*)
      case "$from" in
        networks | mappers | cli) ;;
        *) echo "$from may not include networks" ;;
      esac
      ;;
    '"mappers/'*)
      [[ "$from" == mappers || "$from" == cli ]] || echo "$from may not include mappers"
      ;;
    '"cli/'*) [[ "$from" == cli ]] || echo "$from may not include cli" ;;
    '"tests/'*) echo "only tests include tests" ;;
    *) echo "a quoted include starts with the name of a top-level folder" ;;
  esac
}

# Prints every violation below the folder $1; fails if there is one.
check_tree() {
  local root="$1" violations=0 checked=0 location target why
  while IFS=$'\t' read -r location target; do
    checked=$((checked + 1))
    why="$(objection "${location%%:*}" "$target")"
    if [[ -n "$why" ]]; then
      echo "$location: includes $target: $why"
      violations=$((violations + 1))
    fi
  done < <(cd "$root" && find core arch networks mappers cli tests \
    \( -name '*.cpp' -o -name '*.hpp' \) -print0 2>/dev/null | sort -z |
    xargs -0 -r grep -HnE '^[[:space:]]*#[[:space:]]*include' |
    sed -E 's/^([^:]+:[0-9]+):[^"<]*(["<][^">]*[">]?).*/\1\t\2/')
  echo "layers: $checked includes, $violations violations"
  ((violations == 0 && checked > 0))
}

self_test() {
  local root file include
  root="$(mktemp -d)"
  # shellcheck disable=SC2064  # the value of now is meant
  trap "rm -rf '$root'" EXIT
  mkdir -p "$root"/{core/json,arch,networks,mappers,cli,tests/{oracle,support,published}}
  printf '#include "core/layer.hpp"\n#include <vector>\n' >"$root/core/layer.cpp"
  printf '#include "core/json/json_reader.hpp"\n' >"$root/arch/architecture_json.cpp"
  printf '#include <nlohmann/json.hpp>\n' >"$root/core/json/json_reader.hpp"
  printf '#include <boost/graph/adjacency_list.hpp>\n' >"$root/networks/network.hpp"
  printf '#include "networks/network.hpp"\n' >"$root/mappers/network_mapper.cpp"
  printf '#include <CLI/CLI.hpp>\n#include "arch/a.hpp"\n#include "mappers/m.hpp"\n' \
    >"$root/cli/flags.cpp"
  printf '#include <doctest/doctest.h>\n#include <iostream>\n#include "tests/oracle/o.hpp"\n' \
    >"$root/tests/oracle/oracle_test.cpp"
  printf '#include <nlohmann/json.hpp>\n#include "tests/oracle/o.hpp"\n#include "cli/run.hpp"\n' \
    >"$root/tests/published/published_test.cpp"
  if ! check_tree "$root" >/dev/null; then
    check_tree "$root" || true
    echo "layers: the self-test's clean tree was rejected" >&2
    exit 1
  fi
  while read -r file include; do
    printf '#include %s\n' "$include" >"$root/$file"
    if check_tree "$root" >/dev/null; then
      echo "layers: $file including $include was accepted" >&2
      exit 1
    fi
    rm "$root/$file"
  done <<'END'
core/planted.cpp "cli/run.hpp"
core/planted.cpp "mappers/mapper.hpp"
core/planted.cpp "arch/architecture_json.hpp"
core/planted.cpp "networks/network.hpp"
core/planted.cpp "core/json/json_reader.hpp"
core/planted.cpp <nlohmann/json.hpp>
core/planted.cpp <boost/container/small_vector.hpp>
core/planted.cpp <unistd.h>
core/planted.cpp <iostream>
core/json/planted.cpp "arch/architecture_json.hpp"
arch/planted.cpp "networks/network.hpp"
arch/planted.cpp "mappers/mapper.hpp"
arch/planted.cpp <nlohmann/json.hpp>
networks/planted.cpp "arch/architecture_json.hpp"
networks/planted.cpp "mappers/mapper.hpp"
mappers/planted.cpp "arch/architecture_json.hpp"
mappers/planted.cpp "cli/run.hpp"
mappers/planted.cpp <nlohmann/json.hpp>
mappers/planted.cpp <boost/graph/adjacency_list.hpp>
mappers/planted.cpp <CLI/CLI.hpp>
mappers/planted.cpp <sqlite3.h>
mappers/planted.cpp <boost/uuid/uuid.hpp>
cli/planted.cpp <nlohmann/json.hpp>
cli/planted.cpp <boost/graph/adjacency_list.hpp>
cli/planted.cpp "tests/support/cases.hpp"
cli/planted.cpp <doctest/doctest.h>
cli/planted.cpp "../core/layer.hpp"
tests/oracle/planted.cpp "mappers/mapper.hpp"
tests/oracle/planted.cpp "core/json/json_reader.hpp"
tests/support/planted.cpp "networks/network.hpp"
tests/support/planted.cpp "tests/oracle/loop_nest.hpp"
tests/oracle/planted.cpp "tests/cli/program_run.hpp"
tests/published/planted.cpp <boost/graph/adjacency_list.hpp>
tests/published/planted.cpp "cases.hpp"
END
  echo "layers: self-test passed"
}

case "${1:-}" in
  '') check_tree . ;;
  --self-test) self_test ;;
  *)
    echo "usage: tools/check_layers.sh [--self-test]" >&2
    exit 2
    ;;
esac
