# SPDX-License-Identifier: GPL-3.0-or-later
"""The window that plays, for test_hear.py and bench_hear.py: on a device of choice, with a pen whose release is known to
the millisecond, beside a JACK server that can be killed, stopped and started again (with-loopback.sh)."""
import ctypes
import os
import re
import signal
import subprocess
import sys
import time

from sonoui import App, GLib, SOURCE, STALL, check, wait_until  # noqa: F401

sys.path.insert(0, os.path.join(SOURCE, "tests", "rt"))
import tap  # noqa: E402

WORDS = re.compile(r"(\w+) position=([\d.]+) device=(\w+) xruns=(\d+)")


class Pen:
    """A pointer without a process for each of its moves."""

    def __init__(self):
        self.x11 = ctypes.CDLL("libX11.so.6")
        self.test = ctypes.CDLL("libXtst.so.6")
        self.x11.XOpenDisplay.restype = ctypes.c_void_p
        self.display = ctypes.c_void_p(self.x11.XOpenDisplay(None))
        check(self.display, "no display")

    def move(self, x, y):
        self.test.XTestFakeMotionEvent(self.display, -1, int(x), int(y), ctypes.c_ulong(0))
        self.x11.XFlush(self.display)

    def button(self, down):
        """When it was asked for, in ns of CLOCK_MONOTONIC."""
        now_ns = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        self.test.XTestFakeButtonEvent(self.display, 1, int(down), ctypes.c_ulong(0))
        self.x11.XFlush(self.display)
        return now_ns


class Player(App):
    """A window that plays on a device."""

    def __init__(self, home, *files, device="loopback", env=None, settings=(), **more):
        folder = home / "config/sonobrush"
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "settings.ini"), "w", encoding="utf-8") as f:
            f.write(f"[sound]\naudio-device={device}\n" + "".join(f"{line}\n" for line in settings))
        super().__init__(home, *files, env=env, **more)

    def listening(self, window=1):
        """(what it does, position in s, device, xruns)"""
        words = WORDS.match(self.state("listening", window) or "")
        return (words[1], float(words[2]), words[3], int(words[4])) if words else ("", 0.0, "", 0)

    def wait_listening(self, does=None, device=None, patience_s=30, window=1):
        """How long it took."""
        began = time.monotonic()

        def there():
            self.check_alive()
            now = self.listening(window)
            return (does is None or now[0] == does) and (device is None or now[2] == device)
        wait_until(there, lambda: f"{does} on a device that is {device}, but {self.listening(window)}", patience_s)
        return time.monotonic() - began

    def wait_moving(self, patience_s=30, window=1):
        """Until the position goes on, which it does only when the device takes sound."""
        before = self.listening(window)[1]
        began = time.monotonic()
        wait_until(lambda: self.listening(window)[1] != before, f"the position stays at {before}", patience_s)
        return time.monotonic() - began

    def play(self, what="play"):
        self.act(what)
        self.wait_listening("playing", "running")
        self.wait_moving()

    def children(self):
        """Process ids of its sonobrush-audio."""
        found = subprocess.run(["pgrep", "-P", str(self.process.pid), "-x", "sonobrush-audio"], capture_output=True,
                               text=True, check=False).stdout.split()
        return [int(pid) for pid in found]

    def resources(self):
        """(threads, descriptors, resident bytes)"""
        base = f"/proc/{self.process.pid}"
        with open(f"{base}/statm", encoding="ascii") as f:
            resident = int(f.read().split()[1]) * os.sysconf("SC_PAGESIZE")
        return len(os.listdir(f"{base}/task")), len(os.listdir(f"{base}/fd")), resident


class Server:
    """The JACK server of with-loopback.sh."""

    def __init__(self):
        self.pid = int(os.environ["SONO_JACK_PID"])
        self.ours = None

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)
        if self.ours:
            self.ours.wait()

    def start(self):
        self.ours = subprocess.Popen(["bash", "-c", os.environ["SONO_JACK_COMMAND"]], stdout=subprocess.DEVNULL,
                                     stderr=subprocess.DEVNULL)
        self.pid = self.ours.pid

    def stop(self):
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self):
        os.kill(self.pid, signal.SIGCONT)

    def end(self):
        if self.ours:
            self.ours.kill()
            self.ours.wait()


