#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# with-display.sh COMMAND...: run it on an X server (of SONO_SCREEN pixels), a session bus and under a window manager of its
# own.
exec xvfb-run -a -s "-screen 0 ${SONO_SCREEN:-1400x900}x24 -nolisten tcp" dbus-run-session -- bash -c '
    openbox > /dev/null 2>&1 & wm=$!
    sleep .4
    "$@"
    rc=$?
    kill $wm
    exit $rc' _ "$@"
