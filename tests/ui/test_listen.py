# SPDX-License-Identifier: GPL-3.0-or-later
"""Listening in the window, on the virtual device: what plays, from where to where, what is heard of an edit, what the
window shows meanwhile, and what it does without a device. See main at the end for the cases."""
import os
import re
import sys
import time

from sonoui import MUSIC, SPEECH, App, Atspi, GLib, check, find, name_of, run, shot, wait_until, xdotool

AUDIO = os.environ.get("SONO_AUDIO", "")


def listener(home, *files, device="virtual", env=None, **settings):
    """A window whose settings choose this device."""
    folder = home / "config/sonobrush"
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "settings.ini"), "w", encoding="utf-8") as ini:
        ini.write(f"[sound]\naudio-device={device}\n")
        for name, value in settings.items():
            ini.write(f"{name.replace('_', '-')}={value}\n")
    app = App(home, *(files or (MUSIC,)), env=env)
    app.wait_ready()
    return app


def heard(app, window=1):
    """{'': 'playing', 'position': 1.234, 'device': 'running', ...}"""
    words = (app.state("listening", window) or "").split()
    found = {"": words[0]} if words else {}
    for word in words[1:]:
        name, _, value = word.partition("=")
        found[name] = float(value) if re.fullmatch(r"-?[0-9.]+", value) else value
    return found


def wait_heard(app, first, window=1, patience_s=20, **wanted):
    def there():
        app.check_alive()
        now = heard(app, window)
        return now and (first is None or now[""] == first) and all(now.get(k) == v for k, v in wanted.items())
    wait_until(there, lambda: f"{first} {wanted}, but {heard(app, window)}", patience_s)


def wait_position(app, least_s, most_s=1e9, patience_s=20):
    wait_until(lambda: least_s <= heard(app)["position"] <= most_s,
               lambda: f"position {least_s} to {most_s}, but {heard(app)}", patience_s)


def select(app, t0, t1, f0=300.0, f1=3000.0):
    app.act("select", GLib.Variant("(dddd)", (t0, t1, f0, f1)))


def switch(app, name, on):
    app.set_state(name, GLib.Variant("b", on))


def meter(app):
    """The highest peak in dB."""
    node = find(app.root(), lambda n: name_of(n) == "Meters")
    check(node is not None, "there are no meters")
    return float(node.get_description().split()[0])


def shown_from(app):
    """The second at the left edge, as the canvas says."""
    canvas = find(app.root(), lambda n: name_of(n) == "Spectrogram")
    return float(wait_until(canvas.get_description, "the canvas says nothing").split()[0])


def quit_unchanged(app):
    """Take all edits back, so that nothing is asked."""
    while app.status().get("edits", 0) > 0:
        n = app.status()["edits"]
        app.act("undo")
        app.wait_ready(edits=n - 1)
    app.quit()


def test_play(home):
    app = listener(home)
    wait_heard(app, "stopped", position=0.0)
    check(meter(app) <= -100, f"the meters show {meter(app)} dB before anything was heard")
    app.act("play")
    wait_heard(app, "playing", device="running", what="sound")
    wait_position(app, 0.3)
    wait_until(lambda: meter(app) > -30, lambda: f"the meters show {meter(app)} dB")
    shot("listen-playing")
    app.act("stop")
    wait_heard(app, "stopped", position=0.0)  # back to where it began
    wait_until(lambda: meter(app) <= -60, lambda: f"the meters stay at {meter(app)} dB")
    switch(app, "return-to-start", False)
    app.act("play")
    wait_position(app, 0.5)
    app.act("play")  # stops
    wait_heard(app, "stopped")
    there = heard(app)["position"]
    check(there >= 0.5, f"it stopped at {there}")
    app.act("rewind")
    wait_heard(app, "stopped", position=0.0)
    app.act("seek", GLib.Variant("d", 1.5))
    wait_heard(app, "stopped", position=1.5)
    app.act("play")  # to the end (1.75 s), and stops by itself
    wait_heard(app, "playing")
    wait_heard(app, "stopped")
    app.quit()


def test_loop(home):
    app = listener(home)
    switch(app, "loop", True)
    select(app, 0.4, 0.7)
    app.act("play")
    wait_heard(app, "playing")
    seen = []
    until = time.monotonic() + 2.0
    while time.monotonic() < until:
        seen.append(heard(app)["position"])
        time.sleep(0.05)
    check(heard(app)[""] == "playing", "the loop has ended")
    check(min(seen) >= 0.39 and max(seen) <= 0.71, f"it left the loop: {min(seen)} to {max(seen)}")
    check(any(b < a - 0.05 for a, b in zip(seen, seen[1:])), f"it never came round: {seen}")
    app.act("stop")
    wait_heard(app, "stopped")
    app.quit()


