# SPDX-License-Identifier: GPL-3.0-or-later
"""Hearing with the window: what a stroke does is heard at once; devices that vanish and come back."""
import os
import statistics
import sys
import time

import hear
from sonoui import SLOW, check, run

ROUNDS = int(os.environ.get("SONO_ROUNDS", "0"))


def test_stroke(home):
    """The change of a stroke is heard right after the pen is lifted."""
    found, xruns, late = hear.strokes_heard(home, ROUNDS or 6)
    found.sort()
    print(f"release to heard edit, {len(found)} strokes: median {statistics.median(found):.1f} ms, from {found[0]:.1f} to "
          f"{found[-1]:.1f} ms; {xruns} xruns, {late} in the other client")
    check(SLOW or statistics.median(found) <= 250.0, "later than any busy machine explains")


def test_loss(home):
    """The sound server is killed, or stands still: it is said within 2 s, and playing goes on when it is back."""
    server = hear.Server()
    path = home / "noise.wav"
    hear.tap.write_wav(path, hear.tap.noise(48000 * 4, 2, level=0.1), 48000)
    app = hear.Player(home, path)
    app.wait_ready()
    app.set_state("loop", hear.GLib.Variant("b", True))
    app.play()
    noticed, back = [], []
    try:
        for i in range(ROUNDS or 4):
            time.sleep(0.4)
            (server.stop if i % 2 else server.kill)()
            noticed.append(app.wait_listening(device="lost", patience_s=10))
            (server.go_on if i % 2 else server.start)()
            began = time.monotonic()
            app.wait_listening("playing", "running")
            app.wait_moving()
            back.append(time.monotonic() - began)
            print(f"{'stopped' if i % 2 else 'killed'}: noticed after {noticed[-1]:.2f} s, sounds {back[-1]:.2f} s after "
                  "its return", flush=True)
        app.act("stop")
        app.wait_listening("stopped")
    finally:
        server.end()
    stalls = [line for line in app.log().splitlines() if hear.STALL.search(line)]
    print(f"{len(noticed)} rounds: noticed after {max(noticed):.2f} s at most; {len(stalls)} turns of the main loop above 100 ms")
    for line in stalls:
        print(line)
    check(SLOW or max(noticed) <= 2.0, f"noticed after {max(noticed):.2f} s")
    app.quit()


CASES = {name[5:]: case for name, case in list(globals().items()) if name.startswith("test_")}
run(CASES, sys.argv[1:])
