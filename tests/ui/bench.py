# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast the window is: bench.py HOUR.wav SHORT.wav [SCENARIO...], started by bench.sh. Times come from SONO_FRAME_LOG, whose
clock is this program's: "shown" is when the toolkit had handed a frame with the picture in it to the display."""
import os
import re
import statistics
import subprocess
import sys
import time

from sonoui import App, GLib, Home, check, wait_until, xdotool

RUNS = int(os.environ.get("SONO_RUNS", "7"))
LINE = re.compile(r"(\w+) (.*)")
ROWS = []
STALLS = []


def row(what, values, target, unit="ms"):
    """One line of the table; target None: only told."""
    values = sorted(values)
    check(values, f"nothing was measured: {what}")
    median = statistics.median(values)
    p95 = values[min(len(values) - 1, int(0.95 * len(values)))]
    verdict = "" if target is None else "ok" if median <= target else "MISSED"
    ROWS.append(f"{what:58} {len(values):5} {median:9.1f} {p95:9.1f} {values[-1]:9.1f} "
                f"{'' if target is None else f'{target:g}':>7} {unit:4} {verdict}")
    print(ROWS[-1], flush=True)


class Window(App):
    """The window, with its log of frames."""

    def __init__(self, home, *files):
        self.frames_path = home / f"frames-{time.monotonic_ns()}"
        super().__init__(home, *files, env={"SONO_FRAME_LOG": self.frames_path})
        self.box = self.wid = None

    def lines(self):
        """[(kind, {name: number})]"""
        if not os.path.exists(self.frames_path):
            return []
        with open(self.frames_path, encoding="ascii") as log:
            found = [LINE.fullmatch(line.rstrip("\n")) for line in log if line.endswith("\n")]
        return [(m[1], {k: float(v) for k, v in (word.split("=") for word in m[2].split())}) for m in found]

    def first(self, **wanted):
        """The first frame that is so."""
        def there():
            self.check_alive()
            return next((f for kind, f in self.lines() if kind == "frame" and all(f[k] == v for k, v in wanted.items())), None)
        return wait_until(there, f"a frame with {wanted}")

    def since(self, n):
        return self.lines()[n:]

    def place(self):
        """Mouse positions from now on are parts of the canvas."""
        self.wid = self.focus()
        self.box = self.canvas_box()

    def mouse(self, words):
        """xdotool words; (u, v) is a place."""
        line = []
        for word in words:
            line += ["mousemove", "--window", self.wid, *self.at(*word, self.box)] if isinstance(word, tuple) else [word]
        xdotool(*line)

    def region(self, t0_s, t1_s):
        self.act("show-region", GLib.Variant("(dddd)", (t0_s, t1_s, 0.0, 22050.0)))
        time.sleep(0.3)
        self.wait_ready()

    def end(self, scenario):
        STALLS.extend((scenario, line) for line in self.log().splitlines() if line.startswith("stall ") and " ms in " in line)
        self.act("quit", window=None)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()
        self.dead = True


def drop_page_cache():
    try:
        os.sync()
        with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as f:
            f.write("3\n")
        return True
    except OSError:
        return False


def started(file, wanted, scenario, prepare=None, runs=RUNS):
    """ms from the start of the process to a frame; a home of its own each time."""
    values = []
    for _ in range(runs):
        home = Home()
        if prepare and not prepare():
            return []
        app = Window(home, *([file] if file else []))
        values.append(1e3 * (app.first(**wanted)["shown"] - app.started_s))
        app.end(scenario)
        home.remove()
    return values


def start(hour, short):
    row("cold start to a window with its first frame", started(None, {}, "start"), 1000)
    row("the same with a file of 10 s and its whole picture", started(short, {"whole": 1}, "start"), None)
    values = started(None, {}, "start", drop_page_cache, 3)
    if values:
        row("cold start, nothing of it in the page cache", values, None)


def open_hour(hour, short):
    row("1 h stereo WAV: provisional picture of the whole", started(hour, {"whole": 1}, "open"), 1500)
    row("1 h stereo WAV: exact picture of the whole", started(hour, {"settled": 1}, "open", runs=3), None)


def frame_times(lines):
    """ms between frames that followed each other with input between them all the time."""
    frames = [f for kind, f in lines if kind == "frame"]
    return [1e3 * (b["shown"] - a["shown"]) for a, b in zip(frames, frames[1:])
            if b["n"] > a["n"] and b["at"] - a["at"] < 1.0][1:]


def sweep(app, words):
    n = len(app.lines())
    app.mouse(words)
    time.sleep(0.1)
    values = frame_times(app.since(n))
    time.sleep(0.4)
    app.wait_ready()
    return values


def moving(hour, short):
    for file, name, t0_s, t1_s in ((short, "10 s", 2.0, 5.0), (hour, "1 h, 60 s shown", 1000.0, 1060.0), (hour, "1 h, all shown", 0.0, 3600.0)):
        home = Home()
        app = Window(home, file)
        app.wait_ready()
        app.place()
        pan = []
        zoom = []
        for run in range(RUNS):
            app.region(t0_s, t1_s)
            there = [(0.8 - 0.6 * i / 60, 0.5) for i in range(61)]
            if run % 2:
                there.reverse()
            words = [there[0], "mousedown", "2"]
            for place in there[1:]:
                words += [place, "sleep", "0.008"]
            pan += sweep(app, words + ["mouseup", "2"]) if t1_s < 3600.0 else []
            clicks = ["4"] * 30 + ["5"] * 30
            words = [(0.4, 0.5), "keydown", "ctrl"]
            for click in clicks:
                words += ["mousedown", click, "mouseup", click, "sleep", "0.012"]
            zoom += sweep(app, words + ["keyup", "ctrl"])
        if pan:
            row(f"panning, {name}: frame", pan, 33)
        row(f"zooming without a pause, {name}: frame", zoom, 33)
        app.end("moving")
        home.remove()


