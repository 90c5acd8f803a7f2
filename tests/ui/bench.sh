#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# bench.sh BUILD_FOLDER [HOUR.wav] [SCENARIO...]: how fast the window is, on a display of its own with software OpenGL. Prints
# a table. Without a file of an hour it makes one with sox (or an empty argument: ""). See bench.py for the scenarios.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
SONO_BUILD_DIR=$(realpath "${1:?bench.sh BUILD_FOLDER [HOUR.wav] [SCENARIO...]}")
export SONO_BUILD_DIR SONO_SOURCE_DIR=${here%/tests/ui} LIBGL_ALWAYS_SOFTWARE=1
hour=${2:-}
shift $(($# < 2 ? $# : 2))
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if [ -z "$hour" ]; then
    hour=$folder/hour.wav
    sox -n -r 44100 -c 2 -b 16 "$hour" synth 3600 sine 80-8000 pinknoise gain -12
fi
sox -n -r 44100 -c 2 -b 16 "$folder/short.wav" synth 10 sine 80-8000 pinknoise gain -12
echo "$(nproc) cores, load $(cut -d ' ' -f 1-3 /proc/loadavg), $(uname -sr)"
"$here/with-display.sh" /usr/bin/python3 "$here/bench.py" "$hour" "$folder/short.wav" "$@"
