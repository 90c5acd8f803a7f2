# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user does from end to end, on a real display: see main at the end for the cases."""
import filecmp
import json
import os
import shutil
import subprocess
import sys
import time

from sonoui import (MUSIC, SPEECH, App, Atspi, GLib, check, cli, find, name_of, nodes, run, shot, wait_until,
                    xdotool)

INTERACTIVE = {Atspi.Role.PUSH_BUTTON, Atspi.Role.TOGGLE_BUTTON, Atspi.Role.CHECK_BOX, Atspi.Role.RADIO_BUTTON,
               Atspi.Role.SLIDER, Atspi.Role.SPIN_BUTTON, Atspi.Role.COMBO_BOX, Atspi.Role.TEXT, Atspi.Role.ENTRY,
               Atspi.Role.MENU_ITEM, Atspi.Role.LIST_ITEM}


def opened(home, *files, **more):
    app = App(home, *(files or (MUSIC,)), **more)
    app.wait_ready()
    return app


def paint(app, wid, u0, v0, u1, v1, **more):
    """A stroke over parts of the canvas."""
    box = app.canvas_box()
    app.drag(wid, *app.at(u0, v0, box), *app.at(u1, v1, box), **more)


def is_visible(node):
    """GTK 4.8 calls only windows showing."""
    try:
        return node.get_state_set().contains(Atspi.StateType.VISIBLE)
    except GLib.Error:
        return False


def is_called(node, *names):
    """GTK joins a label and its text with the mnemonic: "_Apply Apply"."""
    words = name_of(node).replace("_", "").split()
    half = len(words) // 2
    return " ".join(words[:half] if half and words[:half] == words[half:] else words) in names


def has_name(node):
    """A widget without a name is called by its type."""
    return name_of(node) != "" and not name_of(node).startswith("Gtk")


def test_names(home):
    """Whatever can be worked with has a name."""
    app = opened(home)
    nameless = []
    n = 0
    for node in nodes(app.root()):
        if node.get_role() not in INTERACTIVE or not is_visible(node):
            continue
        n += 1
        # the parts of a drop-down, a spin button or a switch are spoken for by what they are parts of
        around = [node]
        while len(around) < 4 and around[-1] is not None:
            around.append(around[-1].get_parent())
        if not any(has_name(a) for a in around if a is not None and a.get_role() != Atspi.Role.FRAME) and \
                not (node.get_role() == Atspi.Role.LIST_ITEM and any(has_name(c) for c in nodes(node))):
            nameless.append(f"{node.get_role_name()} '{name_of(node)}'")
    check(n >= 20, f"only {n} controls are there")
    check(not nameless, f"{len(nameless)} of {n} controls have no name: {nameless}")
    app.quit()


def press(app, name):
    button = find(app.root(), lambda x: is_called(x, name) and x.get_role() == Atspi.Role.PUSH_BUTTON)
    check(button is not None, f"no button {name}")
    check(button.get_action_iface().do_action(0), f"{name} cannot be pressed")


def test_buttons(home):
    app = opened(home)
    app.act("select", GLib.Variant("(dddd)", (0.2, 0.8, 300.0, 3000.0)))
    app.wait(selected=1)
    press(app, "Apply")
    app.wait_ready(edits=1)
    press(app, "Undo")
    app.wait_ready(edits=0)
    press(app, "Redo")
    app.wait_ready(edits=1)
    press(app, "Undo")
    app.wait_ready(edits=0, modified=0)
    app.quit()


