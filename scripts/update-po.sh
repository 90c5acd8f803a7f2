#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# update-po.sh [FOLDER]: gather the texts of the window and merge them into the translations (assets/po/*.po); what is new
# has an empty msgstr there. With FOLDER: only write FOLDER/sonobrush.pot (what the build's target "pot" does).
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-$(mktemp -d)}
pot=$out/sonobrush.pot
options=(--from-code=UTF-8 --add-comments=TRANSLATORS --package-name=Sonobrush --no-wrap --sort-by-file
    --copyright-holder="The Sonobrush authors" --msgid-bugs-address="The Sonobrush authors")

# What the history says is written by the document, word by word.
sources="$(find src/app src/view -name '*.c' -o -name '*.ui' | LC_ALL=C sort) src/document/describe_edit.c"
# shellcheck disable=SC2086 # one word per file
xgettext "${options[@]}" --keyword=_ --keyword=N_ --keyword=C_:1c,2 --keyword=ngettext:1,2 --keyword=word:2 -o "$pot" $sources

# Tables of tools, operations, transforms, presets and parameters know no gettext; the window translates their titles and
# tips, which begin with a capital letter, and what a parameter can be, which are lists of names.
tables=$(find src/brush -name 'op_*.c' -o -name 'tool_*.c' | LC_ALL=C sort)
[ ! -d src/render/tools ] || tables+=" $(find src/render/tools -name 'tool_*.c' | LC_ALL=C sort | tr '\n' ' ')"
tables+=" $(find src/transform -name 'stft.c' -o -name 'slicq.c' -o -name '?qt.c' -o -name 'nsgt.c' -o -name 'erb.c' -o -name 'mel.c' \
    -o -name 'bark.c' -o -name 'octave_bank.h' -o -name 'presets.def' | LC_ALL=C sort | tr '\n' ' ')"
names="src/transform/bank.c src/transform/octave_bank.c src/transform/quality.c src/transform/window.c"
# shellcheck disable=SC2086
xgettext "${options[@]}" --extract-all --language=C -o "$pot.tables" $tables $names 2> >(grep -v -e 'Empty msgid' -e '^ ' >&2 || true)
# shellcheck disable=SC2086
/usr/bin/env python3 - "$pot.tables" $names << 'END'
import re, sys
lists = [l for f in sys.argv[2:] for l in re.findall(r"_names\[\] = \{([^}]*)\}", open(f, encoding="utf-8").read())]
words = "|".join(re.escape(w) for l in lists for w in re.findall(r'"([^"]*)"', l))
blocks = open(sys.argv[1], encoding="utf-8").read().split("\n\n")
kept = [b for b in blocks if '"Content-Type:' in b or re.search(rf'^msgid "([A-Z]|({words})"$)', b, re.M)]
open(sys.argv[1], "w", encoding="utf-8").write("\n\n".join(kept).rstrip() + "\n")
END

desktop=assets/desktop/io.github.sonobrush.Sonobrush
xgettext "${options[@]}" --language=Desktop -k --keyword=Name --keyword=GenericName --keyword=Comment --keyword=Keywords \
    -o "$pot.desktop" $desktop.desktop
GETTEXTDATADIRS=/usr/share/gettext xgettext "${options[@]}" -o "$pot.metainfo" $desktop.metainfo.xml
sed -i 's/charset=CHARSET/charset=UTF-8/' "$pot" "$pot".*
msgcat --use-first --no-wrap "$pot" "$pot.tables" "$pot.desktop" "$pot.metainfo" |
    sed '/^"POT-Creation-Date/d' > "$pot.new"
mv "$pot.new" "$pot"
rm -f "$pot.tables" "$pot.desktop" "$pot.metainfo"

if [ $# -eq 0 ]; then
    while read -r language; do
        msgmerge --quiet --update --backup=none --no-wrap --no-fuzzy-matching "assets/po/$language.po" "$pot"
    done < assets/po/LINGUAS
    (printf '%s\n' $sources $tables $names "$desktop.desktop" "$desktop.metainfo.xml") | LC_ALL=C sort -u > assets/po/POTFILES
    rm -r "$out"
fi
