# SPDX-License-Identifier: GPL-3.0-or-later
"""The window on other screens: a small one, one with dense pixels, and where people read from right to left. It fits,
all of it works, and nothing complains."""
import os
import shutil
import subprocess
import sys
import time

from sonoui import BUILD, MUSIC, App, Atspi, GLib, check, find, name_of, run, shot, wait_until, xdotool

# What has a place of its own in the window, and must be seen whole from side to side.
PARTS = {Atspi.Role.PUSH_BUTTON, Atspi.Role.TOGGLE_BUTTON, Atspi.Role.RADIO_BUTTON, Atspi.Role.CHECK_BOX, Atspi.Role.SLIDER,
         Atspi.Role.COMBO_BOX, Atspi.Role.TEXT, Atspi.Role.IMAGE, Atspi.Role.SCROLL_BAR}


def extents(node):
    return node.get_extents(Atspi.CoordType.WINDOW)


def seen(node):
    """A node and all below it that is shown (GTK 4.8 calls only windows showing)."""
    if node.get_state_set().contains(Atspi.StateType.VISIBLE):
        yield node
        for i in range(node.get_child_count()):
            child = node.get_child_at_index(i)
            if child is not None:
                yield from seen(child)


def frame(app):
    return extents(find(app.root(), lambda n: n.get_role() == Atspi.Role.FRAME))


def check_fits(app, wide, high):
    outer = frame(app)
    check(outer.width <= wide and outer.height <= high, f"the window has {outer.width} x {outer.height} of {wide} x {high}")
    n = 0
    for node in seen(find(app.root(), lambda node: node.get_role() == Atspi.Role.FRAME)):
        if node.get_role() in PARTS:
            e = extents(node)
            what = f"{node.get_role_name()} '{name_of(node)}' at {e.x}, {e.y}, {e.width} x {e.height}"
            check(e.x >= -1 and e.x + e.width <= outer.width + 1, f"{what} is cut off in {outer.width}")
            n += e.width > 0
    check(n > 30, f"only {n} controls were looked at")
    entry = extents(find(app.root(), lambda node: name_of(node).startswith("High")))
    check(entry.y + entry.height <= outer.height, f"the status bar is below the window: {entry.y}, {outer.height}")


def drag(app, wid, scale, u0, v0, u1, v1):
    x0, y0 = app.at(u0, v0, app.canvas_box())
    x1, y1 = app.at(u1, v1, app.canvas_box())
    app.drag(wid, scale * x0, scale * y0, scale * x1, scale * y1)


def use(app, name, scale, wide, high):
    """Select and paint with the mouse, look into every window, fold and unfold."""
    app.wait_ready()
    wid = app.focus()
    check_fits(app, wide, high)
    app.set_state("tool", "box")
    drag(app, wid, scale, 0.2, 0.1, 0.6, 0.3)
    app.wait_ready(selected=1)
    time.sleep(0.5)
    shot(f"screen-{name}")
    check_fits(app, wide, high)  # the readouts are filled now
    xdotool("key", "Return")
    app.wait_ready(edits=1)
    app.set_state("tool", "brush")
    drag(app, wid, scale, 0.3, 0.35, 0.7, 0.4)
    app.wait_ready(edits=2)
    for part in ("show-inspector", "show-overview", "show-waveform"):
        app.set_state(part, GLib.Variant("b", False))
        app.wait_ready()
    for part in ("show-inspector", "show-overview", "show-waveform"):
        app.set_state(part, GLib.Variant("b", True))
        app.wait_ready()
    for action, window in (("menu", 1), ("show-help-overlay", 1), ("preferences", None), ("about", None)):
        app.act(action, window=window)
        time.sleep(0.7)
        shot(f"screen-{name}-{action}")
        if action == "preferences":
            opened = find(app.root(), lambda n: n.get_role() == Atspi.Role.FRAME and name_of(n) == "Preferences")
            check(opened is not None and extents(opened).height <= high, "the preferences are higher than the screen")
        xdotool("key", "Escape")
        time.sleep(0.2)
    for key in ("ctrl+plus", "Right", "ctrl+0", "ctrl+z"):
        xdotool("key", key)
    app.wait_ready(edits=1)
    check_fits(app, wide, high)
    app.act("save-to", app.home / "end.wav")
    app.wait_ready(saving=0, modified=0)
    app.quit()


def test_small(home):
    size = os.environ["SONO_SCREEN"].split("x")
    use(App(home, MUSIC), "small", 1, int(size[0]), int(size[1]))


def test_dense(home):
    use(App(home, MUSIC, env={"GDK_SCALE": "2"}), "dense", 2, 1400 // 2, 900 // 2)


def test_mirrored(home):
    """GTK mirrors its widgets where the program speaks a language that is written so: here Hebrew, of no words."""
    words, locales = home / "locale/he/LC_MESSAGES", home / "locales"
    os.makedirs(words)
    os.makedirs(locales)
    subprocess.run(["localedef", "-i", "he_IL", "-f", "UTF-8", os.path.join(locales, "he_IL.UTF-8")], check=True)
    po = 'msgid ""\nmsgstr "Language: he\\nContent-Type: text/plain; charset=UTF-8\\n"\n'
    subprocess.run(["msgfmt", "-o", os.path.join(words, "sonobrush.mo"), "-"], input=po, text=True, check=True)
    shutil.copy(f"{BUILD}/src/app/sonobrush", home / "sonobrush")
    app = App(home, MUSIC, env={"LC_ALL": "he_IL.UTF-8", "LOCPATH": locales}, program=home / "sonobrush")
    app.wait_ready()
    tools = extents(wait_until(lambda: find(app.root(), lambda n: name_of(n) == "Eraser"), "there is an eraser"))
    check(tools.x > frame(app).width // 2, f"the tools are at {tools.x}, which is not mirrored")
    box = app.canvas_box()
    app.act("select", GLib.Variant("(dddd)", (0.0, 0.2, 500.0, 5000.0)))  # time goes on from left to right
    check(box[2] > 200, f"the canvas is {box}")
    use(app, "mirrored", 1, 1400, 900)


def main():
    run({"small": test_small, "dense": test_dense, "mirrored": test_mirrored}, sys.argv[1:])


if __name__ == "__main__":
    main()
