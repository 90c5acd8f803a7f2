#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""check_texts.py man|keys|po: what is written twice says the same.

man   every option of --help is in the manual page and the other way round
keys  the window of keys (shortcuts.ui) and docs/commands.md have the same commands with the same keys
po    the translations are complete
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

SOURCE = pathlib.Path(os.environ["SONO_SOURCE_DIR"])
BUILD = pathlib.Path(os.environ["SONO_BUILD_DIR"])
broken = []


def run(*command):
    environment = dict(os.environ, LC_ALL="C.UTF-8", LANGUAGE="")
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout


def options_of_help(text):
    return set(re.findall(r"(?m)^  (?:-\w, )?(--[a-z][a-z0-9-]*)", text))


def options_of_page(name):
    text = (SOURCE / "docs/man" / name).read_text(encoding="utf-8").replace("\\-", "-")
    heads = re.findall(r"(?m)^\.(?:TP|TQ)\n(.*)$", text)
    return {option for head in heads for option in re.findall(r"--[a-z][a-z0-9-]*", head)}


def compare(what, left, right):
    for option in sorted(left ^ right):
        broken.append(f"{what}: {option} is only in {'--help' if option in left else 'the manual page'}")


def check_man():
    cli = BUILD / "src/cli/sonobrush-cli"
    commands = re.findall(r"(?m)^  ([a-z]+)  +[A-Z]", run(cli, "--help"))
    assert len(commands) >= 6, commands
    options = {"--help", "--version"}
    for command in commands:
        options |= options_of_help(run(cli, "help", command))
        if command not in (SOURCE / "docs/man/sonobrush-cli.1").read_text(encoding="utf-8"):
            broken.append(f"sonobrush-cli.1: no command {command}")
    transforms = json.loads(run(cli, "transforms", "--json"))["transforms"]
    for transform in transforms:  # each has options of its own
        options |= options_of_help(run(cli, "analyze", "--transform", transform["name"], "--help"))
    compare("sonobrush-cli", options, options_of_page("sonobrush-cli.1"))
    window = BUILD / "src/app/sonobrush"
    if window.exists():
        compare("sonobrush", options_of_help(run(window, "--help")), options_of_page("sonobrush.1"))


NAMES = {
    "Ctrl": "<Control>", "Shift": "<Shift>", "comma": "comma", "plus": "plus", "minus": "minus", "question": "question",
    "[": "bracketleft", "]": "bracketright", "Space": "space", "Page Up": "Page_Up", "Page Down": "Page_Down",
}


def accelerator(key):
    parts = key.split("+")
    last = NAMES.get(parts[-1], parts[-1])
    if len(last) == 1:
        last = last.lower()
    return "".join(NAMES[part] for part in parts[:-1]) + last


def documented_keys():
    """{(action, accelerator)}; rows that name several actions give their keys in the same order."""
    keys = set()
    for line in (SOURCE / "docs/commands.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        actions = re.findall(r"`((?:app|win)\.[a-z-]+)`", cells[0]) if line.startswith("|") else []
        if not actions or len(cells) < 4 or not cells[2]:
            continue
        text = re.sub(r" \(while held\)| steps| switches", "", cells[2])
        if text == "arrows":
            text = "Left, Right, Up, Down"
        listed = [key.strip() for key in re.split(r", (?=\S)| and ", text)]
        one_each = len(actions) > 1
        assert not one_each or len(actions) == len(listed), line
        for i, key in enumerate(listed):
            keys.add((actions[i] if one_each else actions[0], accelerator(key)))
    return keys


def shown_keys():
    keys = set()
    text = (SOURCE / "src/app/shortcuts.ui").read_text(encoding="utf-8")
    pattern = r"<!-- ((?:app|win)\.[a-z-]+) -->\s*(<object class=\"GtkShortcutsShortcut\">.*?</object>)"
    for action, xml_text in re.findall(pattern, text, re.S):
        for node in xml.etree.ElementTree.fromstring(xml_text):
            if node.get("name") == "accelerator":
                keys |= {(action, accel) for accel in node.text.split()}
    return keys


def check_keys():
    documented, shown = documented_keys(), shown_keys()
    assert len(documented) > 40, documented
    for action, key in sorted(documented ^ shown):
        where = "docs/commands.md" if (action, key) in documented else "shortcuts.ui"
        broken.append(f"{action}: {key} is only in {where}")


def check_po():
    with tempfile.TemporaryDirectory() as folder:
        run(SOURCE / "scripts/update-po.sh", folder)
        for language in (SOURCE / "assets/po/LINGUAS").read_text(encoding="utf-8").split():
            po = SOURCE / f"assets/po/{language}.po"
            merged = pathlib.Path(folder) / f"{language}.po"
            run("msgmerge", "--quiet", "--no-fuzzy-matching", "-o", merged, po, f"{folder}/sonobrush.pot")
            run("msgfmt", "--check", "-o", "/dev/null", merged)
            for text in re.findall(r'(?m)^msgid (.*)$', run("msgattrib", "--untranslated", "--no-wrap", merged)):
                if text != '""':
                    broken.append(f"{po.name}: no translation of {text} (scripts/update-po.sh, then fill it in)")


{"man": check_man, "keys": check_keys, "po": check_po}[sys.argv[1]]()
print("\n".join(broken) if broken else "the same")
sys.exit(1 if broken else 0)
