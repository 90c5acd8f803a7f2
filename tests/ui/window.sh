# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# For the window's tests: start it in a folder of its own ($work), drive its actions over D-Bus, wait for its status.
# shellcheck disable=SC2034 # some of these are for the scripts that read this one
set -euo pipefail
title='\.(wav|flac)$' # the windows' titles are the names of their files
app=$SONO_BUILD_DIR/src/app/sonobrush
cli=$SONO_BUILD_DIR/src/cli/sonobrush-cli
work=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
trap 'echo "FAILED: line $LINENO of $0: $BASH_COMMAND" >&2' ERR
export HOME=$work XDG_CACHE_HOME=$work/cache XDG_CONFIG_HOME=$work/config XDG_DATA_HOME=$work/data
export GTK_A11Y=none GSETTINGS_BACKEND=memory G_DEBUG=fatal-criticals LC_ALL=C.UTF-8
bus=io.github.sonobrush.Sonobrush
object=/io/github/sonobrush/Sonobrush

fail()
{
    echo "FAILED: $*" >&2
    [ ! -f "$work/log" ] || tail -n 20 "$work/log" >&2
    exit 1
}

start_window() # FILE
{
    "$app" "$1" > "$work/log" 2>&1 &
    pid=$!
}

status() # [WINDOW]
{
    gdbus call --session -d $bus -o "$object/window/${1:-1}" -m org.gtk.Actions.Describe status 2> /dev/null || true
}

# wait_for PATTERN [WINDOW]: until the status matches, at most 30 s (80 under a sanitizer: SONO_SLOW)
wait_for()
{
    for _ in $(seq "${SONO_SLOW:+1}600"); do
        kill -0 "$pid" 2> /dev/null || fail "the window has ended"
        if status "${2:-1}" | grep -qE "$1"; then
            return
        fi
        sleep .05
    done
    fail "no status '$1', but $(status "${2:-1}")"
}

# act ACTION [VALUE]: of the window; app.ACTION: of the application
act()
{
    local path=$object/window/1
    [[ $1 != app.* ]] || path=$object
    gdbus call --session -d $bus -o "$path" -m org.gtk.Actions.Activate "${1#app.}" "[${2:+<$2>}]" '{}' > /dev/null
}

window_id()
{
    xdotool search --onlyvisible --name "$1" | head -n 1
}

# paint X0 Y0 X1 Y1: a stroke with the mouse, in pixels of the window named in $title
paint()
{
    local id
    id=$(window_id "$title")
    xdotool mousemove --window "$id" "$1" "$2" mousedown 1
    for i in $(seq 12); do
        xdotool mousemove --window "$id" $(($1 + ($3 - $1) * i / 12)) $(($2 + ($4 - $2) * i / 12))
        sleep .01
    done
    [ -z "${shot:-}" ] || import -window "$id" "$shot"
    xdotool mouseup 1
}

quit_window()
{
    act app.quit
    wait "$pid" || fail "the window ended with $?"
    pid=
    ! grep -E 'CRITICAL|WARNING' "$work/log" || fail "complaints in the log"
}
