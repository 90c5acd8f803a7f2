# SPDX-License-Identifier: GPL-3.0-or-later
"""The window under test: started in a home of its own on the display of with-display.sh, driven by its actions on
D-Bus, by mouse and keys (xdotool), and looked at through AT-SPI."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, Gio, GLib  # noqa: E402

BUS = "io.github.sonobrush.Sonobrush"
OBJECT = "/io/github/sonobrush/Sonobrush"
BUILD = os.environ["SONO_BUILD_DIR"]
SOURCE = os.environ["SONO_SOURCE_DIR"]
SPEECH = "/usr/share/sounds/alsa/Front_Center.wav"
MUSIC = "/usr/share/sonic-pi/samples/loop_amen.flac"
SLOW = bool(os.environ.get("SONO_SLOW"))  # under a sanitizer: everything takes longer, and no time is judged
PATIENCE_S = 120 if SLOW else 30
COMPLAINTS = re.compile(r"CRITICAL|WARNING|ERROR: |runtime error:")
STALL = re.compile(r"\bstall (\d+) ms in .*\(cpu (\d+) ms\)")
# Tests share their machine: a turn of the main loop that was late but hardly ran was kept waiting by others. On a quiet
# machine SONO_STRICT=1 counts every one.
STALL_MS, STALL_CPU_MS = (0, 0) if os.environ.get("SONO_STRICT") else (2000, 200)


class Failure(Exception):
    pass


def check(condition, what):
    if not condition:
        raise Failure(what)


def wait_until(condition, what, patience_s=PATIENCE_S):
    until = time.monotonic() + patience_s
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > until:
            raise Failure(f"not within {patience_s} s: {what() if callable(what) else what}")
        time.sleep(0.03)


def xdotool(*words):
    done = subprocess.run(["xdotool", *map(str, words)], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def cli(*words):
    done = subprocess.run([f"{BUILD}/src/cli/sonobrush-cli", *map(str, words)], capture_output=True, text=True, check=False)
    check(done.returncode == 0, f"sonobrush-cli {words}: {done.stderr}")
    return done.stdout


class Home:
    """A folder that nobody else uses."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="sonoui-")

    def __truediv__(self, name):
        return os.path.join(self.path, name)

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)


