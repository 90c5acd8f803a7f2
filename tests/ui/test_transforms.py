# SPDX-License-Identifier: GPL-3.0-or-later
"""What pictures are made with: every preset and transform on a real sound, the old picture until the new one is there,
parameters that cannot be, notes and concert pitch, edits in a transform, and all of it by keyboard."""
import json
import os
import re
import struct
import subprocess
import sys
import time
import wave

from sonoui import MUSIC, SOURCE, SPEECH, App, Atspi, GLib, check, find, name_of, run, shot, wait_until, xdotool


def table(name, word):
    """The names in presets.def or transforms.def."""
    with open(f"{SOURCE}/src/transform/{name}.def", encoding="utf-8") as text:
        return re.findall(rf"(?m)^{word}\((\w+)", text.read())


PRESETS = table("presets", "SONO_PRESET")
TRANSFORMS = table("transforms", "SONO_TRANSFORM")


def param(app, name, value):
    app.act("transform-param", GLib.Variant("(sd)", (name, value)))


def pixels(app):
    """What the spectrogram shows, as bytes of grey."""
    x, y, width, height = app.canvas_box()
    wid = app.window_id()
    crop = f"{width - 8}x{height - 8}+{x + 4}+{y + 4}"
    return subprocess.run(["import", "-window", str(wid), "-crop", crop, "-colorspace", "Gray", "-depth", "8", "gray:-"],
                          capture_output=True, check=True).stdout


def difference(a, b):
    check(len(a) == len(b) and a, f"pictures of {len(a)} and {len(b)} bytes")
    return sum(abs(p - q) for p, q in zip(a[::7], b[::7])) / len(a[::7])


def text_of(app, start):
    """The name of what begins so, or ''."""
    found = find(app.root(), lambda n: name_of(n).startswith(start))
    return name_of(found) if found else ""


def frames(path):
    found = []
    with open(path, encoding="utf-8") as log:
        for line in log:
            if line.startswith("frame "):
                found.append({k: float(v) for k, v in re.findall(r"(\w+)=([\d.]+)", line)})
    return found


def test_all(home):
    """Each shows a picture of its own, and no frame in between shows less than all."""
    log = home / "frames"
    app = App(home, MUSIC, env={"SONO_FRAME_LOG": log})
    app.wait_ready()
    first = next(i for i, f in enumerate(frames(log)) if f["settled"])
    seen = {}
    for preset in PRESETS:
        app.set_state("preset", PRESETS[0])  # has rows for all frequencies
        app.wait_ready(picture="stft")
        app.set_state("preset", preset)
        wait_until(lambda: app.state("preset") == preset, f"the preset is {preset}")
        app.wait_ready(picture=app.state("transform"))
        time.sleep(0.2)
        shot(f"preset-{preset}")
        seen[preset] = pixels(app)
    app.set_state("axis", "log")
    for transform in TRANSFORMS:
        app.set_state("transform", "stft")
        app.wait_ready(picture="stft")
        app.set_state("transform", transform)
        app.wait_ready(picture=transform)
        time.sleep(0.2)
        shot(f"transform-{transform}")
        seen[transform] = pixels(app)
    for a, b in (("everyday", "music"), ("music", "speech"), ("music", "bass"), ("bass", "drums"), ("stft", "cqt"), ("erb", "bark")):
        check(difference(seen[a], seen[b]) > 0.5, f"{a} and {b} look the same")
    holes = [i for i, f in enumerate(frames(log)[first:]) if not f["whole"]]
    check(not holes, f"frames {holes[:8]} after the first picture show less than all of it")
    check(app.status()["edits"] == 0 and app.status()["modified"] == 0, "a view is an edit")
    app.quit()


def test_problems(home):
    """What cannot be is told where it was asked for; the picture stays. Nonsense is refused."""
    app = App(home, MUSIC)
    app.wait_ready()
    app.set_state("transform", "slicq")
    app.wait_ready(picture="slicq")
    time.sleep(0.3)
    before = pixels(app)
    param(app, "slice", 5000.0)
    wait_until(lambda: "power of two" in text_of(app, "slice is 5000"), "it is said that a slice is a power of two")
    app.wait_ready(picture="slicq")
    time.sleep(0.3)
    check(difference(before, pixels(app)) < 0.5, "the picture has changed")
    shot("transform-problem")
    param(app, "slice", 32768.0)
    app.wait_ready(picture="slicq")
    wait_until(lambda: not text_of(app, "slice is"), "the problem goes with its cause")
    app.set_state("show-inspector", GLib.Variant("b", False))
    param(app, "slice", 5001.0)
    wait_until(lambda: "power of two" in text_of(app, "slice is 5001"), "it is said without the inspector, too")
    for action, nonsense in (("preset", "nonsense"), ("transform", "fft"), ("edit-transform", "both")):
        before_state = app.state(action)
        app.set_state(action, nonsense)
        wait_until(lambda: text_of(app, f"{action}: there is no"), f"{nonsense} is refused")  # pylint: disable=cell-var-from-loop
        check(app.state(action) == before_state, f"{action} is {app.state(action)}")
    param(app, "no_such", 1.0)
    param(app, "bins_per_octave", 1e9)
    app.set_state("tuning", GLib.Variant("d", 100.0))
    wait_until(lambda: text_of(app, "tuning: 100 Hz"), "a concert pitch of 100 Hz is refused")
    check(app.state("tuning") == 440.0, f"the concert pitch is {app.state('tuning')}")
    app.quit()


