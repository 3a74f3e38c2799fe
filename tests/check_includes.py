#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Doubletalk authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks who may include whom, and what every source file must have.

    check_includes.py [ROOT]      check the tree (default: the repository this script lies in)
    check_includes.py --self-test build small trees with one fault each and expect to find it

Layers: engine <- app <- ui, the arrow meaning "may include"; nothing points back. Inside engine/ the
folders stand on floors, and a folder includes only itself and lower floors, so stage folders (echo,
noise, jitter, speech, room) never see each other. Under engine/ there is no Qt. What is true for an
include is true for all it brings along. Exit 0: clean, 1: faults, 2: wrong usage.
"""
import re
import sys
import tempfile
from pathlib import Path

LAYERS = {"engine": 0, "app": 1, "ui": 2}
# Folders of one tuple stand on the same floor.
FLOORS = [
    ("core",),
    ("metrics", "dsp"),
    ("params",),  # below the others: each folder with settings has a table
    ("flow", "remote"),
    ("codec",),  # its streams are nodes
    ("device", "session", "voice"),  # files are read through codecs
    ("room", "echo", "noise", "jitter", "speech"),
    ("network",),
    ("duplex",),
]
FLOOR_OF = {folder: floor for floor, folders in enumerate(FLOORS) for folder in folders}
CODE = (".h", ".cpp")
LABELLED = (*CODE, ".py", ".sh", ".cmake")  # CMakeLists.txt too
LONG_FILE_LINES = 500

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
QT_HEADER = re.compile(r"^(Q[A-Z]\w*|Qt\w*/.*|q[a-z]+\.h)$")
QT_MACRO = re.compile(r"\bQ_(OBJECT|GADGET|EMIT|SIGNALS|SLOTS)\b")
MODULE = re.compile(r"dt_engine_module\s*\(\s*(\w+)([^)]*)\)")
CMAKE_KEYWORDS = {"SOURCES", "DEPENDS", "LIBS"}


def place_of(path):
    """('engine', 'echo') for engine/echo/x.h, ('ui', None) for ui/..., (None, None) elsewhere."""
    parts = path.split("/")
    if parts[0] not in LAYERS or len(parts) < 2:
        return None, None
    return parts[0], parts[1] if parts[0] == "engine" and len(parts) > 2 else None


def refusal(source, target):
    """Why source may not include target, or None. Both are paths from the repository root."""
    layer, folder = place_of(source)
    to_layer, to_folder = place_of(target)
    if layer is None or to_layer is None:
        return None
    if LAYERS[to_layer] > LAYERS[layer]:
        return f"{layer}/ may not include {to_layer}/"
    if layer != "engine" or to_layer != "engine" or folder == to_folder:
        return None
    for name in (folder, to_folder):
        if name not in FLOOR_OF:
            return f"engine/{name} stands on no floor: add it to FLOORS in tests/check_includes.py"
    if FLOOR_OF[to_folder] >= FLOOR_OF[folder]:
        return f"engine/{folder} may not include engine/{to_folder} (not on a lower floor)"
    return None


class Tree:
    """The sources under a root, their includes, and what is wrong with them."""

    def __init__(self, root):
        self.root = Path(root)
        self.faults = []
        self.warnings = []
        self.files = {}  # path from the root -> text
        for path in sorted(self.root.rglob("*")):
            name = path.relative_to(self.root).as_posix()
            if name.startswith(("build/", ".")) or not path.is_file():
                continue
            if path.suffix in LABELLED or path.name == "CMakeLists.txt":
                self.files[name] = path.read_text(encoding="utf-8", errors="replace")
        self.includes = {
            name: list(self.includes_of(name, text))
            for name, text in self.files.items()
            if name.endswith(CODE)
        }

    def includes_of(self, name, text):
        """(line number, path in the tree or None, spelling) of every include."""
        folder = name.rpartition("/")[0]
        for number, line in enumerate(text.splitlines(), 1):
            match = INCLUDE.match(line)
            if match is None:
                continue
            spelling = match[2]
            beside = f"{folder}/{spelling}" if folder else spelling
            if spelling in self.files:
                yield number, spelling, spelling
            elif match[1] == '"' and beside in self.files:
                yield number, beside, spelling
            else:
                yield number, None, spelling

    def fault(self, name, line, text):
        self.faults.append(f"{name}:{line}: {text}")

    def check(self):
        for name, text in self.files.items():
            self.check_labels(name, text)
            if place_of(name)[0] == "engine":
                self.check_no_qt(name, text)
            if name.endswith("CMakeLists.txt"):
                self.check_module(name, text)
        for name in self.includes:
            self.check_direct(name)
            self.check_indirect(name)
        return not self.faults

    def check_labels(self, name, text):
        lines = text.splitlines()
        if lines and lines[0].startswith("#!"):
            lines = lines[1:]
        head = lines[:2] + ["", ""]
        if "SPDX-FileCopyrightText:" not in head[0] or "SPDX-License-Identifier:" not in head[1]:
            self.fault(name, 1, "the two SPDX lines are missing on top")
        if name.endswith(".h") and not re.search(r"^#pragma once$", text, re.MULTILINE):
            self.fault(name, 1, "#pragma once is missing")
        if name.endswith(CODE) and len(lines) > LONG_FILE_LINES:
            self.warnings.append(f"{name}:1: {len(lines)} lines; over {LONG_FILE_LINES} needs a reason")

    def check_no_qt(self, name, text):
        for number, line in enumerate(text.splitlines(), 1):
            match = INCLUDE.match(line)
            if match and QT_HEADER.match(match[2]):
                self.fault(name, number, f"no Qt under engine/: includes {match[2]}")
            elif QT_MACRO.search(line) and name.endswith(CODE):
                self.fault(name, number, "no Qt under engine/: uses a Qt macro")
            elif "Qt6::" in line and not name.endswith(CODE):
                self.fault(name, number, "no Qt under engine/: links Qt")

    def check_module(self, name, text):
        """The folders a module links are bound by the same floors as its includes."""
        for module, rest in MODULE.findall(text):
            keyword = None
            for word in rest.split():
                if word in CMAKE_KEYWORDS:
                    keyword = word
                elif keyword == "DEPENDS":
                    why = refusal(f"engine/{module}/x.h", f"engine/{word}/x.h")
                    if why:
                        self.fault(name, 1, f"DEPENDS {word}: {why}")

    def check_direct(self, name):
        layer = place_of(name)[0]
        for number, target, spelling in self.includes[name]:
            if target is None:
                # A header that the build makes out of a template is there as NAME.in.
                made = (self.root / (spelling + ".in")).exists()
                if layer and spelling.split("/")[0] in LAYERS and not made:
                    self.fault(name, number, f"{spelling} does not exist")
                continue
            if target != spelling and layer:
                self.fault(name, number, f"write the path from the root: {target}")
            why = refusal(name, target)
            if why:
                self.fault(name, number, f"{why}: {target}")

    def check_indirect(self, name):
        """Follows what is included; a chain is reported when no single step of it was a fault."""
        layer = place_of(name)[0]
        if layer is None:
            return
        seen = {name}
        queue = [(name, (name,))]
        while queue:
            at, chain = queue.pop(0)
            for _, target, spelling in self.includes.get(at, []):
                if target is None:
                    if layer == "engine" and len(chain) > 1 and QT_HEADER.match(spelling):
                        if place_of(at)[0] != "engine":
                            self.fault(name, 1, "no Qt under engine/: " + " -> ".join([*chain, spelling]))
                    continue
                if target in seen or refusal(at, target):
                    continue
                seen.add(target)
                why = refusal(name, target)
                if why and len(chain) > 1:
                    self.fault(name, 1, f"{why}, indirectly: " + " -> ".join([*chain, target]))
                queue.append((target, (*chain, target)))


SPDX = "// SPDX-FileCopyrightText: x\n// SPDX-License-Identifier: GPL-3.0-or-later\n"
CLEAN = {
    "engine/core/a.h": SPDX + "#pragma once\n#include <vector>\n",
    "engine/dsp/b.h": SPDX + '#pragma once\n#include "engine/core/a.h"\n',
    "engine/echo/c.h": SPDX + '#pragma once\n#include "engine/dsp/b.h"\n',
    "engine/duplex/d.cpp": SPDX + '#include "engine/echo/c.h"\n',
    "app/e.h": SPDX + '#pragma once\n#include <QObject>\n#include "engine/echo/c.h"\n',
    "ui/f.cpp": SPDX + '#include "app/e.h"\n',
    "tests/engine/echo/g.cpp": SPDX + '#include "engine/echo/c.h"\n#include "g.moc"\n',
    "engine/echo/CMakeLists.txt": SPDX.replace("//", "#") + "dt_engine_module(echo SOURCES c.cpp DEPENDS dsp)\n",
}
SHIM = SPDX + "#pragma once\n"
# name of the fault, files added or replaced, what the report must say
FAULTS = [
    ("engine includes app", {"engine/core/x.cpp": SPDX + '#include "app/e.h"\n'}, "engine/ may not include app/"),
    ("engine includes ui", {"engine/core/x.cpp": SPDX + '#include "ui/y.h"\n', "ui/y.h": SHIM},
     "engine/ may not include ui/"),
    ("app includes ui", {"app/x.cpp": SPDX + '#include "ui/y.h"\n', "ui/y.h": SHIM}, "app/ may not include ui/"),
    ("engine reaches app through a file outside the layers",
     {"engine/core/x.cpp": SPDX + '#include "shared/y.h"\n', "shared/y.h": SHIM + '#include "app/z.h"\n',
      "app/z.h": SHIM}, "engine/core/x.cpp:1: engine/ may not include app/, indirectly"),
    ("app reaches ui through a file beside it",
     {"app/x.cpp": SPDX + '#include "shared/y.h"\n', "shared/y.h": SHIM + '#include "../ui/z.h"\n#include "ui/z.h"\n',
      "ui/z.h": SHIM}, "app/x.cpp:1: app/ may not include ui/, indirectly"),
    ("a lower floor includes a higher one", {"engine/dsp/x.cpp": SPDX + '#include "engine/echo/c.h"\n'},
     "engine/dsp may not include engine/echo"),
    ("core includes its neighbour", {"engine/core/x.cpp": SPDX + '#include "engine/dsp/b.h"\n'},
     "engine/core may not include engine/dsp"),
    ("stage includes stage", {"engine/echo/x.cpp": SPDX + '#include "engine/noise/y.h"\n', "engine/noise/y.h": SHIM},
     "engine/echo may not include engine/noise"),
    ("stage reaches stage through a file outside the layers",
     {"engine/room/x.cpp": SPDX + '#include "shared/y.h"\n', "shared/y.h": SHIM + '#include "engine/speech/z.h"\n',
      "engine/speech/z.h": SHIM}, "engine/room may not include engine/speech (not on a lower floor), indirectly"),
    ("a folder without a floor", {"engine/new/x.cpp": SPDX + '#include "engine/core/a.h"\n'}, "stands on no floor"),
    ("Qt under engine", {"engine/core/x.cpp": SPDX + "#include <QString>\n"}, "no Qt under engine/: includes QString"),
    ("Qt by its folder", {"engine/core/x.cpp": SPDX + "#include <QtCore/qglobal.h>\n"}, "no Qt under engine/"),
    ("Qt through a file outside the layers",
     {"engine/core/x.cpp": SPDX + '#include "shared/y.h"\n', "shared/y.h": SHIM + "#include <QObject>\n"},
     "no Qt under engine/: engine/core/x.cpp -> shared/y.h -> QObject"),
    ("Qt macro", {"engine/core/x.cpp": SPDX + "class X { Q_OBJECT };\n"}, "uses a Qt macro"),
    ("Qt linked", {"engine/core/CMakeLists.txt": SPDX.replace("//", "#") + "dt_engine_module(core LIBS Qt6::Core)\n"},
     "links Qt"),
    ("DEPENDS on a higher floor",
     {"engine/dsp/CMakeLists.txt": SPDX.replace("//", "#") + "dt_engine_module(dsp\n    DEPENDS core\n    echo)\n"},
     "DEPENDS echo"),
    ("include without the path", {"engine/dsp/x.cpp": SPDX + '#include "b.h"\n'}, "write the path from the root"),
    ("include of nothing", {"engine/dsp/x.cpp": SPDX + '#include "engine/core/gone.h"\n'}, "does not exist"),
    ("no licence line", {"engine/dsp/x.cpp": "// SPDX-FileCopyrightText: x\nint a;\n"}, "SPDX lines are missing"),
    ("no licence line in a script", {"packaging/x.sh": "#!/bin/sh\necho\n"}, "packaging/x.sh:1: the two SPDX"),
    ("no pragma once", {"engine/dsp/x.h": SPDX + "int a();\n"}, "#pragma once is missing"),
]


def check_tree(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        tree = Tree(folder)
        tree.check()
        return tree


def self_test():
    failed = 0
    clean = check_tree(CLEAN)
    if clean.faults or clean.warnings:
        failed += 1
        print("the clean tree has faults:", *clean.faults, *clean.warnings, sep="\n  ")
    long_tree = check_tree({**CLEAN, "engine/core/x.cpp": SPDX + "int a;\n" * LONG_FILE_LINES})
    if long_tree.faults or len(long_tree.warnings) != 1:
        failed += 1
        print("a long file gives no warning")
    for what, files, expected in FAULTS:
        faults = check_tree({**CLEAN, **files}).faults
        if not any(expected in fault for fault in faults):
            failed += 1
            print(f"not found: {what}: expected '{expected}', got {faults}")
    total = len(FAULTS) + 2
    print(f"self-test: {total - failed} passed, {failed} failed")
    return failed == 0


def main(arguments):
    if arguments == ["--self-test"]:
        return 0 if self_test() else 1
    if len(arguments) > 1 or (arguments and arguments[0].startswith("-")):
        print(__doc__, file=sys.stderr)
        return 2
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent
    tree = Tree(root)
    if not any(name.startswith("engine/") for name in tree.files):
        print(f"error: {root} has no engine/: not a Doubletalk source tree", file=sys.stderr)
        return 2
    clean = tree.check()
    for warning in tree.warnings:
        print("warning:", warning)
    for fault in tree.faults:
        print("error:", fault)
    print(f"{len(tree.files)} files, {len(tree.faults)} faults, {len(tree.warnings)} warnings")
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
