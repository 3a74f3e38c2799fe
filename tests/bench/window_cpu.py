#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Doubletalk authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the whole window costs while the virtual room runs: CPU of each thread of
`doubletalk --run` over some seconds, from /proc. The window is the first thread.

  window_cpu.py PROGRAM [--fps 30] [--seconds 10] [--scale 1] [--size 1600x1000] [-- more options]"""

import argparse
import os
import subprocess
import sys
import time

TICKS_HZ = os.sysconf("SC_CLK_TCK")


def thread_seconds(pid):
    """User and system time by thread."""
    seconds = {}
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{task}/stat", encoding="ascii") as file:
                fields = file.read().rsplit(")", 1)[1].split()
        except FileNotFoundError:
            continue
        seconds[int(task)] = (int(fields[11]) + int(fields[12])) / TICKS_HZ
    return seconds


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--fps", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--warm-up", type=float, default=6.0)
    parser.add_argument("--scale", default="1")
    parser.add_argument("--size", default="1600x1000")
    parser.add_argument("more", nargs="*")
    options = parser.parse_args()
    environment = dict(os.environ, QT_SCALE_FACTOR=options.scale)
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    window = subprocess.Popen(
        [options.program, "--default-settings", "--run", "--fps", str(options.fps), "--size",
         options.size, *options.more], env=environment)
    try:
        time.sleep(options.warm_up)
        before = thread_seconds(window.pid)
        begin = time.monotonic()
        time.sleep(options.seconds)
        after = thread_seconds(window.pid)
        passed = time.monotonic() - begin
    finally:
        window.terminate()
        window.wait()
    share = {t: 100.0 * (after[t] - before.get(t, 0.0)) / passed for t in after}
    others = sorted((s for t, s in share.items() if t != window.pid), reverse=True)
    print(f"{options.size} x {options.scale}, {options.fps} frames a second: window "
          f"{share[window.pid]:.1f} % of a core, other threads "
          + " + ".join(f"{s:.1f}" for s in others if s >= 0.1) + " %")
    return 0


if __name__ == "__main__":
    sys.exit(main())