def test_long(home):
    """A sound too long for the transform of all of it at once: a line says so, the picture is another; no preset of the
    settings hinders a file from opening."""
    path = home / "long.wav"
    with wave.open(path, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(48000)
        out.writeframes(struct.pack("<480h", *range(0, 4800, 10)) * 9000)  # 90 s: more than 2^22 frames
    os.makedirs(home / "config/sonobrush")
    with open(home / "config/sonobrush/settings.ini", "w", encoding="utf-8") as settings:
        settings.write("[look]\npicture=nsgt\n")
    app = App(home, path)
    app.wait_ready(picture="stft")
    wait_until(lambda: find(app.root(), lambda n: "4194304" in name_of(n).replace(",", "")), "it is said how long it may be")
    check(app.state("transform") == "nsgt", f"{app.state('transform')} is chosen")
    shot("transform-long")
    app.act("open-path", SPEECH, window=None)
    app.wait(window=2, first="ready", settled=1, picture="nsgt")
    app.quit()


def test_remembered(home):
    """The next start, and other windows, have the choice, with the parameters each transform had."""
    app = App(home, MUSIC)
    app.wait_ready()
    app.set_state("preset", "music")
    param(app, "bins_per_octave", 36.0)
    wait_until(lambda: app.state("preset") == "custom", "36 bands are no preset")
    app.set_state("transform", "stft")
    wait_until(lambda: app.state("preset") == "everyday", "the usual STFT is a preset")
    app.set_state("transform", "vqt")
    app.set_state("tuning", GLib.Variant("d", 432.0))
    app.set_state("piano", GLib.Variant("b", True))
    app.wait_ready(picture="vqt")
    app.act("open-path", SPEECH, window=None)
    app.wait(window=2, first="ready", settled=1, picture="vqt")
    app.quit()
    with open(home / "config/sonobrush/settings.ini", encoding="utf-8") as settings:
        check("bins_per_octave=36" in settings.read(), "36 bands are not in the settings")
    app = App(home, SPEECH)
    app.wait_ready(picture="vqt")
    check(app.state("preset") == "custom" and app.state("tuning") == 432.0 and app.state("piano"), "something was forgotten")
    check(app.state("axis") == "log", f"the axis is {app.state('axis')}")
    app.quit()


def point(app, wid, u, v, box):
    x, y = app.at(u, v, box)
    xdotool("mousemove", "--window", wid, x, y)


def test_notes(home):
    """One concert pitch for piano, readout, entries; keys select bands."""
    app = App(home, MUSIC)
    app.wait_ready()
    app.set_state("axis", "log")
    app.set_state("lanes", GLib.Variant("i", 0))
    app.set_state("piano", GLib.Variant("b", True))
    app.act("show-region", GLib.Variant("(dddd)", (0.0, 1.5, 220.0, 880.0)))
    app.wait_ready()
    time.sleep(0.3)
    plain = pixels(app)
    app.set_state("note-grid", GLib.Variant("b", True))
    time.sleep(0.3)
    lines = pixels(app)
    shot("notes-440")
    check(difference(lines, plain) > 0.3, "there are no lines on the notes")
    wid = app.focus()
    keys = wait_until(lambda: find(app.root(), lambda n: name_of(n) == "Piano keys" and n.get_role() == Atspi.Role.SLIDER),
                      "there is a piano")
    e = keys.get_extents(Atspi.CoordType.WINDOW)
    box = (e.x, e.y, e.width, e.height)
    point(app, wid, 0.4, 0.51, box)  # the middle of 220 to 880 Hz is A4
    wait_until(lambda: text_of(app, "Note: ").startswith("Note: A4 +0 ct"), lambda: f"A4 is read, not {text_of(app, 'Note: ')}")
    check("440.0 Hz" in text_of(app, "Frequency: "), text_of(app, "Frequency: "))
    xdotool("click", "1")
    app.wait(selected=1)
    wait_until(lambda: region(app)[:2] == (427.5, 452.9), lambda: f"A4's band is selected: {region(app)}")
    app.act("select-none")
    app.set_state("tuning", GLib.Variant("d", 415.0))
    app.wait_ready(selected=0)
    time.sleep(0.3)
    shot("notes-415")
    check(difference(lines, pixels(app)) > 0.3, "the lines have not moved")
    point(app, wid, 0.4, 0.3, box)
    point(app, wid, 0.4, 0.51, box)  # 440 Hz is nearer to A#4 = 439.7 Hz now
    wait_until(lambda: text_of(app, "Note: ").startswith("Note: A#4"), lambda: f"A#4 is read, not {text_of(app, 'Note: ')}")
    xdotool("click", "1")
    wait_until(lambda: region(app)[0] == 427.2, lambda: f"A#4's band is selected: {region(app)}")
    app.quit()


def region(app):
    """Low and high of the selection, Hz, from the status bar's entries."""
    values = []
    for start in ("Lowest frequency of", "Highest frequency of"):
        entry = find(app.root(), lambda n: name_of(n).startswith(start) and n.get_role() == Atspi.Role.TEXT)
        text = Atspi.Text.get_text(entry, 0, entry.get_character_count()) if entry else ""
        number = re.match(r"[\d.]+", text)
        values.append(float(number[0]) if number else None)
    return tuple(values)


def test_edits(home):
    """Edits are made with what suits them, or with what is shown; the script and the history say so."""
    app = App(home, MUSIC)
    app.wait_ready()
    app.set_state("preset", "music")
    app.wait_ready(picture="vqt")
    app.act("select", GLib.Variant("(dddd)", (0.2, 0.6, 400.0, 800.0)))
    app.act("apply")
    app.wait_ready(edits=1)
    app.set_state("edit-transform", "picture")
    app.act("apply")
    app.wait_ready(edits=2)
    app.act("undo")
    app.wait_ready(edits=1)
    app.act("redo")
    app.wait_ready(edits=2)
    app.act("export-edits-to", home / "edits.json")
    wait_until(lambda: os.path.exists(home / "edits.json"), "the edits are written")
    app.wait_ready(saving=0)
    with open(home / "edits.json", encoding="utf-8") as script:
        edits = json.load(script)["edits"]
    check("transform" not in edits[0] or edits[0]["transform"] in ("auto", {"name": "auto"}), f"the first: {edits[0]}")
    check(edits[1]["transform"]["name"] == "vqt", f"the second: {edits[1]['transform']}")
    check(find(app.root(), lambda n: "Variable-Q transform" in name_of(n) and "Gain" in name_of(n)), "the history does not say so")
    app.kill()


def test_keys(home):
    """Presets, notes and piano by keys; every control of the panel is reached and has a name."""
    app = App(home, MUSIC)
    app.wait_ready()
    app.focus()
    for key, wanted in (("v", PRESETS[1]), ("v", PRESETS[2]), ("shift+v", PRESETS[1]), ("shift+v", PRESETS[0]),
                        ("shift+v", PRESETS[-1]), ("v", PRESETS[0])):
        xdotool("key", key)
        wait_until(lambda: app.state("preset") == wanted, lambda: f"{key} gives {wanted}, not {app.state('preset')}")  # pylint: disable=cell-var-from-loop
    app.wait_ready()
    for key, action in (("n", "note-grid"), ("k", "piano")):
        for wanted in (True, False, True):
            xdotool("key", key)
            wait_until(lambda: app.state(action) is wanted, f"{key} sets {action} to {wanted}")  # pylint: disable=cell-var-from-loop
    names = set()
    for _ in range(90):
        xdotool("key", "Tab")
        time.sleep(0.03)
        focused = find(app.root(), lambda n: n.get_state_set().contains(Atspi.StateType.FOCUSED))
        names.add(name_of(focused) if focused else "")
        if "Edit in the transform of the picture" in names:
            break
    for name in ("Preset", "Transform", "Piano keys", "Size (frames)", "Note grid", "A4 (Hz)",
                 "Edit in the transform of the picture"):
        check(any(name in n for n in names), f"'{name}' is not reached by Tab: {sorted(names)}")
    app.quit()


def main():
    run({"all": test_all, "problems": test_problems, "long": test_long, "remembered": test_remembered, "notes": test_notes,
         "edits": test_edits, "keys": test_keys}, sys.argv[1:])


if __name__ == "__main__":
    main()
