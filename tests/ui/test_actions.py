# SPDX-License-Identifier: GPL-3.0-or-later
"""Every action of docs/commands.md is there with the type and state that stand there, nothing else is, and each does
what it says (as far as its state or the window's status can tell)."""
import re
import sys
import time

from sonoui import MUSIC, SOURCE, SPEECH, App, GLib, check, find, name_of, run, wait_until

ROW = re.compile(r"^\|([^|]*`(?:app|win)\.[^|]*)\|([^|]*)\|([^|]*)\|")


def documented():
    """{(scope, name): (type or '', is a state)}"""
    found = {}
    with open(f"{SOURCE}/docs/commands.md", encoding="utf-8") as page:
        for line in page:
            row = ROW.match(line)
            if not row:
                continue
            for scope, name in re.findall(r"`(app|win)\.([a-z-]+)`", row[1]):
                kind = re.search(r"`([^`]+)`", row[2])
                found[scope, name] = (kind[1] if kind else "", "state" in row[2])
    return found


def test_documented(home):
    app = App(home, MUSIC)
    app.wait_ready()
    there = {("win", n): d for n, d in app.describe().items()} | {("app", n): d for n, d in app.describe(None).items()}
    wanted = documented()
    check(len(wanted) > 60, f"only {len(wanted)} commands are documented")
    missing = sorted(set(wanted) - set(there))
    extra = sorted(set(there) - set(wanted))
    check(not missing, f"not there: {missing}")
    check(not extra, f"not documented: {extra}")
    wrong = []
    for key, (kind, is_state) in wanted.items():
        parameter = there[key][1]
        state_type = state_of(app, key)
        if is_state and state_type != kind:
            wrong.append(f"{key}: state {state_type}, documented {kind}")
        if not is_state and (parameter != kind or state_type is not None):
            wrong.append(f"{key}: parameter '{parameter}', state {state_type}, documented '{kind}'")
    check(not wrong, "\n".join(wrong))
    app.quit()


def state_of(app, key):
    path = app.path_of(1 if key[0] == "win" else None)
    reply = app._call(path, "Describe", GLib.Variant("(s)", (key[1],)), "((bgav))")
    state = reply.get_child_value(0).get_child_value(2)
    return state.get_child_value(0).get_variant().get_type_string() if state.n_children() else None


def changed(app, name, value, window=1):
    """SetState is taken over and told."""
    app.set_state(name, value, window)
    wanted = value if isinstance(value, str) else value.unpack()

    def there():
        now = app.state(name, window)
        return abs(now - wanted) < 1e-6 if isinstance(wanted, float) else now == wanted
    wait_until(there, lambda: f"{name} is {app.state(name, window)}, not {wanted}")


def test_states(home):
    app = App(home, MUSIC)
    app.wait_ready()
    for tool in ("time", "freq", "box", "eraser", "hand", "zoom", "brush"):
        changed(app, "tool", tool)
        app.wait(tool=tool)
    for name, values in {"operation": ("erase", "gain"), "axis": ("linear", "log", "bark", "erb", "mel"), "show": ("phase", "level"),
                         "colours": ("tide", "grey", "ember"), "time-format": ("seconds", "samples", "hms"),
                         "freq-format": ("notes", "hz"), "follow": ("off", "scroll", "page"),
                         "channel-mode": ("mid", "side", "mono", "normal")}.items():
        for value in values:
            changed(app, name, value)
            app.wait_ready()
    for name, value in {"brush-ms": 25.0, "brush-octaves": 0.4, "brush-hardness": 0.9, "brush-flow": 0.3,
                        "feather-ms": 3.0, "feather-hz": 40.0, "output-gain": -6.0}.items():
        changed(app, name, GLib.Variant("d", value))
    for name in ("link-channels", "compare", "pressure-to-strength", "pressure-to-size", "show-overview",
                 "show-waveform", "show-inspector", "show-meters", "loop", "return-to-start", "auto-audition", "fullscreen"):
        before = app.state(name)
        changed(app, name, GLib.Variant("b", not before))
        changed(app, name, GLib.Variant("b", before))
    for lane in (0, 1, -1):
        changed(app, "lanes", GLib.Variant("i", lane))
        app.wait_ready()
    app.act("brush-smaller")
    wait_until(lambda: app.state("brush-ms") < 25.0, "the brush gets smaller")
    app.act("brush-bigger")
    app.act("brush-softer")
    wait_until(lambda: app.state("brush-hardness") < 0.9, "the brush gets softer")
    app.act("brush-harder")
    for nonsense in ("tool", "operation", "axis", "show", "colours", "time-format", "freq-format", "follow",
                     "channel-mode"):
        before = app.state(nonsense)
        app.set_state(nonsense, "no such thing")
        app.wait(first="ready")
        check(app.state(nonsense) == before, f"{nonsense} takes what is not there")
    app.quit()


