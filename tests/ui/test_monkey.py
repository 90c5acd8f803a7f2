# SPDX-License-Identifier: GPL-3.0-or-later
"""Two hundred random things that a user, a script or a cat may do, from a seed, many of them in the middle of another:
the program survives, says nothing bad, does not stall, and at the end every window's sound is, bit for bit, what the
command line makes of its exported edits. test_monkey.py SEED...; `today` draws
one from the date; SONO_MONKEY_STEPS for more or fewer steps."""
import filecmp
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time

from sonoui import BUS, MUSIC, SPEECH, App, Failure, Gio, GLib, check, cli, run, shot, wait_until, xdotool

STEPS = int(os.environ.get("SONO_MONKEY_STEPS", "200"))
SOUNDS = [MUSIC, SPEECH, "/usr/share/sonic-pi/samples/loop_amen_full.flac", "/usr/share/sonic-pi/samples/ambi_choir.flac"]
MAX_WINDOWS = 3
GONE = re.compile("UnknownObject|UnknownMethod|ServiceUnknown|NameHasNoOwner|NoReply")
# these have a step of their own
LEFT_OUT = {"open", "save", "save-as", "export-edits", "import-edits", "close", "quit", "about", "preferences", "menu",
            "show-help-overlay", "new-window", "open-path", "clear-recent", "save-to", "export-edits-to",
            "import-edits-from", "status", "frame-times", "listening"}
KEYS = ["t", "f", "r", "b", "e", "h", "z", "c", "o", "p", "a", "0", "1", "bracketleft", "bracketright", "braceleft",
        "braceright", "Left", "Right", "Up", "Down", "Page_Up", "Page_Down", "Home", "End", "Return", "Delete",
        "Escape", "ctrl+z", "ctrl+shift+z", "ctrl+y", "ctrl+a", "ctrl+d", "ctrl+plus", "ctrl+minus", "ctrl+0",
        "ctrl+shift+Up", "ctrl+shift+Down", "shift+f", "Tab", "shift+Tab", "F9", "ctrl+F7", "ctrl+F8", "space",
        "ctrl+Page_Down", "ctrl+shift+i", "d", "l", "shift+l", "shift+a", "shift+space", "ctrl+space", "ctrl+Home", "ctrl+r",
        "ctrl+F9", "v", "shift+v", "n", "k"]
CHOICES = {"tool": ["time", "freq", "box", "brush", "eraser", "hand", "zoom"], "operation": ["gain", "erase"],
           "preset": ["everyday", "music", "speech", "drums", "bass", "field", "custom"],
           "transform": ["stft", "slicq", "cqt", "vqt", "nsgt", "erb", "mel", "bark"], "edit-transform": ["auto", "picture"],
           "axis": ["linear", "log", "mel", "erb", "bark"], "show": ["level", "phase"], "colours": ["ember", "tide", "grey"],
           "time-format": ["seconds", "hms", "samples"], "freq-format": ["hz", "notes"],
           "follow": ["off", "page", "scroll"], "channel-mode": ["normal", "mid", "side", "mono"]}
BOUNDS = {"brush-ms": (1.0, 500.0), "brush-octaves": (0.01, 2.0), "brush-hardness": (0.0, 1.0),
          "brush-flow": (0.0, 1.0), "feather-ms": (0.0, 100.0), "feather-hz": (0.0, 500.0),
          "output-gain": (-70.0, 15.0), "tuning": (370.0, 510.0)}
PARAMS = [("size", 2000.0), ("size", 4096.0), ("hop", 100.0), ("bins_per_octave", 24.0), ("fmin_hz", 55.0), ("slice", 5000.0),
          ("slice", 32768.0), ("gamma_hz", 0.0), ("quality", 1.0), ("layout", 1.0), ("no_such", 1.0)]
SCRIPT = {"sonobrush_edits": 1, "edits": [
    {"operation": "gain", "params": {"gain_db": -20}, "mask": {"shapes": [
        {"kind": "box", "t0_s": 0.1 * i, "t1_s": 0.1 * i + 0.3, "f0_hz": 200 * (i + 1), "f1_hz": 900 * (i + 1)}]}}
    for i in range(5)]}


