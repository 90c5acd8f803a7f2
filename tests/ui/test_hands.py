# SPDX-License-Identifier: GPL-3.0-or-later
"""Hands on the whole window: painting faster than edits are committed, what happens in the middle of a drag, whose the
keys are. What single gestures do is tested without the window (tools, tools_select) and on the canvas alone (canvas)."""
import filecmp
import json
import os
import sys
import time

from sonoui import MUSIC, App, Atspi, GLib, check, cli, find, name_of, nodes, run, wait_until, xdotool

SUSTAINED = "/usr/share/sonic-pi/samples/ambi_choir.flac"


class Hand:
    """A window, its canvas, and places on it as parts of its width and height."""

    def __init__(self, home, *files):
        self.home = home
        self.app = App(home, *(files or (MUSIC,)))
        self.app.wait_ready()
        self.wid = self.app.focus()
        self.box = self.app.canvas_box()

    def move(self, u, v):
        xdotool("mousemove", "--window", self.wid, *self.app.at(u, v, self.box))

    def press(self, u, v):
        self.move(u, v)
        xdotool("mousedown", 1)

    def drag(self, u0, v0, u1, v1, **more):
        self.app.drag(self.wid, *self.app.at(u0, v0, self.box), *self.app.at(u1, v1, self.box), **more)

    def edits(self):
        path = self.home / f"edits-{time.monotonic_ns()}.json"
        self.app.act("export-edits-to", path)
        wait_until(lambda: os.path.exists(path), "the edits are written")
        self.app.wait_ready(saving=0)
        with open(path, encoding="utf-8") as script:
            return json.load(script)["edits"], path

    def end(self):
        """Leave nothing unsaved, which would be asked about."""
        self.app.act("save-to", self.home / "end.wav")
        self.app.wait_ready(saving=0, modified=0)
        self.app.quit()

    def click(self, what, wanted):
        """The middle of a control."""
        found = find(self.app.root(), wanted)
        check(found is not None, f"there is no {what}")
        e = found.get_extents(Atspi.CoordType.WINDOW)
        xdotool("mousemove", "--window", self.wid, e.x + e.width // 2, e.y + e.height // 2)
        time.sleep(0.1)
        xdotool("click", 1)
        time.sleep(0.3)

    def key(self, *keys):
        for key in keys:
            xdotool("key", key)
        time.sleep(0.3)


def test_twenty(home):
    """Twenty strokes one after another, each with a larger brush, while the view is zoomed: none is lost, all are in
    order, and the command line makes the same sound of them. Undo and redo as fast as keys repeat."""
    hand = Hand(home, SUSTAINED)
    app = hand.app
    app.set_state("tool", "brush")
    app.set_state("brush-ms", GLib.Variant("d", 2.0))
    app.set_state("brush-octaves", GLib.Variant("d", 0.02))
    for i in range(20):
        u = 0.05 + 0.04 * i
        hand.drag(u, 0.1 + 0.02 * (i % 5), u + 0.03, 0.3, steps=4, pause_s=0.002)
        xdotool("key", "bracketright")
        if i % 2 == 0:
            xdotool("keydown", "ctrl", "click", 4 + i // 2 % 2, "keyup", "ctrl")
    app.wait_ready(edits=20)
    edits, script = hand.edits()
    radii = [edit["mask"]["shapes"][0]["brush"]["radius_ms"] for edit in edits]
    check(all(abs(radii[i] / (2.0 * 1.25 ** i) - 1.0) < 1e-6 for i in range(20)), f"the brushes' radii are {radii}")
    app.act("save-to", home / "window.wav")
    app.wait_ready(saving=0, modified=0)
    cli("render", SUSTAINED, "--edits", script, "-o", home / "cli.wav")
    check(filecmp.cmp(home / "window.wav", home / "cli.wav", shallow=False), "the command line renders other samples")
    hand.key(*["ctrl+z"] * 20)
    app.wait_ready(edits=0)
    hand.key(*["ctrl+y"] * 20)
    app.wait_ready(edits=20)
    for i in range(6):  # some of these are taken back before they are committed
        hand.drag(0.1 * i + 0.1, 0.6, 0.1 * i + 0.15, 0.7, steps=3, pause_s=0.001)
    hand.key("ctrl+z", "ctrl+z", "ctrl+z")
    app.wait_ready(edits=23)
    check(hand.edits()[0][:20] == edits, "the edits before are others now")
    hand.end()


def test_interrupted(home):
    """In the middle of a stroke: undo, the other buttons, Escape, the original, another size of the window."""
    hand = Hand(home)
    app = hand.app
    app.set_state("tool", "brush")
    hand.drag(0.1, 0.2, 0.3, 0.2)
    app.wait_ready(edits=1)
    hand.press(0.2, 0.3)
    hand.move(0.3, 0.3)
    hand.key("ctrl+z")
    hand.move(0.4, 0.35)
    xdotool("mouseup", 1)
    app.wait_ready(edits=1)
    check(len(hand.edits()[0]) == 1, "the stroke is not there in place of the undone one")
    for what, do in (("Escape", lambda: hand.key("Escape")), ("right", lambda: xdotool("click", 3)),
                     ("middle", lambda: xdotool("click", 2))):
        hand.press(0.2, 0.5)
        hand.move(0.3, 0.5)
        time.sleep(0.1)
        do()
        time.sleep(0.1)
        hand.move(0.4, 0.5)
        xdotool("mouseup", 1)
        time.sleep(0.3)
        check(app.status()["edits"] == 1 and app.status()["queued"] == 0, f"{what} in a stroke does not end it")
    hand.press(0.2, 0.6)
    hand.move(0.3, 0.6)
    xdotool("keydown", "o")
    time.sleep(0.2)
    hand.move(0.4, 0.6)
    xdotool("mouseup", 1, "keyup", "o")
    app.wait_ready(edits=2)
    check(app.state("compare") is False, "the original is still shown")
    hand.press(0.2, 0.7)
    hand.move(0.3, 0.7)
    xdotool("windowsize", hand.wid, 1000, 560)
    time.sleep(0.5)
    hand.move(0.4, 0.5)
    xdotool("mouseup", 1)
    app.wait_ready(edits=3)
    hand.end()


def test_whose_keys(home):
    """After a control was used with the mouse the canvas's keys work on, and Return does not press a button again."""
    hand = Hand(home)
    app = hand.app
    app.set_state("tool", "brush")
    wait_until(lambda: find(app.root(), lambda n: name_of(n) == "Hardness"), "the brush has its panel")
    hand.click("eraser", lambda n: name_of(n) == "Eraser" and n.get_role() != Atspi.Role.LABEL)
    app.wait(tool="eraser")
    size = app.state("brush-ms")
    hand.key("bracketright")
    check(app.state("brush-ms") > size, "] does nothing after a tool was clicked")
    hand.click("hardness", lambda n: name_of(n) == "Hardness" and n.get_role() == Atspi.Role.SLIDER)
    xdotool("keydown", "b")  # held while the slider has the focus
    time.sleep(0.4)
    app.wait(tool="brush")
    xdotool("keyup", "b")
    app.wait(tool="eraser")
    hand.key("r")
    app.wait(tool="box")
    hand.click("box", lambda n: n.get_role() == Atspi.Role.CHECK_BOX and name_of(n) == "Edit all channels")
    check(app.state("link-channels") is False, "the check box was not clicked")
    hand.key("ctrl+a", "Return")
    app.wait_ready(edits=1)
    check(app.state("link-channels") is False, "Return pressed the check box")
    hand.end()


def has_keys(app):
    """The name of what has the keys."""
    node = find(app.root(), lambda n: n.get_state_set().contains(Atspi.StateType.FOCUSED)
                and n.get_role() != Atspi.Role.FRAME)
    return node and name_of(node)


def is_called(role, name):
    return lambda n: n.get_role() == role and name_of(n) == name


def test_after_mouse(home):
    """What is used with the mouse leaves the keys to the canvas; what was typed counts for the button that is pressed."""
    hand = Hand(home)
    app = hand.app
    app.act("select-all")
    entry = is_called(Atspi.Role.TEXT, "Gain (dB), exact value")
    hand.click("field for the gain", entry)
    hand.key("ctrl+a")
    xdotool("type", "--delay", 40, "--", "-3")
    hand.click("Apply", is_called(Atspi.Role.PUSH_BUTTON, "Apply"))
    app.wait_ready(edits=1)
    check(hand.edits()[0][0]["params"]["gain_db"] == -3.0, f"what was typed did not count: {hand.edits()[0][0]}")
    check(has_keys(app) == "Spectrogram", f"{has_keys(app)} has the keys after a button")
    hand.click("slider", is_called(Atspi.Role.SLIDER, "Gain (dB)"))
    check(has_keys(app) == "Spectrogram", f"{has_keys(app)} has the keys after a slider")
    hand.click("operations", is_called(Atspi.Role.COMBO_BOX, "Operation"))
    hand.key("Down", "Return")
    check(app.state("operation") == "erase", "no other operation was chosen")
    check(has_keys(app) == "Spectrogram", f"{has_keys(app)} has the keys after a choice")
    hand.key("Return")
    app.wait_ready(edits=2)
    check([edit["operation"] for edit in hand.edits()[0]] == ["gain", "erase"], "Return applied something else")
    hand.click("folding", lambda n: n.get_role() == Atspi.Role.PUSH_BUTTON and name_of(n) == "Brush")
    check(has_keys(app) == "Spectrogram", f"{has_keys(app)} has the keys after folding")
    xdotool("key", "Tab")
    wait_until(lambda: has_keys(app) not in ("Spectrogram", None), "Tab goes on from the canvas")
    hand.end()


def test_history(home):
    """A click on a row of the history goes to its state, and the next one back."""
    hand = Hand(home)
    app = hand.app
    app.act("select-all")
    for edits in (1, 2, 3):
        app.act("apply")
        app.wait_ready(edits=edits)

    def row(i):
        rows = [n for n in nodes(find(app.root(), is_called(Atspi.Role.LIST, "History")))
                if n.get_role() == Atspi.Role.LABEL]
        check(len(rows) == 4, f"the history lists {[name_of(n) for n in rows]}")
        return lambda n: n == rows[i]
    for i in (1, 0, 3, 2):
        hand.click(f"row {i}", row(i))
        app.wait_ready(edits=i)
        check(has_keys(app) == "Spectrogram", f"{has_keys(app)} has the keys after row {i}")
    hand.key("ctrl+z")
    app.wait_ready(edits=1)
    hand.end()


def main():
    run({"twenty": test_twenty, "interrupted": test_interrupted, "whose_keys": test_whose_keys,
         "after_mouse": test_after_mouse, "history": test_history}, sys.argv[1:])


if __name__ == "__main__":
    main()
