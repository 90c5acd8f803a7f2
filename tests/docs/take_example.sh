#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# take_example.sh PAGE REGISTRY FOLDER: what docs/add-a-transform.md says, as files: third.c, and a registry with its row.
# shellcheck disable=SC2016  # the backticks are the page's
set -eu
page=$1 registry=$2 out=$3
sed -n '/^```c$/,/^```$/{/^```/d;p;}' "$page" > "$out/third.c"
row=$(sed -n 's/^\*\*2\. The row\*\*, `\(SONO_TRANSFORM(.*)\)` in .*/\1/p' "$page")
if [ ! -s "$out/third.c" ] || [ -z "$row" ]; then
    echo "$page: the example's file or its row is not where it was" >&2
    exit 1
fi
{ cat "$registry/transforms.def"; echo "$row"; } > "$out/transforms.def"
cp "$registry/transforms.c" "$out/transforms.c"
