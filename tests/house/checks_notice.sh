#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Breaks each rule of scripts/check.sh once in a scratch tree; every check must notice its own, and only its own.
set -uo pipefail
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
check=$SONO_SOURCE_DIR/scripts/check.sh
failed=0

fresh()
{
    rm -rf "${tree:?}"/*
    mkdir -p "$tree"/src/{base,view,cli,codec} "$tree"/docs
    printf '/* SPDX-License-Identifier: GPL-3.0-or-later */\n#include <stdio.h>\n' > "$tree/src/base/good.c"
}

# expect RULE TEXT: the check ends with 1 and prints TEXT
expect()
{
    output=$(SONO_CHECK_ROOT=$tree "$check" "$1" 2>&1)
    if [ $? -ne 1 ] || [[ $output != *"$2"* ]]; then
        echo "rule $1 did not notice: wanted '$2', got '$output'"
        failed=1
    fi
}

fresh
for rule in spdx length includes paths docs; do
    if ! output=$(SONO_CHECK_ROOT=$tree "$check" $rule 2>&1); then
        echo "rule $rule complains about a good tree: $output"
        failed=1
    fi
done

echo 'int x;' > "$tree/src/base/bare.c"
expect spdx 'src/base/bare.c: no SPDX line'
fresh
yes '/* SPDX-License-Identifier: GPL-3.0-or-later */' | head -n 601 > "$tree/src/view/long.c"
expect length 'src/view/long.c: 601 lines'
fresh
echo '#include <gtk/gtk.h>' >> "$tree/src/cli/window.c"
expect includes 'src/cli/window.c:1'
fresh
echo '#include <sndfile.h>' >> "$tree/src/base/good.c"
expect includes 'src/base/good.c:3'
fresh
echo '  #include "../codec/wire.h"' >> "$tree/src/base/good.c"
expect includes 'climbs'
fresh
echo "see /ho""me/somebody/notes" > "$tree/docs/a.md"
expect paths 'docs/a.md:1'
fresh
echo 'const char *s = getenv("SONO_NEW");' >> "$tree/src/base/good.c"
expect docs 'SONO_NEW is read, but not listed'
fresh
echo 'see [that](nowhere.md)' > "$tree/docs/a.md"
expect docs 'docs/a.md:1: nowhere.md does not exist'

[ $failed -eq 0 ] && echo "every rule notices"
exit $failed