def zoom_steps(hour, short):
    home = Home()
    app = Window(home, hour)
    app.wait_ready()
    app.place()
    first = []
    ready = []
    exact = []
    app.mouse([(0.4, 0.5)])
    for run in range(RUNS):
        app.region(0.0, 3600.0)
        xdotool("keydown", "ctrl")
        for click in ["4"] * 6 + ["5"] * 6:
            n = len(app.lines())
            xdotool("click", click)

            def frame(**wanted):
                lines = app.since(n)
                at = next((x for kind, x in lines if kind == "wheel"), None)
                shown = at and next((f for kind, f in lines if kind == "frame" and f["n"] >= at["n"] and
                                     all(f[k] == v for k, v in wanted.items())), None)
                return shown and 1e3 * (shown["shown"] - at["at"])
            exact.append(wait_until(lambda f=frame: f(settled=1), "a settled frame"))
            ready.append(frame(whole=1, complete=1))
            first.append(frame(whole=1))
        xdotool("keyup", "ctrl")
    row("zoom step, 1 h all shown: first frame, without a hole", first, None)
    row("zoom step, 1 h all shown: provisional picture, stable", ready, 50)
    row("zoom step, 1 h all shown: exact, full resolution", exact, None)
    app.end("zoom steps")
    home.remove()


def strokes(hour, short):
    for file, name, t0_s in ((short, "10 s", 0.0), (hour, "1 h", 1800.0)):
        home = Home()
        app = Window(home, file)
        app.wait_ready()
        app.place()
        app.region(t0_s, t0_s + 10.0)
        app.set_state("tool", "brush")
        app.set_state("operation", "erase")
        app.set_state("brush-octaves", GLib.Variant("d", 0.5))
        app.set_state("brush-ms", GLib.Variant("d", 50.0))
        preview, frames, committed, settled = [], [], [], []
        for run in range(max(RUNS, 12)):
            v = 0.3 + 0.05 * (run % 8)
            u = 0.05 + 0.09 * (run % 9)
            n = len(app.lines())
            words = [(u, v), "mousedown", "1"]
            for i in range(1, 26):
                words += [(u + 0.1 * i / 25, v), "sleep", "0.012"]
            app.mouse(words + ["mouseup", "1"])
            before = app.status()["edits"]
            wait_until(lambda: any(kind == "up" for kind, x in app.since(n)), "the release")
            app.wait_ready(edits=run + 1)
            lines = app.since(n)
            shown = [f for kind, f in lines if kind == "frame"]
            up = next(x for kind, x in lines if kind == "up")
            old = next(f for f in shown)["sound"]
            for kind, x in lines:
                if kind == "drag":
                    later = [f for f in shown if f["at"] >= x["at"]]
                    count = next(i for i, f in enumerate(later) if f["n"] >= x["n"])
                    frames.append(count + 1)
                    preview.append(1e3 * (later[count]["shown"] - x["at"]))

            def until(**wanted):
                f = next(f for f in shown if f["sound"] != old and all(f[k] == v for k, v in wanted.items()))
                return 1e3 * (f["shown"] - up["at"])
            committed.append(until(current=1, whole=1, complete=1))
            settled.append(until(settled=1))
            check(before <= run + 1, "edits")
        row(f"stroke to preview, {name}: frames", frames, 1, "")
        row(f"stroke to preview, {name}", preview, None)
        row(f"release of 1 s x 1 octave to committed picture, {name}", committed, 100)
        row(f"the same to the exact picture, full resolution, {name}", settled, None)
        app.end("strokes")
        home.remove()


def resident_mb(app):
    with open(f"/proc/{app.process.pid}/status", encoding="ascii") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) / 1024.0


def cpu_s(app):
    with open(f"/proc/{app.process.pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rest(hour, short):
    home = Home()
    app = Window(home, hour)
    app.wait_ready()
    time.sleep(1.0)
    row("1 h stereo open: resident", [resident_mb(app)], None, "MB")
    cpu, n = cpu_s(app), len(app.lines())
    time.sleep(10.0)
    row("standing still for 10 s: processor", [10.0 * (cpu_s(app) - cpu)], 1, "%")
    row("standing still for 10 s: frames", [sum(kind == "frame" for kind, x in app.since(n))], 0, "")
    app.place()
    app.mouse([(0.5, 0.5)])
    for i in range(200):
        t_s = 18.0 * (i % 190)
        app.act("select", GLib.Variant("(dddd)", (t_s, t_s + 1.0, 400.0, 800.0)))
        app.act("apply")
    app.wait_ready(edits=200, patience_s=120)
    row("after 200 edits: resident", [resident_mb(app)], None, "MB")
    for i in range(40):
        t_s = 87.0 * i
        app.act("show-region", GLib.Variant("(dddd)", (t_s, t_s + (0.5, 5.0, 60.0, 600.0)[i % 4], 0.0, 22050.0)))
        time.sleep(0.05)
        app.wait_ready()
    row("after looking around at every zoom: resident", [resident_mb(app)], None, "MB")
    app.end("rest")
    home.remove()


SCENARIOS = {"start": start, "open": open_hour, "moving": moving, "zoom": zoom_steps, "strokes": strokes, "rest": rest}


def main():
    hour, short, *names = sys.argv[1:]
    print(f"{'what':58} {'n':>5} {'median':>9} {'p95':>9} {'max':>9} {'target':>7}", flush=True)
    for name in names or SCENARIOS:
        SCENARIOS[name](hour, short)
    print(f"stalls of the main loop above 100 ms: {len(STALLS)}")
    for scenario, line in STALLS:
        print(f"  {scenario}: {line}")


main()
