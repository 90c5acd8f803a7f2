# SPDX-License-Identifier: GPL-3.0-or-later
"""Two hundred random things that a user, a script or a cat may do, from a seed: the window survives, says nothing bad,
does not stall, and still does its work. test_monkey.py SEED...; SONO_MONKEY_STEPS for more of them."""
import os
import random
import sys
import time

from sonoui import MUSIC, SPEECH, App, Failure, GLib, check, run, xdotool

STEPS = int(os.environ.get("SONO_MONKEY_STEPS", "200"))
# opens dialogs that wait for a user, or ends the window
LEFT_OUT = {"open", "save", "save-as", "export-edits", "import-edits", "close", "quit", "about", "preferences", "menu",
            "show-help-overlay", "new-window", "open-path", "clear-recent", "save-to", "export-edits-to",
            "import-edits-from", "status"}
KEYS = ["t", "f", "r", "b", "e", "h", "z", "c", "o", "p", "a", "0", "1", "bracketleft", "bracketright", "braceleft",
        "braceright", "Left", "Right", "Up", "Down", "Page_Up", "Page_Down", "Home", "End", "Return", "Delete",
        "Escape", "ctrl+z", "ctrl+shift+z", "ctrl+y", "ctrl+a", "ctrl+d", "ctrl+plus", "ctrl+minus", "ctrl+0",
        "ctrl+shift+Up", "ctrl+shift+Down", "shift+f", "Tab", "shift+Tab", "F9", "ctrl+F7", "ctrl+F8", "space",
        "ctrl+Page_Down", "ctrl+shift+i"]
CHOICES = {"tool": ["time", "freq", "box", "brush", "eraser", "hand", "zoom"], "operation": ["gain", "erase"],
           "axis": ["linear", "log", "mel"], "show": ["level", "phase"], "colours": ["ember", "tide", "grey"],
           "time-format": ["seconds", "hms", "samples"], "freq-format": ["hz", "notes"]}
BOUNDS = {"brush-ms": (1.0, 500.0), "brush-octaves": (0.01, 2.0), "brush-hardness": (0.0, 1.0),
          "brush-flow": (0.0, 1.0), "feather-ms": (0.0, 100.0), "feather-hz": (0.0, 500.0)}


def some_region(dice):
    t = sorted(dice.uniform(-0.2, 2.0) for _ in range(2))
    f = sorted(dice.choice([0.0, dice.uniform(0.0, 22050.0), dice.uniform(20.0, 2000.0)]) for _ in range(2))
    return GLib.Variant("(dddd)", (t[0], t[1], f[0], f[1]))


def action(app, dice, names):
    name = dice.choice(names)
    if name in CHOICES:
        app.set_state(name, dice.choice(CHOICES[name]))
    elif name in BOUNDS:
        app.set_state(name, GLib.Variant("d", dice.uniform(*BOUNDS[name])))
    elif name in ("select", "show-region"):
        app.act(name, some_region(dice))
    elif name == "range":
        app.act(name, GLib.Variant("(dd)", (dice.uniform(-150, -60), dice.uniform(-50, 20))))
    elif name == "set-param":
        app.act(name, GLib.Variant("(sd)", (dice.choice(["gain_db", "no_such"]), dice.uniform(-200, 200))))
    elif name == "nudge-param":
        app.act(name, GLib.Variant("d", dice.choice([-1.0, 1.0])))
    elif name in ("go-to", "restore-from"):
        app.act(name, GLib.Variant("u", dice.randrange(6)))
    elif name == "cancel-task":
        app.act(name, GLib.Variant("i", dice.randrange(4)))
    elif name == "lanes":
        app.set_state(name, GLib.Variant("i", dice.choice([-1, 0, 1, 7])))
    elif isinstance(app.state(name), bool):
        app.set_state(name, GLib.Variant("b", dice.random() < 0.7 if name.startswith("show") else dice.random() < 0.4))
    else:
        app.act(name)
    return name


def mouse(app, dice, wid):
    width, height = size_of(wid)
    # below the title bar, whose buttons end the window, and without Alt, which is the window manager's
    x0, y0 = dice.randrange(30, max(31, width - 30)), dice.randrange(80, max(81, height - 60))
    x1, y1 = x0 + dice.randrange(-300, 300), y0 + dice.randrange(-200, 200)
    keys = dice.choice([[], [], ["shift"], ["ctrl"], ["ctrl", "shift"]])
    app.drag(wid, x0, y0, x1, y1, button=dice.choice([1, 1, 1, 2]), steps=dice.randrange(1, 8), pause_s=0.004, keys=keys)
    return f"drag {x0},{y0} to {x1},{y1} {keys}"


def size_of(wid):
    words = dict(line.split("=", 1) for line in xdotool("getwindowgeometry", "--shell", wid).splitlines() if "=" in line)
    return int(words.get("WIDTH", 800)), int(words.get("HEIGHT", 600))


def wheel(dice, wid):
    width, height = size_of(wid)
    xdotool("mousemove", "--window", wid, dice.randrange(width), dice.randrange(height))
    keys = dice.choice([[], ["ctrl"], ["shift"], ["ctrl", "shift"], ["ctrl", "alt"]])
    for key in keys:
        xdotool("keydown", key)
    xdotool("click", "--repeat", dice.randrange(1, 6), "--delay", 10, dice.choice([4, 5, 4, 5, 6, 7]))
    for key in keys:
        xdotool("keyup", key)
    return f"wheel {keys}"


def one(app, dice, names, wid):
    what = dice.random()
    if what < 0.45:
        return action(app, dice, names)
    if what < 0.65:
        return mouse(app, dice, wid)
    if what < 0.8:
        return wheel(dice, wid)
    if what < 0.95:
        key = dice.choice(KEYS)
        xdotool("key", key)
        return f"key {key}"
    width, height = dice.randrange(700, 1390), dice.randrange(450, 880)
    xdotool("windowsize", wid, width, height)
    return f"size {width} x {height}"


def monkey(seed):
    def go(home):
        dice = random.Random(seed)
        app = App(home, dice.choice([MUSIC, SPEECH, "/usr/share/sonic-pi/samples/loop_amen_full.flac"]))
        app.wait_ready()
        wid = app.focus()
        names = sorted(n for n in app.describe() if n not in LEFT_OUT)
        check(len(names) > 30, f"too few actions: {names}")
        done = []
        try:
            for step in range(STEPS):
                done.append(f"{step}: {one(app, dice, names, wid)}")
                app.check_alive()
                if step % 20 == 19:
                    xdotool("windowmove", wid, 5, 5)
                    xdotool("windowactivate", wid)
                    time.sleep(0.2)
                    check(app.status(), "the window has gone")
            xdotool("windowactivate", "--sync", wid)
            app.set_state("compare", GLib.Variant("b", False))
            app.wait_ready(patience_s=60)
            app.act("select-all")  # and it still works
            before = app.status()["edits"]
            app.set_state("operation", "gain")
            app.act("set-param", GLib.Variant("(sd)", ("gain_db", -1.0)))
            app.act("apply")
            app.wait_ready(edits=before + 1)
            app.act("save-to", home / "end.wav")
            app.wait_ready(saving=0, modified=0)
            app.check_log()
            app.quit()
        except (Failure, GLib.Error) as failure:
            raise Failure(f"seed {seed}: {failure}\nlast: " + "; ".join(done[-12:])) from failure
    return go


if __name__ == "__main__":
    run({seed: monkey(int(seed)) for seed in sys.argv[1:]}, sys.argv[1:])
