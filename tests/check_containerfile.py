#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Doubletalk authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks packaging/Containerfile without a container engine: its steps are our scripts, and they exist.

    check_containerfile.py [ROOT]       check the tree (default: the repository this script lies in)
    check_containerfile.py --self-test  put one fault each into the file and expect to find it

Exit 0: clean, 1: faults, 2: wrong usage.
"""
import json
import os
import re
import subprocess
import sys
from pathlib import Path

FILE = "packaging/Containerfile"


def instructions(text):
    """[(INSTRUCTION, rest)], lines with a trailing backslash joined, comments gone."""
    text = re.sub(r"^\s*#.*\n", "", text, flags=re.M)
    text = text.replace("\\\n", " ")
    return [tuple(line.split(None, 1)) for line in text.splitlines() if line.strip()]


def words_of(value):
    """A JSON list of words, or None (the shell form, where signals do not reach the program)."""
    try:
        words = json.loads(value)
    except ValueError:
        return None
    return words if isinstance(words, list) else None


def script_faults(root, command):
    """Scripts a RUN names: there, executable, and with package sets that exist."""
    for script in re.findall(r"(?<![\w/])((?:packaging|tests)/[\w./]+)", command):
        if not os.access(root / script, os.X_OK) or not (root / script).is_file():
            yield f"{script} is not there or not executable"
    for arguments in re.findall(r"install_dependencies\.sh ([^|&;>]*)", command):
        script = root / "packaging/install_dependencies.sh"
        done = subprocess.run(["bash", script, *arguments.split(), "--list"], capture_output=True)
        if done.returncode != 0 or not done.stdout.split():
            yield f"install_dependencies.sh has no packages for '{arguments.strip()}'"
    if "install_dependencies.sh" in command and "-eq 3" not in command:
        yield "install_dependencies.sh ends with 3 after installing; that has to be no failure"


def stage_faults(steps):
    """Stages that are copied from, and the base of each."""
    stages = []
    for name, value in steps:
        if name == "FROM":
            if not re.match(r"(docker\.io/library/)?debian:", value):
                yield f"the base image is not Debian's: {value}"
            found = re.search(r" AS (\w+)$", value)
            stages.append(found.group(1) if found else None)
        for stage in re.findall(r"--from=(\w+)", value) if name == "COPY" else []:
            if stage not in stages[:-1]:
                yield f"copied from a stage that does not come before: {stage}"
    if not stages:
        yield "there is no FROM"


def run_faults(steps):
    """What the finished image runs, and as whom: only its last stage counts."""
    starts = [i for i, (name, _) in enumerate(steps) if name == "FROM"]
    last = dict(steps[starts[-1]:] if starts else [])
    if last.get("USER", "root") in ("root", "0"):
        yield "the services run as root: USER is missing in the last stage"
    entry = words_of(last.get("ENTRYPOINT", ""))
    if not entry or not entry[0].endswith("/doubletalk-cli") or entry[1:] != ["serve"]:
        yield "ENTRYPOINT is not [\".../doubletalk-cli\", \"serve\"]"
    if "--bind" not in (words_of(last.get("CMD", "")) or []):
        yield "CMD has no --bind: no published port would reach the service"


def faults_of(root, text):
    steps = instructions(text)
    faults = [*stage_faults(steps), *run_faults(steps)]
    scripts = [value for name, value in steps if name == "RUN" and ".sh" in value]
    if not scripts:
        faults.append("no step runs a script of ours")
    for name, value in steps:
        if name == "RUN":
            faults += script_faults(root, value)
    ignored = (root / ".dockerignore").read_text().split()
    faults += [f".dockerignore does not name {name}" for name in (".git", "build") if name not in ignored]
    return faults


def self_test(root):
    text = (root / FILE).read_text()
    changes = [
        ("packaging/run.sh", "packaging/start.sh", "packaging/start.sh"),
        ("install_dependencies.sh run", "install_dependencies.sh server", "server"),
        ("|| [ $? -eq 3 ]", "", "ends with 3"),
        ("USER doubletalk\n", "", "root"),
        ("USER doubletalk\n", "USER root\n", "root"),
        ('"serve"]', '"run"]', "ENTRYPOINT"),
        ("debian:", "alpine:", "Debian"),
        ("--from=build", "--from=builder", "builder"),
        (', "--bind", "0.0.0.0"', "", "--bind"),
        ('CMD ["echo", "--bind", "0.0.0.0"]', "CMD echo --bind 0.0.0.0", "--bind"),
    ]
    missed = [new for old, new, says in changes
              if old not in text or not any(says in fault for fault in faults_of(root, text.replace(old, new)))]
    for new in missed:
        print(f"not found: {new!r}")
    print(f"{len(changes) - len(missed)} of {len(changes)} faults found")
    return 1 if missed else 0


def main(arguments):
    root = Path(__file__).resolve().parent.parent
    if arguments == ["--self-test"]:
        return self_test(root)
    if len(arguments) > 1 or any(argument.startswith("-") for argument in arguments):
        print(__doc__, file=sys.stderr)
        return 2
    root = Path(arguments[0]) if arguments else root
    faults = faults_of(root, (root / FILE).read_text())
    for fault in faults:
        print(f"{FILE}: {fault}")
    print(f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
