# SPDX-License-Identifier: GPL-3.0-or-later
"""The window through the accessibility bus: everything that can have the keyboard has a name and a role, in the window
and in its dialogs, and a sound is edited and exported by nothing but names, texts and actions."""
import json
import os
import re
import sys

from sonoui import MUSIC, SPEECH, App, Atspi, GLib, check, find, name_of, nodes, run, wait_until, xdotool

# What GTK makes for itself: the rows of a list are spoken for by what they hold.
PARTS = {"GtkListItemWidget"}
# The pages of GTK's own window about the program.
GTKS_OWN = re.compile(r"^About.*(scroll pane ''|text 'GtkTextView')")
ROLES = {Atspi.Role.PUSH_BUTTON, Atspi.Role.TOGGLE_BUTTON, Atspi.Role.CHECK_BOX, Atspi.Role.RADIO_BUTTON,
         Atspi.Role.SLIDER, Atspi.Role.SPIN_BUTTON, Atspi.Role.COMBO_BOX, Atspi.Role.TEXT, Atspi.Role.ENTRY,
         Atspi.Role.PASSWORD_TEXT, Atspi.Role.LIST, Atspi.Role.LIST_ITEM, Atspi.Role.MENU_ITEM, Atspi.Role.SCROLL_BAR,
         Atspi.Role.SCROLL_PANE, Atspi.Role.IMAGE, Atspi.Role.SEPARATOR, Atspi.Role.CHECK_MENU_ITEM,
         Atspi.Role.RADIO_MENU_ITEM, Atspi.Role.PAGE_TAB, Atspi.Role.LABEL, Atspi.Role.LINK}


def opened(home, *files, **more):
    app = App(home, *(files or (MUSIC,)), **more)
    app.wait_ready()
    return app


def has(node, state):
    try:
        return node.get_state_set().contains(state)
    except GLib.Error:
        return False


def is_visible(node):
    return has(node, Atspi.StateType.VISIBLE)


def named(node):
    name = name_of(node)
    return name != "" and not re.match(r"(Gtk|Sono|Param|Value|Display)[A-Z]", name)


def speaks(node):
    """A name of its own, of what it holds, or of what it is a part of."""
    if named(node):
        return True
    if node.get_role() in (Atspi.Role.LIST_ITEM, Atspi.Role.MENU_ITEM) or name_of(node) in PARTS:
        parent = node.get_parent()
        return any(named(n) for n in nodes(node)) or (parent is not None and named(parent))
    return False


def complain(root, where):
    """[controls without a name or with a role that says nothing]; how many controls there are"""
    wrong = []
    n = 0
    for node in nodes(root):
        if not is_visible(node) or not has(node, Atspi.StateType.FOCUSABLE):
            continue
        n += 1
        what = f"{where}: {node.get_role_name()} '{name_of(node)}' in '{name_of(node.get_parent())}'"
        if not speaks(node):
            wrong.append(f"{what} has no name")
        elif re.search(r"(\b\w+\b) \1$|(^| )_\w", name_of(node)):
            wrong.append(f"{what} is read with its mnemonic")
        if node.get_role() not in ROLES and name_of(node) not in PARTS and not named(node):
            wrong.append(f"{what} has a role that says nothing")
    return wrong, n


def frame(app, *titles):
    """A window of the program by its title."""
    tops = [app.root().get_child_at_index(i) for i in range(app.root().get_child_count())]
    return next((t for t in tops if t is not None and any(is_called(t, title) for title in titles)), None)


def is_called(node, *names):
    return name_of(node).replace("_", "") in names


def test_tree(home):
    app = opened(home)
    wrong, n = complain(app.root(), "empty history")
    check(n > 40, f"only {n} controls can be reached")
    app.act("select", GLib.Variant("(dddd)", (0.2, 0.8, 300.0, 3000.0)))
    app.act("apply")
    app.wait_ready(edits=1)
    app.set_state("tool", "box")  # unfolds the section of selections
    app.act("set-param", GLib.Variant("(sd)", ("no_such", 1.0)))  # a card with a problem
    wait_until(lambda: find(app.root(), lambda x: "no_such" in name_of(x)), "the problem is on the bus")
    wrong += complain(app.root(), "edited")[0]
    for name, window, title in (("preferences", None, "Preferences"), ("about", None, "About Sonobrush"),
                                ("close", 1, None)):
        app.act(name, window=window)
        top = wait_until(lambda t=title: frame(app, t) if t else find(app.root(), lambda x: is_called(x, "Discard")),
                         lambda t=title: f"no window {t}: {[name_of(x) for x in nodes(app.root()) if x.get_role() in (Atspi.Role.FRAME, Atspi.Role.DIALOG)]}")
        found, n = complain(top if title else app.root(), title or "unsaved")
        check(n > 2, f"nothing can be reached in {title}")
        wrong += found
        xdotool("key", "Escape")
        wait_until(lambda t=title: not (frame(app, t) if t else find(app.root(), lambda x: is_called(x, "Discard"))),
                   f"{title} closes on Escape")
    wrong = [w for w in wrong if not GTKS_OWN.search(w)]
    check(not wrong, f"{len(wrong)}:\n" + "\n".join(sorted(set(wrong))))
    app.act("undo")
    app.wait_ready(edits=0)
    app.quit()


def focused(app):
    """Name and place: a fold and what is in it may have the same name."""
    node = find(app.root(), lambda x: has(x, Atspi.StateType.FOCUSED) and x.get_role() != Atspi.Role.FRAME)
    if node is None:
        return None, 0, 0
    e = node.get_extents(Atspi.CoordType.WINDOW)
    return name_of(node), e.x, e.y


