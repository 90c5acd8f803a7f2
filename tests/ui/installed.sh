#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# installed.sh: what `cmake --install` puts into a folder is valid, and the program starts from there, in German.
set -euo pipefail
# shellcheck source=tests/ui/window.sh
. "$SONO_SOURCE_DIR/tests/ui/window.sh"
export XDG_STATE_HOME=$work/state
root=$work/root
id=io.github.sonobrush.Sonobrush
DESTDIR=$root cmake --install "$SONO_BUILD_DIR" --prefix /usr > "$work/install.log" || fail "$(cat "$work/install.log")"
share=$root/usr/share

desktop-file-validate "$share/applications/$id.desktop"
appstreamcli validate --no-net "$share/metainfo/$id.metainfo.xml" > "$work/out" || fail "$(cat "$work/out")"
grep -q '^Comment\[de\]=' "$share/applications/$id.desktop" || fail "the desktop file knows no German"
mandoc -T lint -W warning "$share"/man/man1/*.1 || fail "the man pages"
cp -r "$share/mime" "$work/mime"
XDG_DATA_HOME=$work/mime update-mime-database "$work/mime" 2> /dev/null || fail "the MIME types"
for glob in rf64:audio/x-rf64 w64:audio/x-w64 caf:audio/x-caf; do
    grep -q "${glob#*:}:\*\.${glob%%:*}$" "$work/mime/globs" || fail "no type for .${glob%%:*}"
done
for type in $(sed -n 's/^MimeType=//p' "$share/applications/$id.desktop" | tr ';' ' '); do
    grep -qsF "\"$type\"" /usr/share/mime/packages/freedesktop.org.xml "$share/mime/packages/$id.xml" ||
        fail "nobody defines $type"
done

# nothing of the build is used: other codec, other texts
unset SONO_CODEC
app=$root/usr/bin/sonobrush
cli=$root/usr/bin/sonobrush-cli
"$cli" info /usr/share/sounds/alsa/Noise.wav > /dev/null || fail "sonobrush-cli does not find its codec"
export LANGUAGE=de
"$app" --help | grep -q 'Ein neues Fenster' || fail "the help is not in German"
LANGUAGE=de "$SONO_BUILD_DIR/src/app/sonobrush" --help | grep -q 'Ein neues Fenster' || fail "nor in the build folder"
start_window /usr/share/sounds/alsa/Noise.wav
wait_for 'ready edits=0'
act app.preferences
for _ in $(seq 100); do
    [ -z "$(xdotool search --onlyvisible --name '^Einstellungen$' 2> /dev/null)" ] || break
    sleep .05
done
[ -n "$(xdotool search --onlyvisible --name '^Einstellungen$')" ] || fail "the preferences are not in German"
quit_window
echo "installed and German"