def some_region(dice):
    t = sorted(dice.uniform(-0.2, 2.0) for _ in range(2))
    f = sorted(dice.choice([0.0, dice.uniform(0.0, 22050.0), dice.uniform(20.0, 2000.0)]) for _ in range(2))
    return GLib.Variant("(dddd)", (t[0], t[1], f[0], f[1]))


def size_of(wid):
    words = dict(line.split("=", 1) for line in xdotool("getwindowgeometry", "--shell", wid).splitlines() if "=" in line)
    return int(words.get("WIDTH", 800)), int(words.get("HEIGHT", 600))


def xprop(wid, name):
    return subprocess.run(["xprop", "-id", str(wid), name], capture_output=True, text=True, check=False).stdout


# GTK's own file chooser prints a critical of its own when a row in it is dragged.
CHOOSERS = ("Open Sounds", "Save Sound As", "Export Edits", "Import Edits")


class Monkey:
    def __init__(self, home, seed):
        self.dice = random.Random(seed)
        self.home = home
        self.files = [home / os.path.basename(sound) for sound in SOUNDS]
        for sound, copy in zip(SOUNDS, self.files):
            shutil.copy(sound, copy)
        with open(home / "script.json", "w", encoding="utf-8") as script:
            json.dump(SCRIPT, script)
        with open(home / "broken.json", "w", encoding="utf-8") as script:
            script.write('{"sonobrush_edits": 1, "edits": [{"operation": "no such"}]}')
        with open(home / "broken.wav", "wb") as sound:
            sound.write(bytes(self.dice.randrange(256) for _ in range(3000)))
        os.makedirs(home / "config/sonobrush")
        with open(home / "config/sonobrush/settings.ini", "w", encoding="utf-8") as settings:
            settings.write("[sound]\naudio-device=virtual:xrun_every=50,xrun_frames=64\n")
        self.n_saved = 0
        self.done = []
        self.start()
        self.names = sorted(n for n in self.app.describe() if n not in LEFT_OUT)
        check(len(self.names) > 30, f"too few actions: {self.names}")

    def start(self):
        self.app = App(self.home, self.dice.choice(self.files), env={"GTK_A11Y": "none"})
        self.app.wait_ready()
        self.app.focus()

    # what there is

    def windows(self):
        """Their numbers; none: the program has ended, or is about to."""
        if self.app.process.poll() is not None:
            return []
        try:
            return self.introspect()
        except GLib.Error:  # it ended in the meantime
            return []

    def introspect(self):
        xml = self.app.bus.call_sync(BUS, self.app.path_of("")[:-1], "org.freedesktop.DBus.Introspectable", "Introspect",
                                     None, GLib.VariantType("(s)"), Gio.DBusCallFlags.NO_AUTO_START, 20000).unpack()[0]
        return [int(n) for n in re.findall(r'<node name="(\d+)"', xml)]

    def ready(self):
        return [n for n in self.windows() if self.app.status(n).get("") == "ready"]

    def in_front(self):
        """Some X window of the program, a sound's or a dialog, raised: a click beside it may end another."""
        ids = self.app.window_ids()
        if not ids:
            self.bring_back()
            return None
        wid = self.dice.choice(ids)
        xdotool("windowactivate", wid)
        return wid

    # single steps; each returns what it did

    def act(self, name, value=None, window=None):
        """A window may be gone, or an action be off, by the time it is sent: that is no fault."""
        try:
            self.app.act(name, value, window)
        except GLib.Error as error:
            if not GONE.search(error.message):
                raise

    def set(self, name, value, window):
        try:
            self.app.set_state(name, value, window)
        except GLib.Error as error:
            if not GONE.search(error.message):
                raise

    def action(self, window):
        dice, name = self.dice, self.dice.choice(self.names)
        if name in CHOICES:
            self.set(name, dice.choice(CHOICES[name]), window)
        elif name in BOUNDS:
            self.set(name, GLib.Variant("d", dice.uniform(*BOUNDS[name])), window)
        elif name in ("select", "show-region"):
            self.act(name, some_region(dice), window)
        elif name == "range":
            self.act(name, GLib.Variant("(dd)", (dice.uniform(-150, -60), dice.uniform(-50, 20))), window)
        elif name == "set-param":
            self.act(name, GLib.Variant("(sd)", (dice.choice(["gain_db", "no_such"]), dice.uniform(-200, 200))), window)
        elif name == "transform-param":
            self.act(name, GLib.Variant("(sd)", dice.choice(PARAMS)), window)
        elif name == "nudge-param":
            self.act(name, GLib.Variant("d", dice.choice([-1.0, 1.0])), window)
        elif name in ("go-to", "restore-from"):
            self.act(name, GLib.Variant("u", dice.randrange(6)), window)
        elif name == "cancel-task":
            self.act(name, GLib.Variant("i", dice.randrange(4)), window)
        elif name == "seek":
            self.act(name, GLib.Variant("d", dice.uniform(-1.0, 4.0)), window)
        elif name in ("channel-mute", "channel-solo"):
            self.act(name, GLib.Variant("i", dice.randrange(-1, 4)), window)
        elif name == "lanes":
            self.set(name, GLib.Variant("i", dice.choice([-1, 0, 1, 7])), window)
        elif isinstance(self.app.state(name, window), bool):
            self.set(name, GLib.Variant("b", dice.random() < (0.7 if name.startswith("show") else 0.4)), window)
        else:
            self.act(name, None, window)
        return name

    def drag(self, between=None):
        """Press, move, do something else, move on, let go: below the title bar, whose buttons end the window, and without
        Alt, which is the window manager's."""
        dice, wid = self.dice, self.in_front()
        if wid is None:
            return "no window to drag in"
        width, height = size_of(wid)
        x0, y0 = dice.randrange(30, max(31, width - 30)), dice.randrange(80, max(81, height - 60))
        dx, dy = dice.randrange(-300, 300), dice.randrange(-200, 200)
        keys = dice.choice([[], [], [], ["shift"], ["ctrl"], ["ctrl", "shift"]])
        button, steps = dice.choice([1, 1, 1, 2]), dice.randrange(2, 8)
        if any(title in xprop(wid, "_NET_WM_NAME") for title in CHOOSERS):
            dx = dy = 0  # a click
        xdotool("mousemove", "--window", wid, x0, y0, *(w for k in keys for w in ("keydown", k)), "mousedown", button)
        said = ""
        for i in range(1, steps + 1):
            xdotool("mousemove", "--window", wid, x0 + dx * i // steps, y0 + dy * i // steps)
            if between and i == steps // 2:
                said = f" and {between()}"
        xdotool("mouseup", button, *(w for k in keys for w in ("keyup", k)))
        return f"drag {x0},{y0} by {dx},{dy} {keys}{said}"

    def wheel(self):
        dice, wid = self.dice, self.in_front()
        if wid is None:
            return "no window to scroll in"
        width, height = size_of(wid)
        keys = dice.choice([[], ["ctrl"], ["shift"], ["ctrl", "shift"], ["ctrl", "alt"]])
        xdotool("mousemove", "--window", wid, dice.randrange(width), dice.randrange(height),
                *(w for k in keys for w in ("keydown", k)), "click", "--repeat", dice.randrange(1, 6), "--delay", 10,
                dice.choice([4, 5, 4, 5, 6, 7]), *(w for k in keys for w in ("keyup", k)))
        return f"wheel {keys}"

    def resize(self):
        wid = self.in_front()
        if wid is not None:
            xdotool("windowsize", wid, self.dice.randrange(500, 1390), self.dice.randrange(350, 880))
        return "resize"

    def storm(self, window):
        """Undo and redo faster than tiles can follow."""
        for _ in range(self.dice.randrange(5, 30)):
            self.act(self.dice.choice(["undo", "undo", "redo"]), None, window)
        return "storm of undo and redo"

    def edit(self, window):
        self.act("select", some_region(self.dice), window)
        self.act(self.dice.choice(["apply", "apply", "erase-selection"]), None, window)
        return "edit"

    def in_commit(self, window):
        """Something that changes what is there while an edit is computed."""
        self.edit(window)
        what = self.dice.choice(["open", "import", "undo", "lanes", "save", "restore", "edit", "resize", "compare"])
        if what == "open":
            self.open()
        elif what == "import":
            self.import_edits(window)
        elif what == "save":
            self.save(window)
        elif what == "restore":
            self.act("restore-from", GLib.Variant("u", 0), window)
        elif what == "lanes":
            self.set("lanes", GLib.Variant("i", self.dice.choice([-1, 0, 1])), window)
        elif what == "edit":
            self.edit(window)
        elif what == "resize":
            self.resize()
        elif what == "compare":
            self.set("compare", GLib.Variant("b", True), window)
        else:
            self.act("undo", None, window)
        return f"edit and {what}"

    def save(self, window):
        """And undo, or cancel, while it is being written."""
        self.n_saved += 1
        self.act("save-to", self.home / f"saved-{self.n_saved}.{self.dice.choice(['wav', 'flac'])}", window)
        after = self.dice.choice(["undo", "cancel-task", "apply", "save", ""])
        if after == "cancel-task":
            self.act(after, GLib.Variant("i", self.dice.randrange(12)), window)
        elif after:
            self.act(after, None, window)
        return f"save {after}"

    def import_edits(self, window):
        name = self.dice.choice(["script.json", "script.json", "broken.json"])
        self.act("import-edits-from", self.home / name, window)
        return f"import {name}"

    def open(self):
        if len(self.windows()) >= MAX_WINDOWS:
            return "windows enough"
        name = self.dice.choice(self.files + [self.home / "broken.wav", self.home / "no such.wav"])
        self.act("open-path", name)
        there = self.windows()
        if len(there) > 1 and self.dice.random() < 0.3:
            self.act("close", None, max(there))  # while it is being read
        return f"open {os.path.basename(name)}"

    def close(self, window):
        """It may ask; discard, or stay. One window is left, else the program would end."""
        if len(self.windows()) < 2:
            self.act("new-window")
            return "new window"
        self.act("close", None, window)
        time.sleep(self.dice.choice([0.0, 0.3]))
        xdotool("key", self.dice.choice(["alt+d", "alt+d", "Escape"]))
        return f"close {window}"

    def dialog(self, window):
        name = self.dice.choice(["preferences", "about", "show-help-overlay", "menu", "open", "save-as", "export-edits",
                                 "import-edits"])
        self.act(name, None, None if name in ("preferences", "about", "open") else window)
        time.sleep(self.dice.choice([0.0, 0.1, 0.4]))
        if self.dice.random() < 0.5:
            self.action(window)  # behind its back
        self.escape()
        return f"dialog {name}"

    def escape(self):
        """Every dialog away that is in front of a window."""
        for wid in self.dialogs():
            xdotool("windowactivate", wid, "key", "Escape")

    def dialogs(self):
        """X windows of the program that belong to another one, but for those that are gone in the meantime."""
        return [wid for wid in self.app.window_ids() if "window id" in xprop(wid, "WM_TRANSIENT_FOR")]

    def step(self):
        dice, there = self.dice, self.windows()
        if not there:
            self.app.wait_end()  # the last window was closed
            self.start()
            return "start again"
        window = dice.choice([n for n in there if self.app.status(n).get("") == "ready"] or there)
        what = dice.random()
        if what < 0.30:
            return self.action(window)
        if what < 0.42:
            return self.drag()
        if what < 0.50:
            return self.drag(lambda: dice.choice([self.storm, self.action, self.in_commit, self.close])(window))
        if what < 0.60:
            return self.wheel()
        if what < 0.72:
            key = dice.choice(KEYS)
            xdotool("key", key)
            return f"key {key}"
        if what < 0.75:
            return self.resize()
        if what < 0.78:
            return self.storm(window)
        if what < 0.86:
            return self.in_commit(window)
        if what < 0.89:
            return self.save(window)
        if what < 0.91:
            return self.import_edits(window)
        if what < 0.94:
            return self.open()
        if what < 0.97:
            return self.close(window)
        return self.dialog(window)

    # the end

    def bring_back(self):
        """What was minimised or left on another desktop, and dialogs that went with it; not what the program has hidden."""
        for wid in xdotool("search", "--all", "--pid", self.app.process.pid, "--name", ".").split():
            if "Iconic" in xprop(wid, "WM_STATE"):
                xdotool("windowmap", wid, "windowactivate", wid)

    def calm(self):
        """Nothing pressed, nothing asked."""
        xdotool("mouseup", 1, "mouseup", 2, "keyup", "shift", "keyup", "ctrl", "keyup", "alt")

        def no_dialog():
            self.bring_back()
            self.escape()
            time.sleep(0.3)
            return not self.dialogs()
        wait_until(no_dialog, lambda: f"dialogs stay: {[xdotool('getwindowname', i) for i in self.dialogs()]}")

    def settle(self):
        self.calm()
        for window in self.windows():
            wait_until(lambda w=window: self.app.status(w).get("", "empty") != "opening", f"window {window} opens for ever", 60)
        for window in self.ready():
            self.app.set_state("compare", GLib.Variant("b", False), window)
            wait_until(lambda w=window: self.is_at_rest(w), lambda w=window: f"rest, but {w} is {self.app.status(w)}", 60)

    def is_at_rest(self, window):
        """Shown and drawn to the end; a window that was minimised draws nothing."""
        now = self.app.status(window)
        if now["settled"] and not now["queued"] and not now["saving"]:
            return True
        self.bring_back()
        time.sleep(0.5)
        return False

    def agree(self, window):
        """The window's sound is what its edits say."""
        edits, saved, made = (self.home / f"end-{window}{end}" for end in (".json", ".wav", "-cli.wav"))
        self.app.act("export-edits-to", edits, window)
        self.app.act("save-to", saved, window)
        self.app.wait(window, patience_s=60, first="ready", saving=0, modified=0)
        wait_until(lambda: os.path.exists(edits), "the edits are written")
        titles = " ".join(xdotool("getwindowname", i) for i in self.app.window_ids())
        n_edits = len(json.load(open(edits, encoding="utf-8"))["edits"])
        check(n_edits == self.app.status(window)["edits"], f"window {window}: {n_edits} edits are exported")
        for sound in self.files:
            try:
                cli("render", sound, "--edits", edits, "-o", made)
            except Failure:  # another sound's edits: of channels that this one has not
                continue
            if filecmp.cmp(saved, made, shallow=False):
                return
        raise Failure(f"window {window} of {titles}: the command line makes another sound of its {n_edits} edits")

    def still_works(self, window):
        self.app.act("select-all", window=window)
        before = self.app.status(window)["edits"]
        self.app.set_state("operation", "gain", window)
        self.app.act("set-param", GLib.Variant("(sd)", ("gain_db", -1.0)), window)
        self.app.act("apply", window=window)
        self.app.wait(window, patience_s=60, first="ready", queued=0, edits=before + 1)
        wait_until(lambda: self.is_at_rest(window), lambda: f"rest, but {window} is {self.app.status(window)}", 60)

    def live(self):
        for step in range(STEPS):
            self.done.append(f"{step}: {self.step()}")
            if step % 20 == 19:
                self.calm()
                for wid in self.app.window_ids():
                    xdotool("windowmove", wid, 5, 5)
        if not self.windows():
            self.step()
        self.settle()
        if not self.ready():
            self.app.act("open-path", self.files[0], None)
            wait_until(self.ready, "a sound opens in the end")
            self.settle()
        for window in self.ready():
            self.still_works(window)
            self.agree(window)
        self.app.check_log()
        self.app.quit()


def monkey(seed):
    def go(home):
        cat = Monkey(home, seed)
        try:
            cat.live()
        except (Failure, GLib.Error) as failure:
            shot(f"monkey-{seed}")
            raise Failure(f"seed {seed}: {failure}\nlast: " + "; ".join(cat.done[-15:])) from failure
    return go


if __name__ == "__main__":
    seeds = [time.strftime("%Y%m%d") if word == "today" else word for word in sys.argv[1:]]
    print("seeds", *seeds, flush=True)
    run({seed: monkey(int(seed)) for seed in seeds}, seeds)