def test_work(home):
    app = App(home, MUSIC)
    app.wait_ready(edits=0, modified=0)
    app.act("select", GLib.Variant("(dddd)", (0.1, 0.5, 500.0, 4000.0)))
    app.wait(selected=1)
    app.act("set-param", GLib.Variant("(sd)", ("gain_db", -20.0)))
    app.act("apply")
    app.wait_ready(edits=1, modified=1)
    app.act("erase-selection")
    app.wait_ready(edits=2)
    for name in ("select-invert", "select-invert", "zoom-selection", "zoom-fit"):
        app.act(name)
        app.wait_ready(selected=1)
    app.act("restore-from", GLib.Variant("u", 1))
    app.wait_ready(edits=3)
    app.act("undo")
    app.wait_ready(edits=2)
    app.act("redo")
    app.wait_ready(edits=3)
    app.act("go-to", GLib.Variant("u", 0))
    app.wait_ready(edits=0)
    app.act("go-to", GLib.Variant("u", 2))
    app.wait_ready(edits=2)
    app.act("select-none")
    app.wait(selected=0)
    app.act("select-all")
    app.wait(selected=1)
    for name in ("zoom-in", "zoom-in", "pan-right", "page-right", "pan-left", "page-left", "zoom-in-freq", "pan-up",
                 "pan-down", "zoom-out-freq", "go-end", "go-start", "zoom-out", "lane-next", "lane-previous",
                 "fit-contrast"):
        app.act(name)
    app.act("range", GLib.Variant("(dd)", (-90.0, -10.0)))
    app.act("show-region", GLib.Variant("(dddd)", (0.2, 0.4, 100.0, 8000.0)))
    app.wait_ready()
    app.act("cancel-task", GLib.Variant("i", 12345))  # there is none
    app.act("export-edits-to", home / "edits.json")
    wait_until(lambda: exists(home / "edits.json"), "the edits are written")
    app.act("save-to", home / "sound.wav")
    app.wait_ready(saving=0, modified=0)
    app.act("save")
    app.wait_ready(saving=0)
    app.act("import-edits-from", home / "edits.json")
    app.wait_ready(edits=4)
    with open(home / "idle.json", "w", encoding="utf-8") as script:
        script.write('{"sonobrush_edits": 1, "edits": [{"operation": "erase", "mask": {"shapes": []}}]}')
    app.act("import-edits-from", home / "idle.json")
    wait_until(lambda: find(app.root(), lambda n: name_of(n) == "1 edit of idle.json changes nothing"),
               "it is said that an imported edit changes nothing")
    app.wait_ready(edits=4)
    for name in ("menu", "show-help-overlay"):
        app.act(name)
        time.sleep(0.5)
        app.wait(first="ready")
    app.act("preferences", window=None)
    app.act("about", window=None)
    app.act("new-window", window=None)
    app.wait(window=2, first="empty")
    app.act("open-path", SPEECH, window=None)  # there, or in one of its own when a dialog is in front
    second = wait_until(lambda: next((n for n in (2, 3, 4, 5) if app.status(n).get("") == "ready"), None), "it opens")
    app.act("close", window=second)
    wait_until(lambda: not app.status(second), "the second window closes")
    app.act("save-to", home / "sound.wav")
    app.wait_ready(saving=0, modified=0)
    app.quit()


def exists(path):
    try:
        with open(path, "rb") as file:
            return len(file.read()) > 0
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    run({"documented": test_documented, "states": test_states, "work": test_work}, sys.argv[1:])
