#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Doubletalk authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recomputes ERL, ERLE, echo delay and loss, SI-SDR, jitter and R from a recorded session.

    recompute.py [SESSION] [--cli doubletalk-cli] [--report jitter.json] [--min-rows 20] [--require ID,...]

Written against the definitions, not against the engine's code: it reads the taps, the raw playback
frames and the packet lines, and compares with metrics.csv and the summary of session.json. Exit 0:
everything that could be recomputed agrees within 0.1 dB, 0.1 ms, 0.1 R. Exit 1: something differs.
Exit 2: the session cannot be read. What a session does not have (no truth, no packets) is said and
skipped; --require ID,... makes a skipped figure a failure.
"""
import argparse
import csv
import json
import math
import pathlib
import struct
import subprocess
import sys
import tempfile

import numpy as np

FAR_ACTIVE_DBFS = -50.0
NEAR_SILENT_DBFS = -70.0
ABOVE_FLOOR_DB = 6.0
SETTLE_BLOCKS = 150  # what a smoothed power remembers of another start: exp(-15)


def read_wav(path):
    """Float or 16-bit WAV / RF64, as frames x channels, and its rate."""
    data = path.read_bytes()
    if data[:4] not in (b"RIFF", b"RF64") or data[8:12] != b"WAVE":
        raise ValueError(f"{path}: no WAV file")
    at, fmt, big = 12, None, None
    while at + 8 <= len(data):
        name, size = data[at:at + 4], struct.unpack("<I", data[at + 4:at + 8])[0]
        body = at + 8
        if name == b"ds64":
            big = struct.unpack("<Q", data[body + 8:body + 16])[0]
        elif name == b"fmt ":
            fmt = struct.unpack("<HHIIHH", data[body:body + 16])
        elif name == b"data":
            if size == 0xFFFFFFFF:
                size = big or len(data) - body
            size = min(size, len(data) - body)
            kind = {32: "<f4", 16: "<i2"}[fmt[5]]
            x = np.frombuffer(data, kind, count=size // (fmt[5] // 8), offset=body)
            x = x[:len(x) // fmt[1] * fmt[1]].reshape(-1, fmt[1]).astype(np.float64)
            return (x if kind == "<f4" else x / 32768.0), fmt[2]
        at = body + size + size % 2
    raise ValueError(f"{path}: no audio in it")


def write_wav(path, x, rate_hz):
    body = np.asarray(x, "<f4").tobytes()
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(body), b"WAVE", b"fmt ", 16, 3, 1, rate_hz,
                       4 * rate_hz, 4, 32, b"data", len(body))
    path.write_bytes(head + body)


def block_power(x, block):
    n = len(x) // block
    return np.mean(x[:n * block].reshape(n, block) ** 2, axis=1)


def smooth(p):
    a = math.exp(-0.1)
    out = np.empty_like(p)
    value = p[0] if len(p) else 0.0
    for k, v in enumerate(p):
        value = v if k == 0 else a * value + (1.0 - a) * v
        out[k] = value
    return out


def db(x):
    with np.errstate(divide="ignore", invalid="ignore"):
        return 10.0 * np.log10(np.maximum(x, 1e-20))


def late(x, frames):
    """x later by a whole number of frames."""
    frames = int(frames)
    return np.concatenate([np.zeros(frames), x[:len(x) - frames]]) if frames > 0 else x


class Session:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.about = json.loads((self.folder / "session.json").read_text())
        audio, self.rate_hz = read_wav(self.folder / "audio.wav")
        self.block = self.rate_hz // 100
        self.taps = {name: audio[:, i] for i, name in enumerate(self.about["taps"])}
        self.frames = len(audio)
        with open(self.folder / "metrics.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        self.rows = [{k: float(v) if v not in ("", None) else math.nan for k, v in r.items()} for r in rows]
        self.lines = []
        for line in (self.folder / "events.jsonl").read_text().splitlines():
            try:
                self.lines.append(json.loads(line))
            except json.JSONDecodeError:
                break  # the last line of a killed run
        self.summary = (self.about.get("summary") or {}).get("metrics", {})
        self.settings = self.about.get("settings", {})

    def of(self, kind):
        return [l for l in self.lines if l.get("type") == kind]

    def column(self, name):
        return np.array([r.get(name, math.nan) for r in self.rows])

    def row_blocks(self):
        return np.array([int(r["block"]) for r in self.rows])


class Checks:
    def __init__(self):
        self.failed, self.done = 0, set()

    def series(self, name, blocks, ours, theirs, tolerance, unit, min_rows):
        both = np.isfinite(ours) & np.isfinite(theirs)
        if both.sum() < min_rows:
            self.skip(name, f"only {both.sum()} rows to compare")
            return
        worst = np.max(np.abs(ours[both] - theirs[both]))
        self.say(name, worst <= tolerance, f"worst difference {worst:.3f} {unit} over {both.sum()} rows",
                 blocks[both][np.argmax(np.abs(ours[both] - theirs[both]))])

    def value(self, name, ours, theirs, tolerance, unit):
        if theirs is None or not math.isfinite(theirs) or not math.isfinite(ours):
            self.skip(name, f"recomputed {ours}, recorded {theirs}")
            return
        self.say(name, abs(ours - theirs) <= tolerance, f"recomputed {ours:.3f}, recorded {theirs:.3f} {unit}")

    def say(self, name, ok, text, block=None):
        self.done.add(name)
        self.failed += not ok
        where = f" (block {block})" if not ok and block is not None else ""
        print(f"{'ok  ' if ok else 'FAIL'} {name}: {text}{where}")

    def skip(self, name, why):
        print(f"skip {name}: {why}")


def reference_on_capture_clock(s):
    """The raw playback frames, read back at the slope between the two clocks."""
    path = s.folder / "tracks" / "playback.wav"
    if not path.exists():
        return None
    playback = read_wav(path)[0][:, 0]
    exchanges = s.of("exchange")
    captured = np.cumsum([e.get("captured_frames", 0) for e in exchanges]).astype(float)
    played = np.cumsum([e.get("playback_frames", 0) for e in exchanges]).astype(float)
    excess = played - captured
    slope = np.polyfit(captured, excess, 1)[0] if len(captured) > 200 else 0.0
    if np.ptp(excess - excess[0]) <= 2.0 or abs(slope) < 3e-6:
        x = playback
    else:
        # Good for powers over blocks: linear interpolation is 0.1 dB down at 2 kHz at worst.
        position = np.arange(s.frames) * (1.0 + slope)
        x = np.interp(position, np.arange(len(playback)), playback, right=0.0)
    return np.concatenate([x, np.zeros(max(0, s.frames - len(x)))])[:s.frames]


def phat_delay_ms(x, d, rate_hz, begin, end):
    """Lag of the first strong peak of the whitened correlation over a long stretch."""
    low, high = int(-0.050 * rate_hz), int(0.750 * rate_hz)
    window = int(1.0 * rate_hz)
    n = 1
    while n < 2 * (window + high):
        n *= 2
    cross = np.zeros(n // 2 + 1, complex)
    for at in range(begin, end - window, window // 2):
        near = d[at:at + window] * np.hanning(window)
        first = max(0, at - high)
        far = np.zeros(window + high - low)
        part = x[first:at + window - low]
        far[first - (at - high):first - (at - high) + len(part)] = part
        c = np.conj(np.fft.rfft(far, n)) * np.fft.rfft(near, n)
        level = math.sqrt(float(np.sum(np.abs(c) ** 2))) + 1e-30
        cross += c / math.sqrt(level)
    hz = np.fft.rfftfreq(n, 1.0 / rate_hz)
    band = (hz > 100) & (hz < min(3700.0, 0.46 * rate_hz))
    white = np.where(band, cross / np.maximum(np.abs(cross), 1e-20), 0.0)
    fine = 8  # interpolate by zero padding
    r = np.abs(np.fft.irfft(np.concatenate([white, np.zeros((fine - 1) * (len(white) - 1))]), fine * n))
    # near is at offset 0, far starts high before it: lag = high - delay, seen modulo the length
    delays = np.arange(low * fine, high * fine + 1)
    r = r[(delays - high * fine) % (fine * n)]
    top = int(np.argmax(r))
    reach = max(0, top - int(0.030 * rate_hz) * fine)
    for i in range(max(1, reach), top):
        if r[i] >= 0.5 * r[top] and r[i] >= r[i - 1] and r[i] >= r[i + 1]:
            top = i
            break
    return delays[top] / fine / rate_hz * 1000.0


def lags(s):
    """Lags of linear output and output against the microphone, in frames."""
    lag_ms = s.column("stage_latency_ms.canceller")
    lag_ms = lag_ms[np.isfinite(lag_ms)]
    out = int(round(lag_ms[-1] * s.rate_hz / 1000.0)) if len(lag_ms) else 0
    name = s.settings.get("echo.canceller", "")
    return (out // 2 if name == "webrtc" else 0), out  # AEC3: linear 64 of 128 at 16 kHz


def echo_checks(s, checks, min_rows):
    x = reference_on_capture_clock(s)
    if x is None:
        checks.skip("erl_db, erle_db", "no tracks/playback.wav")
        return None
    truth = all(t in s.taps for t in ("echo", "speech", "noise"))
    rows = s.row_blocks()
    delay_ms = s.column("echo_delay_ms")
    known = np.isfinite(delay_ms)
    if not known.any():
        checks.skip("erl_db, erle_db, echo_delay_ms", "the delay was never found")
        return x
    delay_checks(s, checks, x, rows, delay_ms)

    # The meter delays x by the delay in use at each block; rows close to a change are left out.
    per_block = np.interp(np.arange(s.frames // s.block), rows[known], delay_ms[known])
    per_block[:rows[known][0]] = 0.0
    aligned = np.zeros(s.frames)
    for k in range(s.frames // s.block):
        by = int(round(min(max(per_block[k], 0.0), 500.0) * s.rate_hz / 1000.0))
        begin = k * s.block - by
        if begin >= 0:
            aligned[k * s.block:(k + 1) * s.block] = x[begin:begin + s.block]
    changed = np.zeros(len(per_block), bool)
    jumps = [0, rows[known][0]] + [int(b) for b in np.flatnonzero(np.abs(np.diff(per_block)) > 0.2)]
    # A command may change the echo engine or its lag: stay away from it too.
    jumps += [int(c["block"]) for c in s.of("command") if str(c.get("key", "")).startswith("echo.")]
    for b in jumps:
        changed[b:b + SETTLE_BLOCKS] = True

    linear_lag, out_lag = lags(s)
    p = lambda v: smooth(block_power(v, s.block))
    p_x, p_d = p(aligned), p(s.taps["mic"])
    with np.errstate(divide="ignore", invalid="ignore"):
        far_active = db(p_x) >= FAR_ACTIVE_DBFS
        erle = db(p(late(s.taps["mic"], out_lag)) / p(s.taps["out"]))
        erle_linear = db(p(late(s.taps["mic"], linear_lag)) / np.maximum(p(s.taps["linear"]), 1e-20))
        if not truth:
            checks.skip("erl_db", "no truth in this session: estimated values are not recomputed")
            return x
        p_y, p_n, p_s = p(s.taps["echo"]), p(s.taps["noise"]), p(s.taps["speech"])
        erl = db(p_x / p_y)
    quiet = db(p_s) < NEAR_SILENT_DBFS
    silent = np.array([quiet[max(0, k - 29):k + 1].all() for k in range(len(quiet))])
    gate = far_active & silent & (db(p_d) >= db(p_n) + ABOVE_FLOOR_DB) & ~changed
    erl[~far_active | changed] = math.nan
    erle[~gate] = math.nan
    erle_linear[~gate] = math.nan
    linear_there = bool(np.any(s.taps.get("linear", np.zeros(1)) != 0.0))
    inside = rows < len(erl)
    at = rows[inside]
    for name, ours in (("erl_db", erl), ("erle_db", erle)) + ((("erle_linear_db", erle_linear),) if linear_there else ()):
        checks.series(name, at, ours[at], s.column(name)[inside], 0.1, "dB", min_rows)
    return x


def delay_checks(s, checks, x, rows, delay_ms):
    """The delay over the longest stretch in which the recorded one stands still."""
    known = np.isfinite(delay_ms)
    stretch = best = (0, 0)
    for i in range(1, len(delay_ms) + 1):
        still = i < len(delay_ms) and known[i] and known[i - 1] and abs(delay_ms[i] - delay_ms[i - 1]) < 0.2
        if still:
            continue
        if i - stretch[0] > best[1] - best[0] and known[stretch[0]]:
            best = (stretch[0], i)
        stretch = (i, i)
    if best[1] - best[0] < 30:
        checks.skip("echo_delay_ms", "nowhere still for 3 s")
        return
    begin = int(rows[best[0]]) * s.block
    end = min(int(rows[best[1] - 1]) * s.block, begin + 20 * s.rate_hz, s.frames)
    ours = phat_delay_ms(x, s.taps["mic"], s.rate_hz, begin, end)
    theirs = float(np.nanmedian(delay_ms[best[0]:best[1]]))
    checks.value("echo_delay_ms", ours, theirs, 0.1, "ms")


def echo_loss_check(s, checks):
    """ITU-T G.122 Annex B.4 over twelfths of an octave, single talk after 17 s."""
    recorded = s.summary.get("echo_loss_db")
    if recorded is None or "speech" not in s.taps:
        checks.skip("echo_loss_db", "shorter than 25 s, or no truth")
        return
    n, high = s.rate_hz * 128 // 1000, 3400.0 if s.rate_hz <= 8000 else 6700.0
    quiet = db(smooth(block_power(s.taps["speech"], s.block))) < NEAR_SILENT_DBFS
    silent = np.array([quiet[max(0, k - 29):k + 1].all() for k in range(len(quiet))])
    window = 0.5 - 0.5 * np.cos(2.0 * math.pi * np.arange(n) / n)
    far, out = np.zeros(n // 2 + 1), np.zeros(n // 2 + 1)
    for at in range(17 * s.rate_hz, s.frames - n + 1, n // 2):
        if silent[at // s.block:(at + n - 1) // s.block + 1].all():
            far += np.abs(np.fft.rfft(window * s.taps["far"][at:at + n])) ** 2
            out += np.abs(np.fft.rfft(window * s.taps["out"][at:at + n])) ** 2
    hz = np.fft.rfftfreq(n, 1.0 / s.rate_hz)
    f = np.geomspace(300.0, high, round(12 * math.log2(high / 300.0)) + 1)
    half = 2.0 ** (1 / 24)
    band = lambda power, c: power[(hz >= c / half) & (hz <= c * half)].sum()
    ratio = np.array([band(out, c) / band(far, c) for c in f])
    weighted = np.sum((ratio[1:] + ratio[:-1]) * np.diff(np.log10(f)))
    ours = -10.0 * math.log10(weighted / (2.0 * math.log10(f[-1] / f[0])))
    checks.value("echo_loss_db", ours, recorded, 0.1, "dB")


def talks(s):
    began, result = None, []
    for e in s.of("event"):
        if e.get("kind") == "talker_started":
            began = e["frame"]
        elif e.get("kind") == "talker_ended" and began is not None:
            result.append((began, e["frame"]))
            began = None
    return result


def si_sdr_db(reference, out):
    scale = float(np.dot(out, reference) / np.dot(reference, reference))
    rest = out - scale * reference
    return 10.0 * math.log10(scale * scale * float(np.dot(reference, reference)) / float(np.dot(rest, rest)))


def near_checks(s, checks, x, cli):
    recorded = s.summary.get("near_si_sdr_db")
    if recorded is None or "speech" not in s.taps or x is None:
        checks.skip("near_si_sdr_db", "no talker, or no truth")
        return
    if not cli:
        checks.skip("near_si_sdr_db", "needs --cli to put the talker alone through the engine")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        write_wav(path / "far.wav", np.zeros(s.frames), s.rate_hz)
        write_wav(path / "mic.wav", s.taps["speech"], s.rate_hz)
        command = [cli, "echo", "--far", path / "far.wav", "--mic", path / "mic.wav", "--out", path / "out.wav",
                   "--canceller", s.settings["echo.canceller"]]
        # The reference is the linear stage's: what SpeexDSP gives without its preprocessor.
        command += ["--set", "echo.residual_suppression=false"]
        if "echo.tail_ms" in s.settings:
            command += ["--set", f"echo.tail_ms={json.dumps(s.settings['echo.tail_ms'])}"]
        subprocess.run([str(c) for c in command], check=True, stdout=subprocess.DEVNULL)
        reference = read_wav(path / "out.wav")[0][:, 0]  # aligned with the microphone
    out_lag = lags(s)[1]
    out = np.concatenate([s.taps["out"][out_lag:], np.zeros(out_lag)])
    far = s.taps["far"]
    pick = np.zeros(s.frames, bool)
    for begin, end in talks(s):
        for at in range(begin // s.block * s.block, min(end, s.frames) - s.block + 1, s.block):
            if 10.0 * math.log10(max(float(np.mean(far[at:at + s.block] ** 2)), 1e-20)) >= FAR_ACTIVE_DBFS:
                pick[at:at + s.block] = True
    if pick.sum() < s.rate_hz // 2 or len(reference) < s.frames:
        checks.skip("near_si_sdr_db", "less than half a second of double talk")
        return
    # The engine compares both with their lag inside: the same frames, out_lag earlier.
    shifted_pick = np.concatenate([pick[out_lag:], np.zeros(out_lag, bool)])
    checks.value("near_si_sdr_db", si_sdr_db(reference[shifted_pick], out[shifted_pick]), recorded, 0.1, "dB")


def jitter_checks(s, checks, min_rows):
    """RFC 3550 from the packet lines, and R over what was played."""
    rate_hz = s.settings.get("stream.rate_hz", 16000)
    arrived = [p for p in s.of("packet") if p.get("stream", 0) == 0 and p.get("arrival_ns", -1) >= 0]
    if len(arrived) < 20 or not np.isfinite(s.column("jitter_ms")).any():
        checks.skip("jitter_ms", "no packets")
        return
    arrived.sort(key=lambda p: p["arrival_ns"])
    jitter, last, seen, after = 0.0, None, set(), []
    for p in arrived:
        key = (p["sequence"], p["timestamp"])
        if key in seen:
            continue
        seen.add(key)
        if last is not None:
            step = (p["timestamp"] - last["timestamp"] + 2**31) % 2**32 - 2**31
            d = (p["arrival_ns"] - last["arrival_ns"]) / 1e6 - step * 1000.0 / rate_hz
            jitter += (abs(d) - jitter) / 16.0
        last = p
        after.append((p["block"], jitter))
    blocks, values = np.array([b for b, _ in after]), np.array([v for _, v in after])
    rows = s.row_blocks()
    index = np.searchsorted(blocks, rows, side="right") - 1
    ours = np.where(index >= 0, values[np.maximum(index, 0)], math.nan)
    checks.series("jitter_ms", rows, ours, s.column("jitter_ms"), 0.1, "ms", min_rows)


def r_checks(summary, checks):
    delay, conceal, recorded = (summary.get(k) for k in ("mean_delay_ms", "concealed_percent", "r_factor"))
    if conceal is not None and summary.get("packets"):
        conceal += 100.0 * summary.get("lost", 0) / summary["packets"]
    elif conceal is None and summary.get("concealed_ratio") is not None:
        conceal = 100.0 * summary["concealed_ratio"]
    if recorded is None or delay is None or conceal is None:
        checks.skip("r_factor", "no r_factor, mean_delay_ms and concealed_percent there")
        return
    checks.value("r_factor", r_factor(delay, conceal), recorded, 0.1, "")


def r_factor(mean_delay_ms, loss_percent):
    """ITU-T G.107 with the constants of METRICS."""
    ta = 60.0 + mean_delay_ms
    impairment = 0.0
    if ta > 100.0:
        x = math.log2(ta / 100.0)
        impairment = 25.0 * ((1 + x**6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2)
    return 93.2 - impairment - 95.0 * loss_percent / (loss_percent + 25.1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("session", nargs="?")
    parser.add_argument("--cli", help="doubletalk-cli, for near_si_sdr_db")
    parser.add_argument("--min-rows", type=int, default=20)
    parser.add_argument("--require", default="", help="ids that must have been compared")
    parser.add_argument("--report", help="JSON object of `doubletalk-cli jitter --json` to check its r_factor")
    args = parser.parse_args()
    checks = Checks()
    try:
        if args.report:
            r_checks(json.loads(pathlib.Path(args.report).read_text()), checks)
        s = Session(args.session) if args.session else None
    except (OSError, ValueError, KeyError, json.JSONDecodeError) as error:
        print(f"{args.session}: {error}", file=sys.stderr)
        return 2
    if s:
        x = echo_checks(s, checks, args.min_rows)
        near_checks(s, checks, x, args.cli)
        echo_loss_check(s, checks)
        jitter_checks(s, checks, args.min_rows)
        if not args.report:
            r_checks(s.summary, checks)
    missing = {i for i in args.require.split(",") if i} - checks.done
    for name in sorted(missing):
        print(f"FAIL {name}: required, but could not be recomputed")
    return 1 if checks.failed or missing else 0


if __name__ == "__main__":
    sys.exit(main())
