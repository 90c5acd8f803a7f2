#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# closing.sh SOUND: numbers typed for the selection; restoring from an earlier state; a window with changes asks before
# it closes, stays on Escape, and on Save closes when the file is written: what is on disk is what the edits say. A
# window that is still reading its file closes at once.
set -euo pipefail
# shellcheck source=tests/ui/window.sh
. "$SONO_SOURCE_DIR/tests/ui/window.sh"
sound=$1
command -v sox > /dev/null || fail "sox is needed to make a long sound"

# field N TEXT: type into the Nth field of the status bar (0: Start), as a user does
field()
{
    local id width height
    id=$(window_id "$title")
    eval "$(xdotool getwindowgeometry --shell "$id" | grep -E '^(WIDTH|HEIGHT)=' | sed 's/^/local /')"
    width=$WIDTH height=$HEIGHT
    xdotool mousemove --window "$id" $((width - ${fields_px[$1]})) $((height - 20)) click 1
    sleep .2
    xdotool key ctrl+a type "$2"
    xdotool key Return
}
fields_px=(700 570 420 310 190 80) # from the right edge

start_window "$sound"
wait_for 'ready edits=0 .*settled=1 selected=0'
field 0 "0.2"
wait_for 'selected=1'
field 1 "600 ms"
field 3 "A4"
field 5 "2 kHz"
sleep .3
xdotool key Return # the keys are the canvas's again: apply
wait_for 'edits=1 queued=0'
act export-edits-to "'$work/edits.json'"
wait_for 'saving=0'
python3 - "$work/edits.json" << 'PYTHON'
import json, sys
edit = json.load(open(sys.argv[1]))["edits"][0]
box = edit["mask"]["shapes"][0]
wanted = {"t0_s": 0.2, "t1_s": 0.6, "f0_hz": 440.0, "f1_hz": 2000.0}
assert edit["operation"] == "gain", edit
for name, value in wanted.items():
    assert abs(box[name] - value) < 1e-3, (name, box)
PYTHON

# part of it as it was
act select "(0.3, 0.5, 440.0, 2000.0)"
act restore-from "uint32 0"
wait_for 'edits=2 queued=0'
act go-to "uint32 1"
wait_for 'edits=1 '
act go-to "uint32 2"
wait_for 'edits=2 '

# asks, stays, asks, saves, closes; away from the fields: GTK 4.8 complains of a tooltip that shows as its window goes
xdotool mousemove --window "$(window_id "$title")" 500 400
act close
sleep .7
kill -0 "$pid" || fail "closed without asking"
xdotool key Escape
wait_for 'edits=2 .*modified=1'
act save-to "'$work/out.wav'"
wait_for 'modified=0 saving=0'
act undo
wait_for 'edits=1 queued=0 modified=1'
act export-edits-to "'$work/edits.json'"
wait_for 'saving=0'
act close
sleep .7
xdotool key Return # Save is the default
wait "$pid" || fail "the window ended with $?"
pid=
"$cli" render "$sound" --edits "$work/edits.json" -o "$work/rendered.wav" > /dev/null
cmp "$work/out.wav" "$work/rendered.wav" || fail "what was saved on closing is not what was edited"
[ -z "$(find "$work/state" -name '*.json' 2> /dev/null)" ] || fail "edits of a saved sound were kept for recovery"

# closing while the file is being read
sox "$sound" -c 2 "$work/long.wav" repeat 900
title='long.wav'
start_window "$work/long.wav"
wait_for 'opening|ready'
act close
wait "$pid" || fail "the window ended with $?"
pid=
! grep -E 'CRITICAL|WARNING' "$work/log" || fail "complaints in the log"
echo "asks, keeps, saves and closes"