def test_selection(home):
    """Only what is inside, and what an edit took away."""
    app = listener(home)
    switch(app, "loop", True)
    select(app, 0.3, 0.9)
    app.act("play-selection")
    wait_heard(app, "playing", what="selection")
    wait_position(app, 0.3, 0.9)
    shot("listen-selection")
    select(app, 0.5, 0.9, 500.0, 2000.0)  # another one while it is heard
    wait_heard(app, "playing", what="selection")
    wait_position(app, 0.49, 0.91)
    app.act("play-selection")  # stops
    wait_heard(app, "stopped")
    check(not app.describe()["play-delta"][0], "there is no edit, but its difference can be played")
    app.act("erase-selection")
    app.wait_ready(edits=1)
    app.act("play-delta")
    wait_heard(app, "playing", what="delta")
    app.act("stop")
    app.act("undo")
    app.wait_ready(edits=0)
    check(not app.describe()["play-delta"][0], "the edit is undone, but its difference can be played")
    app.quit()


def test_edit(home):
    """An edit is heard while it plays; so are undo and the original."""
    app = listener(home)
    switch(app, "loop", True)
    app.act("play")
    wait_heard(app, "playing")
    before = heard(app)["sound"]
    select(app, 0.3, 0.9)
    app.act("erase-selection")
    wait_until(lambda: heard(app)["sound"] != before, "no new sound")
    new = heard(app)["sound"]
    wait_heard(app, "playing", heard=new)
    app.set_state("compare", GLib.Variant("b", True))
    wait_heard(app, "playing", heard=before)
    app.set_state("compare", GLib.Variant("b", False))
    wait_heard(app, "playing", heard=new)
    app.act("undo")
    wait_heard(app, "playing", heard=before)
    app.act("stop")
    wait_heard(app, "stopped")
    switch(app, "loop", False)
    switch(app, "auto-audition", True)
    app.act("erase-selection")  # plays by itself, where it reached
    wait_heard(app, "playing")
    wait_heard(app, "stopped")
    quit_unchanged(app)


def test_follow(home):
    app = listener(home, SPEECH)
    app.act("show-region", GLib.Variant("(dddd)", (0.0, 0.4, 0.0, 20000.0)))
    app.wait_ready()
    app.act("play")
    wait_until(lambda: shown_from(app) > 0.3, lambda: f"the page does not turn: {shown_from(app)}")
    wait_heard(app, "stopped")
    app.set_state("follow", "scroll")
    app.act("rewind")
    switch(app, "loop", True)  # round and round: the canvas tells where it is twice a second
    app.act("play")
    wait_until(lambda: 0.05 < shown_from(app) < 0.6, lambda: f"it does not scroll: {shown_from(app)}")
    app.act("go-end")  # the user looks elsewhere, and is left there
    there = shown_from(app)
    wait_until(lambda: shown_from(app) >= there, "it does not stay")
    time.sleep(0.3)
    check(shown_from(app) >= there, f"it went back to {shown_from(app)}")
    app.act("stop")
    wait_heard(app, "stopped")
    app.set_state("follow", "off")
    app.act("show-region", GLib.Variant("(dddd)", (0.0, 0.4, 0.0, 20000.0)))
    app.act("rewind")
    app.act("play")
    wait_position(app, 0.8)
    check(shown_from(app) == 0.0, f"it followed to {shown_from(app)}")
    app.act("stop")
    app.quit()


