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
    found, xruns, late = hear.strokes_heard(home, ROUNDS or 4)
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
        for i in range(ROUNDS or 2):
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


def attacked(home, sound, **more):
    path = home / "sound.wav"
    hear.tap.write_wav(path, sound, 48000)
    app = hear.Player(home, path, **more)
    app.wait_ready()
    return app


def test_child(home):
    """sonobrush-audio is killed, or stands still, while it plays: another one goes on; no descriptor or thread is left."""
    app = attacked(home, hear.tap.noise(48000 * 4, 2, level=0.1), device="virtual")
    app.set_state("loop", hear.GLib.Variant("b", True))
    app.play()
    usual = app.resources()
    for i in range(ROUNDS or 2):
        hear.wait_until(lambda: len(app.children()) == 1, lambda: f"one child, but {app.children()}")  # some are let go slowly
        child = app.children()
        os.kill(child[0], hear.signal.SIGSTOP if i % 2 else hear.signal.SIGKILL)
        hear.wait_until(lambda: set(app.children()) - set(child), "another child")
        app.wait_listening("playing", "running")
        app.wait_moving()
    hear.wait_until(lambda: len(app.children()) == 1 and all(n <= before for n, before in zip(app.resources()[:2], usual)),
                    lambda: f"at most {usual[:2]} threads and descriptors, but {app.resources()[:2]}")
    app.act("stop")
    app.wait_listening("stopped")
    app.quit()


def test_no_program(home):
    """Without sonobrush-audio everything else works."""
    app = attacked(home, hear.tap.noise(48000 * 4, 2), env={"SONO_AUDIO": "/nowhere/sonobrush-audio"})
    app.act("play")
    app.wait_listening(device="lost")
    app.act("select", hear.GLib.Variant("(dddd)", (0.2, 0.8, 300.0, 3000.0)))
    app.act("apply")
    app.wait_ready(edits=1)
    app.act("undo")
    app.wait_ready(edits=0)
    app.act("stop")
    app.wait_listening("stopped")
    app.quit()


def test_extremes(home):
    """A file of one frame, one of 256 channels; playing at the very end; a loop of 1 ms."""
    one = hear.tap.noise(1, 1)
    app = attacked(home, one, device="virtual")
    app.act("play")
    app.wait_listening("stopped", "running")
    app.quit()
    app = attacked(home, hear.tap.noise(48000, 256, level=0.1), device="virtual")
    app.play()
    app.act("select", hear.GLib.Variant("(dddd)", (0.5, 0.501, 0.0, 24000.0)))
    app.set_state("loop", hear.GLib.Variant("b", True))
    time.sleep(0.5)
    at = app.listening()[1]
    check(0.499 <= at <= 0.502, f"the loop of 1 ms is at {at}")
    app.act("stop")
    app.wait_listening("stopped")
    app.set_state("loop", hear.GLib.Variant("b", False))
    app.act("select-none")
    app.act("seek", hear.GLib.Variant("d", 1.0))
    app.act("play")  # from the end there is nothing: from the beginning
    app.wait_listening(device="running")
    app.act("stop")
    app.wait_listening("stopped")
    app.quit()


def test_storm(home):
    """Edits, undo and redo while it plays; the device is unplugged and changes its rate all the while."""
    for device in ("virtual:unplug_s=0.7", "virtual:rate_change_s=0.5"):
        app = attacked(home, hear.tap.noise(48000 * 4, 2, level=0.3), device=device)
        app.set_state("loop", hear.GLib.Variant("b", True))
        app.act("play")
        for i in range(12):
            t_s = 0.25 * i
            app.act("select", hear.GLib.Variant("(dddd)", (t_s, t_s + 0.5, 300.0, 3000.0)))
            app.act("apply")
            app.act("seek", hear.GLib.Variant("d", t_s))
        for _ in range(8):
            app.act("undo")
            app.act("undo")
            app.act("redo")
            app.act("play-delta")
            app.act("play-around")
        app.wait_ready()
        for _ in range(40):
            if app.status()["edits"] == 0:
                break
            app.act("undo")
            app.wait_ready()
        app.act("stop")
        app.wait_listening("stopped")
        app.act("play")
        app.wait_listening("playing", "running")
        app.wait_moving()
        app.act("stop")
        app.wait_listening("stopped")
        app.wait_ready(modified=0)
        app.quit()


def test_windows(home):
    """Two windows: the one that plays last is heard, the other one stops and stays of use."""
    path = home / "other.wav"
    hear.tap.write_wav(path, hear.tap.noise(44100 * 4, 1, level=0.3), 44100)
    app = attacked(home, hear.tap.noise(48000 * 4, 2, level=0.3), device="virtual")
    hear.subprocess.run([f"{hear.tap.BUILD}/src/app/sonobrush", path], check=True, timeout=30,
                        env=dict(os.environ, HOME=home.path, XDG_CONFIG_HOME=home / "config"))
    app.wait_ready(window=2)
    for turn in range(6):
        mine, other = 1 + turn % 2, 2 - turn % 2
        app.act("play", window=mine)
        app.wait_listening("playing", "running", window=mine)
        app.wait_moving(window=mine)
        app.wait_listening("stopped", window=other)
    app.act("stop", window=2)
    app.wait_listening("stopped", window=2)
    app.quit()


CASES = {name[5:]: case for name, case in list(globals().items()) if name.startswith("test_")}
run(CASES, sys.argv[1:])
