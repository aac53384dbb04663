#!/usr/bin/env bash
# Installs a build tree to a temporary folder and runs the program there:
#   check_install.sh SOURCE_DIR BUILD_DIR BUILD_TYPE
# It must find the files that were installed with it, and nothing of the source or build tree.
set -euo pipefail
if (($# != 3)); then
  echo "usage: check_install.sh SOURCE_DIR BUILD_DIR BUILD_TYPE" >&2
  exit 2
fi
source="$(realpath "$1")"
build="$(realpath "$2")"
build_type="$3"

dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
fail() {
  echo "install: $*" >&2
  exit 1
}

# Moved after the installation: nothing may depend on the prefix that CMake was told.
env -u DESTDIR "${CMAKE:-cmake}" --install "$build" --prefix "$dir/first" >"$dir/log.txt"
mv "$dir/first" "$dir/second"
prefix="$dir/second"
program="$prefix/bin/tessera"
share="$prefix/share/tessera"
mkdir "$dir/elsewhere"
cd "$dir/elsewhere"

# Runs the program with nothing of the environment; what it prints goes to out.txt.
tessera() {
  env -i "$program" "$@" >"$dir/out.txt" 2>"$dir/err.txt" </dev/null
}
run() {
  tessera "$@" || fail "'tessera $*' failed: $(<"$dir/err.txt")"
  [[ -s "$dir/out.txt" ]] || fail "'tessera $*' printed nothing"
}

links="$(find "$prefix" -type l)"
[[ -z "$links" ]] || fail "symbolic links were installed: $links"
for folder in arch networks; do
  diff <(cd "$source/$folder/shipped" && find . -name '*.json' | sort) \
    <(cd "$share/$folder" && find . -type f | sort) ||
    fail "share/tessera/$folder does not hold the shipped files"
done

run list archs
grep -q eyeriss_like "$dir/out.txt" || fail "'list archs' does not name eyeriss_like"
run show arch eyeriss_like
grep -q '"eyeriss_like"' "$dir/out.txt" || fail "'show arch eyeriss_like' does not show it"
run map --arch tiny --network tiny --samples 200
[[ -z "$(ls -A)" ]] || fail "'map' left files in the working folder: $(ls -A)"

# Through a link, and through PATH.
ln -s "$program" "$dir/linked"
env -i "$dir/linked" list networks >"$dir/out.txt" || fail "does not run through a symbolic link"
grep -q alexnet "$dir/out.txt" || fail "run through a symbolic link, it does not find its files"
env -i PATH="$prefix/bin" tessera list networks >"$dir/out.txt" || fail "does not run from PATH"
grep -q alexnet "$dir/out.txt" || fail "run from PATH, it does not find its files"

# Its files are these, and there are no others.
mv "$share/arch/eyeriss_like.json" "$share/arch/renamed.json"
run list archs
grep -q renamed "$dir/out.txt" || fail "'list archs' does not look into $share"
if grep -q eyeriss_like "$dir/out.txt"; then
  fail "'list archs' finds eyeriss_like outside of $share"
fi
rm -r "$share"
if tessera show arch tiny; then
  fail "without share/tessera, 'show arch tiny' still finds a file"
fi

# Assertions and debugging information name source files: only a release must not.
for path in "$source" "$build"; do
  for part in / /arch/shipped /networks/shipped /share/tessera; do
    [[ "$part" != / || "$build_type" == Release ]] || continue
    if grep --binary-files=text --quiet --fixed-strings "$path$part" "$program"; then
      fail "the program contains the path $path$part"
    fi
  done
done
echo "install: $(find "$source"/{arch,networks}/shipped -name '*.json' | wc -l) files and a program that finds them"