def test_keys(home):
    """The space bar, wherever nothing is typed; once, however long it is held."""
    app = listener(home, loop="true")
    wid = app.focus()
    xdotool("key", "space")
    wait_heard(app, "playing")
    xdotool("key", "space")
    wait_heard(app, "stopped")
    xdotool("keydown", "space")
    time.sleep(0.9)  # the keyboard repeats
    xdotool("keyup", "space")
    wait_heard(app, "playing")
    for _ in range(6):
        xdotool("key", "Tab")
    xdotool("key", "space")
    wait_heard(app, "stopped")
    entry = find(app.root(), lambda n: n.get_role() in (Atspi.Role.TEXT, Atspi.Role.ENTRY) and n.get_extents(
        Atspi.CoordType.WINDOW).width > 20)
    check(entry is not None, "there is no field to type into")
    at = entry.get_extents(Atspi.CoordType.WINDOW)
    xdotool("mousemove", "--window", wid, at.x + at.width // 2, at.y + at.height // 2, "click", 1)
    time.sleep(0.3)
    xdotool("key", "space")
    time.sleep(0.4)
    check(heard(app)[""] == "stopped", "a space that is typed plays")
    xdotool("key", "Escape")
    app.quit()


def test_pointer(home):
    """Clicks put the cursor, dragging with Ctrl scrubs."""
    app = listener(home)
    wid = app.focus()
    app.set_state("tool", "box")
    x, y, width, height = app.canvas_box()
    whole_s = 1.753

    def click(px, py):
        xdotool("mousemove", "--window", wid, px, py)
        time.sleep(0.1)
        xdotool("click", 1)

    def near(t_s):
        wait_until(lambda: abs(heard(app)["position"] - t_s) < 0.02, lambda: f"the cursor is not at {t_s}: {heard(app)}")

    click(x + width // 2, y + height // 3)
    near(0.5 * whole_s)
    click(x + width // 4, y - 10)  # the ruler
    near(0.25 * whole_s)
    click(x + 3 * width // 4, y - 60)  # the waveform
    near(0.75 * whole_s)
    select(app, 0.2, 0.4)
    click(x + width // 2, y + height // 3)
    app.wait(selected=0)
    near(0.5 * whole_s)
    app.act("play")
    wait_heard(app, "playing")
    click(x + width // 8, y - 10)
    wait_position(app, 0.125 * whole_s - 0.01, 0.8)
    app.act("stop")
    xdotool("keydown", "ctrl")
    xdotool("mousemove", "--window", wid, x + width // 4, y - 10)
    xdotool("mousedown", 1)
    for i in range(30):
        xdotool("mousemove", "--window", wid, x + width // 4 + 4 * i, y - 10)
        time.sleep(0.02)
    wait_heard(app, "scrubbing")
    xdotool("mouseup", 1)
    xdotool("keyup", "ctrl")
    wait_heard(app, "stopped")
    near((0.25 + 116 / width) * whole_s)
    app.quit()


def alert(app):
    return find(app.root(), lambda n: "sound device is gone" in name_of(n))


def test_lost(home):
    """The device is unplugged while it plays: a notice, which goes when the device is back."""
    app = listener(home, device="virtual:unplug_s=1", loop="true")
    app.act("play")
    wait_heard(app, "playing", device="running")
    wait_heard(app, None, device="lost", patience_s=6)
    wait_until(lambda: alert(app), "no notice", 2)
    shot("listen-lost")
    select(app, 0.3, 0.9)
    app.act("erase-selection")  # all else works
    app.wait_ready(edits=1)
    app.set_state("follow", "off")
    wait_heard(app, "playing", device="running")
    wait_until(lambda: not alert(app), "the notice stays", 6)
    app.act("stop")
    wait_heard(app, "stopped")
    quit_unchanged(app)


def test_none(home):
    """Without any device all else works, and the window says so quietly."""
    app = listener(home, env={"SONO_AUDIO": home / "not-there"})
    app.act("play")
    wait_until(lambda: find(app.root(), lambda n: name_of(n) == "No sound device"), "it is not said")
    check(not alert(app), "a device that never was is told as lost")
    shot("listen-none")
    select(app, 0.3, 0.9)
    app.act("erase-selection")
    app.wait_ready(edits=1)
    app.act("stop")
    wait_heard(app, "stopped")
    quit_unchanged(app)


def test_windows(home):
    """One plays; a window that is closed is silent."""
    app = listener(home, MUSIC, SPEECH, loop="true")
    app.wait_ready(window=2)
    app.act("play", window=1)
    wait_heard(app, "playing", window=1)
    app.act("play", window=2)
    wait_heard(app, "playing", window=2)
    wait_heard(app, "stopped", window=1)
    app.act("erase-selection", window=1)  # nothing is selected: nothing happens to who plays
    select(app, 0.3, 0.9)
    app.act("erase-selection", window=1)
    app.wait(window=1, edits=1)
    check(heard(app, 2)[""] == "playing", "an edit in one window silenced the other")
    sound = heard(app, 2)["sound"]
    wait_heard(app, "playing", window=2, heard=sound)
    app.act("close", window=2)
    wait_until(lambda: not app.status(2), "window 2 stays")
    app.act("play", window=1)
    wait_heard(app, "playing", window=1)
    app.kill()  # it is modified and would ask
    app.check_log()


def test_channels(home):
    app = listener(home, loop="true")
    app.act("play")
    wait_until(lambda: meter(app) > -30, "nothing is heard")
    for c in (0, 1):
        app.act("channel-mute", GLib.Variant("i", c))
    wait_until(lambda: meter(app) < -60, lambda: f"muted, and still {meter(app)} dB")
    button = find(app.root(), lambda n: name_of(n) == "Mute channel 1")
    check(button is not None and button.get_state_set().contains(Atspi.StateType.PRESSED), "the button does not show it")
    check(button.get_action_iface().do_action(0), "it cannot be pressed")
    wait_until(lambda: meter(app) > -30, "not muted any more, and silent")
    app.set_state("output-gain", GLib.Variant("d", -60.0))
    wait_until(lambda: meter(app) < -60, "silent, and still heard")
    app.set_state("output-gain", GLib.Variant("d", 0.0))
    for mode in ("mid", "side", "mono", "normal"):
        app.set_state("channel-mode", mode)
        wait_until(lambda m=mode: app.state("channel-mode") == m, f"the mode is not {mode}")
    app.act("reset-meters")
    app.act("stop")
    app.quit()


def main():
    if AUDIO and not os.path.exists(AUDIO):
        sys.exit(f"{AUDIO} is not there")
    run({"play": test_play, "loop": test_loop, "selection": test_selection, "edit": test_edit, "follow": test_follow,
         "keys": test_keys, "pointer": test_pointer, "lost": test_lost, "none": test_none, "windows": test_windows,
         "channels": test_channels}, sys.argv[1:])


main()
