#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# no_gl.sh SOUND: without OpenGL the window says so, still shows the sound and still edits it.
set -euo pipefail
# shellcheck source=tests/ui/window.sh
. "$SONO_SOURCE_DIR/tests/ui/window.sh"
export GDK_DEBUG=gl-disable
start_window "$1"
wait_for 'ready edits=0 .*settled=1'
grep -q 'No OpenGL' "$work/log" || fail "no notice about missing OpenGL"
sleep .3
import -window "$(window_id "$title")" "$work/shot.png"
[ -z "${SONO_SHOTS:-}" ] || cp "$work/shot.png" "$SONO_SHOTS/no-gl.png"
colours=$(convert "$work/shot.png" -crop 1200x400+40+200 -format '%k' info:)
[ "$colours" -gt 100 ] || fail "the picture has only $colours colours"
paint 120 620 420 560
wait_for 'edits=1 queued=0 .*settled=1'
act export-edits-to "'$work/edits.json'"
act save-to "'$work/edited.wav'"
wait_for 'modified=0 saving=0'
"$cli" render "$1" --edits "$work/edits.json" -o "$work/rendered.wav" > /dev/null
cmp "$work/edited.wav" "$work/rendered.wav" || fail "the window and the command line differ"
quit_window
echo "works without OpenGL"