class App:
    started = []

    def __init__(self, home, *files, env=None, stalls=True, program=f"{BUILD}/src/app/sonobrush"):
        App.started.append(self)
        self.home = home
        self.log_path = home / f"log-{time.monotonic_ns()}"
        self.dead = False
        settings = dict(os.environ)
        settings.update(HOME=home.path, XDG_CACHE_HOME=home / "cache", XDG_CONFIG_HOME=home / "config",
                        XDG_DATA_HOME=home / "data", XDG_STATE_HOME=home / "state", GSETTINGS_BACKEND="memory",
                        G_DEBUG="fatal-criticals", LC_ALL="C.UTF-8")
        if stalls and not SLOW:
            settings.setdefault("SONO_WATCHDOG", "100")
        settings.update(env or {})
        self.started_s = time.monotonic()
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen([program, *files], stdout=log, stderr=log, env=settings)
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION)

    # actions

    def _call(self, path, method, args, reply):
        return self.bus.call_sync(BUS, path, "org.gtk.Actions", method, args,
                                  GLib.VariantType(reply) if reply else None, Gio.DBusCallFlags.NO_AUTO_START, 20000)

    @staticmethod
    def path_of(window):
        return OBJECT if window is None else f"{OBJECT}/window/{window}"

    def describe(self, window=1):
        """{name: (enabled, parameter type, state or None)}"""
        reply = self._call(self.path_of(window), "DescribeAll", None, "(a{s(bgav)})").unpack()[0]
        return {name: (d[0], d[1], d[2][0] if d[2] else None) for name, d in reply.items()}

    def act(self, name, value=None, window=1):
        value = GLib.Variant("s", value) if isinstance(value, str) else value
        args = GLib.Variant("(sava{sv})", (name, [] if value is None else [value], {}))
        self._call(self.path_of(window), "Activate", args, None)

    def set_state(self, name, value, window=1):
        value = GLib.Variant("s", value) if isinstance(value, str) else value
        self._call(self.path_of(window), "SetState", GLib.Variant("(sva{sv})", (name, value, {})), None)

    def state(self, name, window=1):
        try:
            reply = self._call(self.path_of(window), "Describe", GLib.Variant("(s)", (name,)), "((bgav))").unpack()[0]
        except GLib.Error:
            return None
        return reply[2][0] if reply[2] else None

    def status(self, window=1):
        """{'': 'ready', 'edits': 1, ...}, or {} if there is no such window."""
        words = (self.state("status", window) or "").split()
        found = {"": words[0]} if words else {}
        for word in words[1:]:
            name, _, value = word.partition("=")
            found[name] = int(value) if value.lstrip("-").isdigit() else value
        return found

    def wait(self, window=1, patience_s=PATIENCE_S, **wanted):
        """Until the status says so; first='ready' for its first word."""
        first = wanted.pop("first", None)

        def there():
            self.check_alive()
            s = self.status(window)
            return s and (first is None or s[""] == first) and all(s.get(k) == v for k, v in wanted.items())
        wait_until(there, lambda: f"{first or ''} {wanted}, but {self.status(window)}", patience_s)

    def wait_ready(self, window=1, patience_s=PATIENCE_S, **more):
        self.wait(window, patience_s, first="ready", settled=1, queued=0, **more)

    # the process

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def check_alive(self):
        if self.process.poll() is not None and not self.dead:
            raise Failure(f"the window ended with {self.process.returncode}")

    def check_log(self):
        lines = [line for line in self.log().splitlines() if COMPLAINTS.search(line)]
        check(not lines + self.stalls(), "complaints:\n" + "\n".join((lines + self.stalls())[:20]))

    def stalls(self):
        """Those that count: not where Mesa was compiling a shader, in GTK's renderer or in ours."""
        found, trace = [], ""
        for line in self.log().splitlines():
            late = STALL.search(line)
            if late:
                if "libLLVM" not in trace and (int(late[1]) >= STALL_MS or int(late[2]) >= STALL_CPU_MS):
                    found.append(late[0])
                trace = ""
            elif "[0x" in line:
                trace += line
        return found

    def quit(self):
        self.act("quit", window=None)
        self.wait_end()

    def wait_end(self):
        self.dead = True
        try:
            code = self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired as late:
            raise Failure("the window does not end") from late
        check(code == 0, f"the window ended with {code}")
        self.check_log()

    def kill(self):
        self.dead = True
        self.process.kill()
        self.process.wait()

    # mouse and keys

    def window_ids(self):
        return [int(i) for i in xdotool("search", "--onlyvisible", "--pid", self.process.pid).split()]

    def window_id(self, title=r"\.(wav|flac)$"):
        ids = xdotool("search", "--onlyvisible", "--name", title).split()
        check(ids, f"no window is called {title}")
        return int(ids[0])

    def focus(self, title=r"\.(wav|flac)$"):
        wid = self.window_id(title)
        xdotool("windowactivate", "--sync", wid)
        return wid

    def canvas_box(self, wid=None):
        """x, y, width, height of the spectrogram in its window."""
        found = find(self.root(), lambda n: name_of(n) == "Spectrogram")
        check(found is not None, "nothing is called Spectrogram")
        e = found.get_extents(Atspi.CoordType.WINDOW)
        return e.x, e.y, e.width, e.height

    def at(self, u, v, box):
        return int(box[0] + u * box[2]), int(box[1] + v * box[3])

    def drag(self, wid, x0, y0, x1, y1, button=1, steps=12, pause_s=0.008, keys=()):
        xdotool("mousemove", "--window", wid, x0, y0)
        for key in keys:
            xdotool("keydown", key)
        xdotool("mousedown", button)
        for i in range(1, steps + 1):
            xdotool("mousemove", "--window", wid, x0 + (x1 - x0) * i // steps, y0 + (y1 - y0) * i // steps)
            time.sleep(pause_s)
        xdotool("mouseup", button)
        for key in keys:
            xdotool("keyup", key)

    # accessibility

    def root(self):
        Atspi.init()

        def look():
            desktop = Atspi.get_desktop(0)
            for i in range(desktop.get_child_count()):
                app = desktop.get_child_at_index(i)
                if app and app.get_process_id() == self.process.pid and app.get_child_count() > 0:
                    return app
            return None
        return wait_until(look, "the window is not on the accessibility bus")


def name_of(node):
    try:
        return node.get_name() or ""
    except GLib.Error:
        return ""


def nodes(node):
    """A node and all below it."""
    yield node
    try:
        n = node.get_child_count()
    except GLib.Error:
        return
    for i in range(n):
        try:
            child = node.get_child_at_index(i)
        except GLib.Error:
            continue
        if child is not None:
            yield from nodes(child)


def find(root, wanted):
    return next((n for n in nodes(root) if wanted(n)), None)


def shot(name):
    """A picture of the screen, if $SONO_SHOTS says where to."""
    if os.environ.get("SONO_SHOTS"):
        subprocess.run(["import", "-window", "root", os.path.join(os.environ["SONO_SHOTS"], name + ".png")], check=False)


def keep_logs(home, name):
    """Beside the pictures, whole: with the backtraces of stalls."""
    if os.environ.get("SONO_SHOTS"):
        for i, log in enumerate(sorted(f for f in os.listdir(home.path) if f.startswith("log-"))):
            shutil.copy(home / log, os.path.join(os.environ["SONO_SHOTS"], f"{name}-{i}.log"))


def run(cases, names):
    """Run cases by name; the first failure ends the program, with what the window said."""
    for name in names or cases:
        if name not in cases:
            sys.exit(f"no such case: {name}; there are {', '.join(cases)}")
        home = Home()
        started = time.monotonic()
        try:
            cases[name](home)
        except Failure as failure:
            shot(f"failed-{name}")
            print(f"FAILED: {name}: {failure}", file=sys.stderr)
            for log in sorted(f for f in os.listdir(home.path) if f.startswith("log-")):
                with open(home / log, encoding="utf-8", errors="replace") as text:
                    lines = [line for line in text if "[0x" not in line]  # backtraces of stalls
                    print(f"-- {log}\n{''.join(lines)[-2000:]}", file=sys.stderr)
            sys.exit(1)
        finally:
            keep_logs(home, name)
            for app in App.started:
                if app.process.poll() is None:
                    app.kill()
            App.started.clear()
            home.remove()
        print(f"ok: {name} ({time.monotonic() - started:.1f} s)")
