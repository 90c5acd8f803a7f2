#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# record-golden.sh [BUILD]: write tests/data/golden/*.png anew, by hand, when the canvas is meant to look different.
# Look at each picture before committing it.
set -euo pipefail
cd "$(dirname "$0")/../.."
ninja -C "${1:-build}" test_golden
SONO_SOURCE_DIR=$PWD "${1:-build}"/tests/test_golden record
git status --short tests/data/golden