def strokes_heard(home, n_strokes):
    """[ms from the release of the pen to the first sample that another client hears changed], for strokes of 1 s and an
    octave over noise that is playing."""
    rate_hz, lead_s = 48000, 3.0
    sound = tap.noise(int(rate_hz * (lead_s + 4.0 * n_strokes + 30.0)), 2)
    path = home / "noise.wav"
    tap.write_wav(path, sound, rate_hz)
    app = Player(home, path, settings=["follow=off"])
    app.wait_ready(patience_s=60)
    pen = Pen()
    wid = app.focus()
    box = app.canvas_box()
    corner = window_corner(wid)
    for name, value in (("tool", "brush"), ("operation", "erase"), ("brush-octaves", GLib.Variant("d", 0.5)),
                        ("brush-ms", GLib.Variant("d", 50.0))):
        app.set_state(name, value)
    app.play()
    listener = tap.Tap(home.path, 2, rate_hz, most_s=8.0 * n_strokes + 120.0)
    releases = []
    for i in range(n_strokes):
        start_s = app.listening()[1] - 1.0
        app.act("show-region", GLib.Variant("(dddd)", (start_s, start_s + 10.0, 20.0, 20000.0)))
        time.sleep(0.8)
        v = 0.3 + 0.05 * (i % 8)
        u0 = (app.listening()[1] + 0.1 - start_s) / 10.0  # the second that is heard when the pen is lifted
        x, y = app.at(u0, v, box)
        pen.move(corner[0] + x, corner[1] + y)
        time.sleep(0.03)
        pen.button(True)
        for k in range(1, 26):
            x, y = app.at(u0 + 0.1 * k / 25, v, box)
            pen.move(corner[0] + x, corner[1] + y)
            time.sleep(0.012)
        time.sleep(0.03)
        releases.append(pen.button(False))
        app.wait_ready(edits=i + 1)
        time.sleep(1.5)
    check(app.listening()[0] == "playing", f"it plays no more: {app.listening()}")
    xruns = app.listening()[3]
    heard, calls = listener.end()
    app.act("stop")
    app.wait_listening("stopped")
    app.check_log()
    app.kill()  # it would ask what to do with the edits
    return latencies(heard, calls, sound, releases, rate_hz), xruns, listener.n_late


def window_corner(wid):
    from sonoui import xdotool
    place = dict(line.split("=") for line in xdotool("getwindowgeometry", "--shell", wid).split() if "=" in line)
    return int(place["X"]), int(place["Y"])


def latencies(heard, calls, sound, releases, rate_hz):
    import numpy as np
    call_frames, call_ns = calls[:, 0], calls[:, 1]
    found = []
    n_asked = len(releases)
    shift = None  # heard[i] is sound[i - shift]; a late server shifts it
    for release_ns in releases:
        call = int(np.searchsorted(call_ns, release_ns))
        first = int(call_frames[call])  # what comes in later than the release
        before = first - 4800
        if shift is None or not np.array_equal(heard[before:first], sound[before - shift:first - shift]):
            shift = find_shift(heard, sound, first - 64)
        part = heard[before:first + rate_hz]
        known = sound[before - shift:first + rate_hz - shift]
        other = np.flatnonzero((part != known).any(axis=1))
        if os.environ.get("SONO_DEBUG"):
            print("stroke:", shift, first - before, other[:1], other[-1:], len(other))
        check(len(other) > 0, "an edit was never heard")
        at = before + int(other[0])
        if at < first:
            continue  # the server was late just then: nothing can be said of this stroke
        k = int(np.searchsorted(call_frames, at, side="right")) - 1
        heard_ns = call_ns[k] + (at - call_frames[k]) * 1e9 / rate_hz
        found.append((heard_ns - release_ns) / 1e6)
    check(len(found) >= 0.7 * n_asked, f"only {len(found)} of {n_asked} strokes were heard by a server that was not late")
    return found


def find_shift(heard, sound, at):
    import numpy as np
    part = heard[at:at + 64]
    for i in np.flatnonzero(sound[:, 0] == part[0, 0]):
        if np.array_equal(sound[i:i + 64], part):
            return at - int(i)
    raise tap.Failure("what is heard is not the sound")
