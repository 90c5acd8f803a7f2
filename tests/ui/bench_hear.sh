#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# bench_hear.sh BUILD_FOLDER: how soon a stroke is heard (24 of them), and 50 times a sound server that is killed or stopped,
# on a display and beside a JACK server of its own, with real-time threads where the user may have them.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
SONO_BUILD_DIR=$(realpath "${1:?bench_hear.sh BUILD_FOLDER}")
export SONO_BUILD_DIR SONO_SOURCE_DIR=${here%/tests/ui} LIBGL_ALWAYS_SOFTWARE=1 REALTIME=1
export SONO_AUDIO=$SONO_BUILD_DIR/src/device/sonobrush-audio SONO_CODEC=$SONO_BUILD_DIR/src/codec/sonobrush-codec
echo "$(nproc) cores, load $(cut -d ' ' -f 1-3 /proc/loadavg), $(uname -sr)"
hear()
{
    SONO_ROUNDS=$2 "$here/../rt/with-loopback.sh" -- "$here/with-display.sh" /usr/bin/python3 -B "$here/test_hear.py" "$1"
}
hear stroke 24
hear loss 50
