#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# check_shader_texts.sh WRITER FOLDER GLSLANG: write every specialised shader text, compile each with glslangValidator.
set -euo pipefail
rm -rf "$2"
mkdir -p "$2"
"$1" "$2"
n=$(find "$2" -type f | wc -l)
[ "$n" -ge 160 ] || { echo "only $n texts were written"; exit 1; }
find "$2" -type f -print0 | xargs -0 "$3" > "$2.log" || { grep -B1 -A2 ERROR "$2.log" || cat "$2.log"; exit 1; }
# a text that must be refused is: the check can fail
broken=$(find "$2" -name '*.frag' -print -quit)
sed 's/void main()/void main(int x)/' "$broken" > "$2/broken.frag"
if "$3" "$2/broken.frag" > /dev/null; then
    echo "the compiler accepts a broken text"
    exit 1
fi
echo "$n shader texts compile"
