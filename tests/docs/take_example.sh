#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# take_example.sh PAGE REGISTRY FOLDER: what docs/add-a-transform.md says, as files: third.c, and a registry with its row.
set -eu
page=$1 registry=$2 out=$3
sed -n '/^```c$/,/^```$/{/^```/d;p;}' "$page" > "$out/third.c"
row=$(sed -n 's/^\*\*2\. The row\*\*, `\(SONO_TRANSFORM(.*)\)` in .*/\1/p' "$page")
[ -s "$out/third.c" ] && [ -n "$row" ] || { echo "$page: the example's file or its row is not where it was" >&2; exit 1; }
{ cat "$registry/transforms.def"; echo "$row"; } > "$out/transforms.def"
cp "$registry/transforms.c" "$out/transforms.c"
