#!/usr/bin/env bash
# A sweep that is killed ten times at random, and one that two processes run at once, end in the
# database of an undisturbed run: check_kills.sh PROGRAM
set -euo pipefail
program="$(realpath "$1")"
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cat >sweep.json <<'END'
{ "name": "kills", "arch": "tiny", "networks": ["tiny"], "factors": "perfect",
  "layers": ["fc", "conv3"],
  "vary": {"buffer.capacity_kib": {"powers_of_two": [1, 16]}, "PE.axes.row": [2, 4, 8],
           "PE.axes.column": [2, 4], "DRAM.read_pj": {"range": [100, 3000], "step": 100}} }
END

# Everything but times, in an order of its own.
contents() {
  "$program" sweep sweep.json --db "$1" --quiet --json - |
    sed -e '/"command"/,/\]/d' >"$1.points"
  python3 - "$1" <<'END'
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
for table, drop in (("identity", set()), ("layers", {"seconds"}), ("points", {"seconds", "finished"})):
    cursor = database.execute(f"SELECT * FROM {table}")
    names = [column[0] for column in cursor.description]
    rows = sorted(tuple((n, v) for n, v in zip(names, row) if n not in drop) for row in cursor)
    for row in rows:
        print(table, row)
END
  cat "$1.points"
}

start=$(date +%s%N)
"$program" sweep sweep.json --db whole.sqlite --quiet
took=$((($(date +%s%N) - start) / 1000000))

RANDOM=7
killed=0
for ((i = 0; i < 10; ++i)); do
  "$program" sweep sweep.json --db killed.sqlite --quiet &
  pid=$!
  wait_ms=$((RANDOM % (took / 6 + 1)))
  sleep "$(printf '%d.%03d' $((wait_ms / 1000)) $((wait_ms % 1000)))"
  if kill -9 "$pid" 2>/dev/null; then
    killed=$((killed + 1))
  fi
  wait "$pid" 2>/dev/null || true
done
"$program" sweep sweep.json --db killed.sqlite --quiet

"$program" sweep sweep.json --db shared.sqlite --quiet &
first=$!
"$program" sweep sweep.json --db shared.sqlite --quiet
wait "$first"

contents whole.sqlite >whole.txt
for other in killed shared; do
  contents "$other.sqlite" >"$other.txt"
  if ! diff whole.txt "$other.txt" >difference.txt; then
    echo "kills: $other.sqlite differs from the undisturbed one:" >&2
    head -n 5 difference.txt >&2
    exit 1
  fi
done
points="$(grep -c '^points' whole.txt)"
if ((killed < 5 || points < 300)); then
  echo "kills: only $killed of 10 processes were still running when killed ($took ms, $points points)" >&2
  exit 1
fi
echo "kills: $killed kills, two processes at once: $points points, the same database"