def test_tab(home):
    """Tab goes once round through everything, and comes back."""
    app = opened(home)
    app.focus()
    wait_until(lambda: focused(app)[0] == "Spectrogram", lambda: f"{focused(app)} has the keyboard at first")
    seen = []
    for _ in range(90):
        before = focused(app)
        xdotool("key", "Tab")
        wait_until(lambda b=before: focused(app) != b, f"Tab goes on from {before}")
        seen.append(focused(app)[0])
        if seen[-1] == "Spectrogram":
            break
    check(seen[-1] == "Spectrogram", f"Tab does not come back: {seen}")
    for name in ("Levels from black to white", "Operation", "Gain (dB)", "Gain (dB), exact value", "Edit all channels",
                 "Brush", "Flow", "Mel", "Colours: Ember", "Floor (dB)", "Fit contrast", "Start of the selection",
                 "Highest frequency of the selection", "Formats", "Open", "Display", "Inspector", "Main menu", "Box",
                 "Zoom", "Overview"):
        check(name in seen, f"{name} is not reached by Tab: {seen}")
    app.quit()


def control(app, name, *roles):
    return wait_until(lambda: find(app.root(), lambda x: is_called(x, name) and is_visible(x)
                                   and (not roles or x.get_role() in roles)), f"a control called {name}")


def press(app, name):
    # the outer node of a menu button has no action of its own
    button = wait_until(lambda: find(app.root(), lambda x: is_called(x, name) and is_visible(x)
                                     and x.get_n_actions() > 0 and x.get_role() in
                                     (Atspi.Role.PUSH_BUTTON, Atspi.Role.TOGGLE_BUTTON, Atspi.Role.MENU_ITEM)),
                        f"something to press called {name}")
    check(button.do_action(0), f"{name} cannot be pressed")


def type_into(app, name, text):
    """As a screen reader does: the text, and then the field's action."""
    entry = control(app, name, Atspi.Role.TEXT, Atspi.Role.ENTRY)
    check(entry.set_text_contents(text), f"{name} takes no text")
    check(entry.do_action(0), f"{name} cannot be activated")


def text_of(app, name):
    entry = control(app, name, Atspi.Role.TEXT, Atspi.Role.ENTRY)
    return Atspi.Text.get_text(entry, 0, entry.get_character_count())


def test_trip(home):
    """Select by numbers, set the gain, apply, undo, redo, export: no mouse, no key, no command by name."""
    app = opened(home, SPEECH)
    type_into(app, "Start of the selection", "0.25 s")
    app.wait(selected=1)
    type_into(app, "End of the selection", "750 ms")
    type_into(app, "Lowest frequency of the selection", "440")
    type_into(app, "Highest frequency of the selection", "2 kHz")
    wait_until(lambda: text_of(app, "Highest frequency of the selection") == "2.000 kHz",
               lambda: f"the field says {text_of(app, 'Highest frequency of the selection')}")
    type_into(app, "Gain (dB), exact value", "-18,5")
    wait_until(lambda: text_of(app, "Gain (dB), exact value") == "-18.5 dB", "the gain is taken over")
    slider = control(app, "Gain (dB)", Atspi.Role.SLIDER)
    check(0.0 < slider.get_current_value() < 1.0, f"the slider is at {slider.get_current_value()}")
    press(app, "Apply")
    app.wait_ready(edits=1, modified=1)
    press(app, "Undo")
    app.wait_ready(edits=0)
    press(app, "Redo")
    app.wait_ready(edits=1)
    spectrogram = control(app, "Spectrogram", Atspi.Role.IMAGE)
    wait_until(lambda: "selected 0.250 to 0.750 s, 440 to 2000 Hz" in spectrogram.get_description(),
               lambda: f"the picture is described as: {spectrogram.get_description()}")
    press(app, "Main menu")
    press(app, "Export Edits…")
    name = wait_until(lambda: find(app.root(), lambda x: x.get_role() in (Atspi.Role.TEXT, Atspi.Role.ENTRY)
                                   and is_visible(x) and "Front_Center edits.json" in
                                   Atspi.Text.get_text(x, 0, x.get_character_count())), "the name of the file")
    name.set_text_contents(home / "by-name.json")
    dialog = wait_until(lambda: frame(app, "Export Edits"), "the dialog")
    save = wait_until(lambda: find(dialog, lambda x: is_called(x, "Save", "Save Save") and x.get_n_actions() > 0), "Save")
    check(save.do_action(0), "Save cannot be pressed")
    wait_until(lambda: os.path.exists(home / "by-name.json"), "the edits are exported")
    app.wait_ready(saving=0)
    with open(home / "by-name.json", encoding="utf-8") as file:
        edit = json.load(file)["edits"][0]
    box = edit["mask"]["shapes"][0]
    for key, value in {"t0_s": 0.25, "t1_s": 0.75, "f0_hz": 440.0, "f1_hz": 2000.0}.items():
        check(abs(box[key] - value) < 1e-3, f"{key} is {box[key]}")
    check(edit["operation"] == "gain" and abs(edit["params"]["gain_db"] + 18.5) < 1e-9, f"another edit: {edit}")
    app.act("undo")
    app.wait_ready(edits=0, modified=0)
    app.quit()


if __name__ == "__main__":
    run({"tree": test_tree, "tab": test_tab, "trip": test_trip}, sys.argv[1:])
