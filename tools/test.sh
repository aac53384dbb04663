#!/usr/bin/env bash
# Installs what the tests need, builds them in release and runs them all.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools/install_packages.sh --with-tests
cmake --preset release -DTESSERA_TESTS=ON
cmake --build --preset release
ctest --preset release