def test_trip(home):
    """Select, paint, apply, undo, redo, export, import in another window, save, reopen; the command line agrees."""
    app = opened(home)
    wid = app.focus()
    app.set_state("tool", "box")
    paint(app, wid, 0.3, 0.2, 0.5, 0.35)
    app.wait(selected=1)
    app.act("apply")
    app.wait_ready(edits=1)
    app.set_state("tool", "brush")
    paint(app, wid, 0.55, 0.7, 0.8, 0.6)
    app.wait_ready(edits=2)
    app.set_state("tool", "eraser")
    paint(app, wid, 0.1, 0.2, 0.25, 0.3)
    app.wait_ready(edits=3)
    shot("trip")
    app.act("save-to", home / "edited.wav")
    app.wait_ready(saving=0, modified=0)
    app.act("export-edits-to", home / "edits.json")
    app.wait_ready(saving=0)
    wait_until(lambda: os.path.exists(home / "edits.json"), "the edits are written")
    cli("render", MUSIC, "--edits", home / "edits.json", "-o", home / "cli.wav")
    check(filecmp.cmp(home / "edited.wav", home / "cli.wav", shallow=False), "the command line renders other samples")
    for left in (2, 1, 0):
        app.act("undo")
        app.wait_ready(edits=left)
    app.act("save-to", home / "undone.wav")
    app.wait_ready(saving=0)
    with open(home / "none.json", "w", encoding="utf-8") as none:
        json.dump({"sonobrush_edits": 1, "edits": []}, none)
    cli("render", MUSIC, "--edits", home / "none.json", "-o", home / "plain.wav")
    check(filecmp.cmp(home / "undone.wav", home / "plain.wav", shallow=False), "undo does not give the original back")
    for there in (1, 2, 3):
        app.act("redo")
        app.wait_ready(edits=there)
    app.act("new-window", window=None)
    app.wait(window=2, first="empty")
    shutil.copy(MUSIC, home / "copy.flac")
    app.act("open-path", home / "copy.flac", window=None)
    app.wait_ready(window=2)
    app.act("import-edits-from", home / "edits.json", window=2)
    app.wait_ready(window=2, edits=3)
    app.act("save-to", home / "imported.wav", window=2)
    app.wait_ready(window=2, saving=0)
    check(filecmp.cmp(home / "imported.wav", home / "edited.wav", shallow=False), "imported edits give other samples")
    app.act("save-to", home / "redone.wav")
    app.wait_ready(saving=0, modified=0)
    check(filecmp.cmp(home / "redone.wav", home / "edited.wav", shallow=False), "redo gives other samples")
    app.quit()
    again = opened(home, home / "edited.wav")
    again.act("save-to", home / "again.wav")
    again.wait_ready(saving=0)
    check(filecmp.cmp(home / "again.wav", home / "edited.wav", shallow=False), "reopened and saved, it is another")
    again.quit()


def answer(app, *names):
    """Press the button of a dialog that has one of these names."""
    def pressed():
        for node in nodes(app.root()):
            if is_called(node, *names) and node.get_role() == Atspi.Role.PUSH_BUTTON and is_visible(node):
                return node.get_action_iface().do_action(0)
        return False
    wait_until(pressed, lambda: f"no button {names}: {[name_of(n) for n in nodes(app.root()) if name_of(n)]}")


def crash_with_edit(home, path):
    app = opened(home, path)
    app.act("select", GLib.Variant("(dddd)", (0.2, 0.8, 300.0, 3000.0)))
    app.act("apply")
    app.wait_ready(edits=1)
    app.act("save-to", home / "wanted.wav")
    app.wait_ready(saving=0)
    app.act("erase-selection")
    app.wait_ready(edits=2)
    app.act("export-edits-to", home / "edits.json")
    app.wait_ready(saving=0)
    state = home / "state/sonobrush/recovery"
    wait_until(lambda: os.path.isdir(state) and os.listdir(state), "the edits are kept for a crash")
    time.sleep(1.0)  # the storing is done within a second of the edit
    app.kill()


def recover(home, *files):
    app = App(home, *files)
    answer(app, "Recover")
    window = wait_until(lambda: next((n for n in (1, 2, 3) if app.status(n).get("edits") == 2), None),
                        lambda: f"no window with two edits: {[app.status(n) for n in (1, 2, 3)]}")
    app.wait_ready(window=window, edits=2, modified=1)
    app.act("save-to", home / "recovered.wav", window=window)
    app.wait_ready(window=window, saving=0, modified=0)
    cli("render", MUSIC, "--edits", home / "edits.json", "-o", home / "cli.wav")
    check(filecmp.cmp(home / "recovered.wav", home / "cli.wav", shallow=False), "recovered edits give other samples")
    app.quit()


def test_recovery(home):
    shutil.copy(MUSIC, home / "sound.flac")
    crash_with_edit(home, home / "sound.flac")
    recover(home)


def test_recovery_moved(home):
    os.mkdir(home / "there")
    shutil.copy(MUSIC, home / "sound.flac")
    crash_with_edit(home, home / "sound.flac")
    os.rename(home / "sound.flac", home / "there/renamed.flac")
    recover(home, home / "there/renamed.flac")


def test_unsaved(home):
    """Closing asks; Cancel keeps the window, Discard ends it."""
    app = opened(home)
    app.act("select-all")
    app.act("apply")
    app.wait_ready(edits=1, modified=1)
    app.act("close")
    answer(app, "Cancel")
    wait_until(lambda: not find(app.root(), lambda n: is_called(n, "Discard")), "the question goes away")
    app.wait_ready(edits=1)
    app.act("close")
    answer(app, "Discard")
    app.wait_end()


