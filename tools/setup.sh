#!/usr/bin/env bash
# From a bare Debian 12 to a first result: installs the packages, builds the program and shows
# what AlexNet costs on an Eyeriss-like accelerator.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools/install_packages.sh
cmake --preset release -DTESSERA_TESTS=OFF
cmake --build --preset release
build/release/cli/tessera map --arch eyeriss_like --network alexnet
