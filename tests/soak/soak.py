#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Doubletalk authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs scenes again and again; nothing may change, and memory may not grow.

    soak.py DOUBLETALK_CLI SECONDS

Each scene is recorded once, then run again in turn. Every run must end with 0, leave the same
session, bit for bit (machine.csv holds wall-clock times and is left out; session.json is compared
by the other files it describes), and need no more memory than its first run by more than 10 %.
"""
import filecmp
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCENES = ["double_talk", "barge_in", "drift", "path_change", "long_single_talk"]
NOT_COMPARED = {"session.json", "machine.csv"}
MEMORY_MARGIN = 1.10


def run(cli, scene, folder):
    """Runs a scene into folder; gives its peak memory in KiB, or raises with what it said."""
    command = [cli, "run", "--scene", scene, "--record", str(folder), "--json"]
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            output.seek(0)
            raise RuntimeError(f"exit {process.returncode}: {output.read()[-2000:]}")
    return usage.ru_maxrss


def files_of(folder):
    return {
        path.relative_to(folder).as_posix()
        for path in Path(folder).rglob("*")
        if path.is_file() and path.name not in NOT_COMPARED
    }


def differences(first, second):
    names = files_of(first) | files_of(second)
    if not names:
        return ["nothing was recorded"]
    return sorted(
        name
        for name in names
        if not (first / name).is_file()
        or not (second / name).is_file()
        or not filecmp.cmp(first / name, second / name, shallow=False)
    )


def soak(cli, seconds, work):
    first_memory = {}
    end = time.monotonic() + seconds
    runs = 0
    # Each scene at least twice: a single run has nothing to be compared with.
    while time.monotonic() < end or runs < 2 * len(SCENES):
        scene = SCENES[runs % len(SCENES)]
        reference = work / scene
        folder = work / "again" if scene in first_memory else reference
        memory = run(cli, scene, folder)
        if scene in first_memory:
            changed = differences(reference, folder)
            if changed:
                raise RuntimeError(f"{scene}: run {runs} differs from the first in {', '.join(changed)}")
            if memory > MEMORY_MARGIN * first_memory[scene]:
                raise RuntimeError(
                    f"{scene}: {memory} KiB in run {runs}, {first_memory[scene]} KiB in the first"
                )
            subprocess.run(["rm", "-rf", str(folder)], check=True)
        first_memory.setdefault(scene, memory)
        runs += 1
    return runs


def main(arguments):
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="doubletalk-soak-") as work:
        try:
            runs = soak(arguments[0], float(arguments[1]), Path(work))
        except (OSError, RuntimeError) as error:
            print(f"soak: {error}", file=sys.stderr)
            return 1
    print(f"soak: {runs} runs of {len(SCENES)} scenes, all equal")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