def test_quit(home):
    """Quitting asks window by window; to cancel is to keep what is left."""
    app = opened(home, MUSIC, SPEECH)
    app.wait_ready(window=2)
    for window in (1, 2):
        app.act("select-all", window=window)
        app.act("apply", window=window)
        app.wait_ready(window=window, edits=1)
    app.act("quit", window=None)
    answer(app, "Discard")
    left = wait_until(lambda: [w for w in (1, 2) if app.status(w)][:1] if not all(map(app.status, (1, 2))) else None,
                      "one window goes")[0]
    answer(app, "Cancel")
    wait_until(lambda: not find(app.root(), lambda n: is_called(n, "Discard")), "the question goes away")
    app.wait_ready(window=left, edits=1, modified=1)
    app.act("quit", window=None)
    answer(app, "Discard")
    app.wait_end()


def test_missing(home):
    """A file that is not there or no sound is told of in the window that is there, by its name."""
    app = opened(home)
    for name, content in (("gone.wav", None), ("text.wav", "no sound")):
        if content:
            with open(home / name, "w", encoding="utf-8") as file:
                file.write(content)
        app.act("open-path", home / name, window=None)
        wait_until(lambda n=name: find(app.root(), lambda x: n in name_of(x) and x.get_role() == Atspi.Role.LABEL),
                   f"a card about {name}")
        wait_until(lambda: not app.status(2), "no window is left of it")
    app.wait_ready()
    app.quit()


def test_windows(home):
    app = opened(home, MUSIC, SPEECH)
    app.wait_ready(window=2)
    app.act("select-all", window=2)
    app.act("apply", window=2)
    app.wait_ready(window=2, edits=1)
    check(app.status(1)["edits"] == 0, "an edit of one window is in the other")
    subprocess.run([app.process.args[0], "/usr/share/sonic-pi/samples/ambi_choir.flac"], env=dict(os.environ, HOME=home.path),
                   check=True, timeout=20)
    app.wait_ready(window=3)
    app.act("undo", window=2)
    app.wait_ready(window=2, edits=0)
    for window in (3, 2, 1):
        app.act("close", window=window)
    app.wait_end()


def test_keyboard(home):
    """Without a mouse: choose a tool, select everything, apply, undo, zoom, pan, save."""
    app = opened(home)
    app.focus()
    time.sleep(0.5)
    for _ in range(40):  # Tab goes round through all controls; t is the canvas's
        xdotool("key", "t")
        time.sleep(0.15)
        if app.state("tool") == "time":
            break
        xdotool("key", "Tab")
        time.sleep(0.15)
    check(app.state("tool") == "time", "the canvas is not reached by Tab")
    xdotool("key", "ctrl+a")
    app.wait(selected=1)
    xdotool("key", "Return")
    app.wait_ready(edits=1)
    xdotool("key", "ctrl+z")
    app.wait_ready(edits=0)
    xdotool("key", "ctrl+shift+z")
    app.wait_ready(edits=1)
    for key in ("ctrl+plus", "Right", "Left", "End", "Home", "ctrl+0", "b", "bracketleft", "ctrl+d"):
        xdotool("key", key)
    app.wait_ready(selected=0)
    app.wait(tool="brush")
    xdotool("key", "ctrl+q")
    answer(app, "Discard")
    app.wait_end()


def test_typing(home):
    """Letters typed into a field are text; numbers there select."""
    app = opened(home)
    wid = app.focus()
    app.act("select", GLib.Variant("(dddd)", (0.2, 0.8, 300.0, 3000.0)))
    app.wait(selected=1)
    entry = find(app.root(), lambda n: n.get_role() in (Atspi.Role.TEXT, Atspi.Role.ENTRY) and "tart" in name_of(n)
                 and is_visible(n))
    check(entry is not None, "no field for the start of the selection")
    e = entry.get_extents(Atspi.CoordType.WINDOW)
    tool = app.state("tool")
    xdotool("mousemove", "--window", wid, e.x + e.width // 2, e.y + e.height // 2, "click", "--repeat", 3, 1)
    time.sleep(0.3)
    xdotool("type", "--delay", 40, "tfrehz")
    time.sleep(0.5)
    check(app.state("tool") == tool, f"typing in a field chose the tool {app.state('tool')}")
    xdotool("key", "ctrl+a")
    xdotool("type", "--delay", 40, "0.5")
    xdotool("key", "Return")
    app.wait_ready(selected=1)
    check(app.status()["edits"] == 0, "Return in a field applied the operation")
    app.quit()


def main():
    run({"names": test_names, "buttons": test_buttons, "trip": test_trip, "recovery": test_recovery,
         "recovery_moved": test_recovery_moved, "unsaved": test_unsaved, "windows": test_windows, "quit": test_quit, "missing": test_missing,
         "keyboard": test_keyboard, "typing": test_typing}, sys.argv[1:])


if __name__ == "__main__":
    main()
