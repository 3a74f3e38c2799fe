#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Doubletalk authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The listening page in a real browser: headless Chromium, steered over its DevTools pipe.

    browser_test.py --cli doubletalk-cli --out FOLDER [--chromium PATH]

Serves a sine as MP3 and, through the ingest port, bursts as AAC, and looks at what the page decodes:
it plays on, the sine has its frequency and level, the latency shown is the one measured from outside,
of each of several senders all is heard, nothing is on the console. The ingest protocol is spoken by this script itself. Pictures of the page
go to FOLDER. Exit 0: fine, 1: not, 77: no Chromium.
"""
import argparse
import base64
import json
import math
import os
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

DEADLINE_S = 25.0  # for anything the page has to get to
SINE_HZ = 440.0
SINE_DBFS = 20.0 * math.log10(0.25 / math.sqrt(2.0))
BURST_S = 0.25
BURST_EVERY_S = 1.2

# What the audio element really decodes, beside what it sends to the loudspeaker.
PROBE = """(() => {
  const context = new AudioContext({sampleRate: 48000});
  const stream = context.createMediaStreamSource(document.getElementById('audio').captureStream());
  const analyserOf = (size) => {
    const analyser = new AnalyserNode(context, {fftSize: size, smoothingTimeConstant: 0});
    stream.connect(analyser);
    return analyser;
  };
  const analyser = analyserOf(16384), newest = analyserOf(512);
  const wave = new Float32Array(newest.fftSize);
  window.probe = {context, analyser, onsets: []};
  let loud = false;
  setInterval(() => {
    newest.getFloatTimeDomainData(wave);
    const peak = Math.max(...wave);
    if (!loud && peak > 0.1) window.probe.onsets.push(performance.now());
    loud = peak > 0.02;
  }, 5);
})()"""
SPECTRUM = """(() => {
  const {context, analyser} = window.probe;
  const bins = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(bins);
  const wave = new Float32Array(analyser.fftSize);
  analyser.getFloatTimeDomainData(wave);
  return {peak_hz: bins.indexOf(Math.max(...bins)) * context.sampleRate / analyser.fftSize,
          bin_hz: context.sampleRate / analyser.fftSize,
          dbfs: 10 * Math.log10(wave.reduce((sum, x) => sum + x * x, 0) / wave.length)};
})()"""
# All that is played, put together from overlapping looks: seconds of each tone.
TAPE = """(() => {
  const context = new AudioContext({sampleRate: 48000});
  const analyser = new AnalyserNode(context, {fftSize: 32768});
  context.createMediaElementSource(document.getElementById('audio')).connect(analyser).connect(context.destination);
  const look = new Float32Array(analyser.fftSize);
  window.tape = {context, samples: new Float32Array(context.sampleRate * 60)};
  setInterval(() => {
    const end = Math.round(context.currentTime * context.sampleRate);
    analyser.getFloatTimeDomainData(look);
    if (end >= look.length && end <= window.tape.samples.length) window.tape.samples.set(look, end - look.length);
  }, 50);
})()"""
TONES = """((tones) => {
  const {context, samples} = window.tape, size = context.sampleRate / 50;
  const heard = Object.fromEntries(tones.map((hz) => [hz, 0]));
  for (let from = 0; from + size <= samples.length; from += size) {
    const part = samples.subarray(from, from + size);
    const power = tones.map((hz) => {
      let re = 0, im = 0;
      part.forEach((x, i) => {
        const phase = 2 * Math.PI * hz * i / context.sampleRate;
        re += x * Math.cos(phase);
        im += x * Math.sin(phase);
      });
      return Math.hypot(re, im) * 2 / size;
    });
    const loudest = Math.max(...power);
    if (loudest > 0.05) heard[tones[power.indexOf(loudest)]] += 1 / 50;
  }
  return heard;
})"""
PAGE = """document.readyState !== 'complete' ? null : ({state: document.body.dataset.state, at_s: document.getElementById('audio').currentTime,
  paused: document.getElementById('audio').paused, address: location.href,
  ...Object.fromEntries(['status', 'latency', 'buffered', 'stream', 'title', 'listeners', 'listen', 'stalls', 'skips']
    .map((id) => [id, document.getElementById(id).textContent]))})"""


class Failure(Exception):
    """The test failed: what was seen."""


def expect(holds, what):
    if not holds:
        raise Failure(what)


class Browser:
    """Chromium and one page of it."""

    def __init__(self, program):
        self.home = tempfile.mkdtemp(prefix="doubletalk-browser-")
        to_browser, self.write_end = os.pipe()
        self.read_end, from_browser = os.pipe()

        def wire():  # DevTools reads descriptor 3 and writes 4
            source, sink = os.dup(to_browser), os.dup(from_browser)
            os.dup2(source, 3)
            os.dup2(sink, 4)

        self.log = open(os.path.join(self.home, "log"), "wb")
        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--remote-debugging-pipe",
             "--user-data-dir=" + os.path.join(self.home, "profile"), "--no-first-run",
             "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
             "--disable-component-update", "--autoplay-policy=no-user-gesture-required",
             "--window-size=800,700", "about:blank"],
            env={**os.environ, "HOME": self.home}, close_fds=False, preexec_fn=wire,
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        os.close(to_browser)
        os.close(from_browser)
        self.bytes = b""
        self.number = 0
        self.session = None
        self.complaints = []
        pages = self.call("Target.getTargets")["targetInfos"]
        target = next(page["targetId"] for page in pages if page["type"] == "page")
        self.session = self.call("Target.attachToTarget",
                                 {"targetId": target, "flatten": True})["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(domain + ".enable")

    def read_message(self, end_s):
        while b"\0" not in self.bytes:
            ready, _, _ = select.select([self.read_end], [], [], max(0.0, end_s - time.monotonic()))
            expect(ready, "the browser does not answer")
            more = os.read(self.read_end, 1 << 16)
            expect(more, "the browser has ended")
            self.bytes += more
        message, self.bytes = self.bytes.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, parameters=None):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters or {}}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write_end, json.dumps(message).encode() + b"\0")
        end_s = time.monotonic() + DEADLINE_S
        while True:
            answer = self.read_message(end_s)
            if answer.get("id") == self.number:
                expect("error" not in answer, f"{method}: {answer.get('error')}")
                return answer["result"]
            self.hear(answer)

    def hear(self, event):
        what, details = event.get("method", ""), event.get("params", {})
        if what == "Runtime.exceptionThrown":
            self.complaints.append(details["exceptionDetails"])
        elif what == "Runtime.consoleAPICalled" and details["type"] in ("error", "warning", "assert"):
            self.complaints.append(details["args"])
        elif what == "Log.entryAdded" and details["entry"]["level"] in ("error", "warning"):
            self.complaints.append(details["entry"])

    def value(self, script):
        result = self.call("Runtime.evaluate", {"expression": script, "returnByValue": True})
        expect("exceptionDetails" not in result, f"script failed: {result.get('exceptionDetails')}")
        return result["result"].get("value")

    def wait_for(self, holds, what):
        end_s = time.monotonic() + DEADLINE_S
        while True:
            page = self.value(PAGE)
            if page and holds(page):
                return page
            expect(time.monotonic() < end_s, f"{what}: {page}; console: {self.complaints}")
            time.sleep(0.05)

    def open(self, address):
        self.call("Page.navigate", {"url": address})
        self.wait_for(lambda page: page["address"] == address and page["state"], "no page")

    def press_space(self):
        key = {"key": " ", "code": "Space", "windowsVirtualKeyCode": 32}
        self.call("Input.dispatchKeyEvent", {"type": "keyDown", "text": " ", **key})
        self.call("Input.dispatchKeyEvent", {"type": "keyUp", **key})

    def picture(self, file, scheme):
        self.call("Emulation.setEmulatedMedia",
                  {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
        picture = self.call("Page.captureScreenshot", {"format": "png"})
        with open(file, "wb") as out:
            out.write(base64.b64decode(picture["data"]))

    def clock_offset_s(self):
        """time.monotonic() less the page's clock, to about a millisecond."""
        best = None
        for _ in range(20):
            before_s = time.monotonic()
            page_s = self.value("performance.now()") / 1000.0
            trip_s = time.monotonic() - before_s
            if best is None or trip_s < best[0]:
                best = (trip_s, before_s + trip_s / 2.0 - page_s)
        return best[1]

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        shutil.rmtree(self.home, ignore_errors=True)


class Server:
    """'doubletalk-cli serve listen' on free ports."""

    def __init__(self, cli, *arguments):
        self.process = subprocess.Popen(
            [cli, "serve", "listen", "--http-port", "0", "--ingest-port", "0", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.ingest = self.page = None
        while self.page is None:
            line = self.process.stdout.readline()
            if not line:
                raise Failure("the server did not start: " + self.process.stderr.read())
            if line.startswith("ingest listening at "):
                self.ingest = int(line.rsplit(":", 1)[1])
            elif line.startswith("listen page at "):
                self.page = line.split()[-1]

    def stop(self):
        """Its exit code and what it said."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            _, said = self.process.communicate(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            _, said = self.process.communicate()
        return self.process.returncode, said


class Bursts(threading.Thread):
    """Sends silence with short 1 kHz bursts to an ingest port; notes when each came in."""

    RATE_HZ = 16000

    def __init__(self, port):
        super().__init__(daemon=True)
        self.socket = socket.create_connection(("127.0.0.1", port), 5)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent_s = []
        self.ending = threading.Event()
        self.send(b"F", b"DTIN" + struct.pack("<HHI", 1, 1, self.RATE_HZ))
        expect(self.socket.recv(5) == b"K\0\0\0\0", "the ingest port did not take the format")
        self.start()

    def send(self, kind, body):
        self.socket.sendall(kind + struct.pack("<I", len(body)) + body)

    def run(self):
        frames = self.RATE_HZ // 100
        every, loud = int(BURST_EVERY_S * 100), int(BURST_S * 100)
        start_s = time.monotonic()
        block = 0
        while not self.ending.is_set():
            time.sleep(max(0.0, start_s + block * 0.01 - time.monotonic()))
            on = block % every >= every - loud
            if on and block % every == every - loud:
                self.sent_s.append(time.monotonic())
            self.send(b"A", b"".join(
                struct.pack("<h", int(12000 * math.sin(2 * math.pi * 1000 * i / self.RATE_HZ)) if on else 0)
                for i in range(frames)))
            block += 1
        self.send(b"E", b"")

    def stop(self):
        self.ending.set()
        self.join(5)
        self.socket.close()


def send_tone(port, rate_hz, channels, tone_hz, seconds):
    """All of it as one sender, at the pace the server takes it."""
    samples = (int(8192 * math.sin(2 * math.pi * tone_hz * i / rate_hz)) for i in range(int(rate_hz * seconds)))
    body = b"".join(struct.pack("<h", sample) * channels for sample in samples)
    with socket.create_connection(("127.0.0.1", port), 5) as sender:
        sender.sendall(b"F" + struct.pack("<I", 12) + b"DTIN" + struct.pack("<HHI", 1, channels, rate_hz))
        for at in range(0, len(body), 3200):
            part = body[at:at + 3200]
            sender.sendall(b"A" + struct.pack("<I", len(part)) + part)
        sender.sendall(b"E" + struct.pack("<I", 0))
        sender.settimeout(DEADLINE_S)
        answer = b""
        while True:
            more = sender.recv(64)
            if not more:
                break
            answer += more
        expect(answer == b"K\0\0\0\0", f"the ingest port said {answer}")


def ms(text):
    expect(text.endswith(" ms"), f"no time: '{text}'")
    return float(text[:-3])


def check_sine(browser, server, out):
    browser.open(server.page)
    browser.wait_for(lambda page: page["state"] == "playing", "the page does not play")
    browser.value(PROBE)
    first = browser.wait_for(lambda page: page["at_s"] > 1.5 and page["latency"].endswith("ms"),
                             "it does not play on")
    began_s = time.monotonic()
    time.sleep(2.0)
    later = browser.value(PAGE)
    moved_s, took_s = later["at_s"] - first["at_s"], time.monotonic() - began_s
    print(f"mp3: played {moved_s:.2f} s in {took_s:.2f} s; {later}")
    # Stalls and jumps of a busy machine are allowed for; standing still is not.
    expect(0.5 * took_s < moved_s < 1.5 * took_s + 0.5, "the play position does not follow time")
    heard = browser.value(SPECTRUM)
    print(f"mp3: heard {heard}")
    expect(abs(heard["peak_hz"] - SINE_HZ) <= heard["bin_hz"], f"not {SINE_HZ} Hz: {heard}")
    expect(abs(heard["dbfs"] - SINE_DBFS) < 3.0, f"not {SINE_DBFS:.1f} dBFS: {heard}")
    expect(20 < ms(later["latency"]) < 4000, f"no likely latency: {later}")
    expect(later["stream"] == "MP3, 128 kbit/s, 48 kHz, mono", f"stream: {later}")
    expect(later["title"] == "Sine of 440 Hz" and later["listeners"] == "1", f"page: {later}")
    browser.picture(os.path.join(out, "listen-dark.png"), "dark")
    browser.picture(os.path.join(out, "listen-light.png"), "light")

    # By keyboard only: the button has the focus.
    browser.press_space()
    stopped = browser.wait_for(lambda page: page["paused"], "space does not stop it")
    expect(stopped["status"] == "Stopped" and stopped["listen"] == "Listen", f"stopped: {stopped}")
    browser.press_space()
    browser.wait_for(lambda page: page["state"] == "playing" and page["at_s"] > stopped["at_s"] + 0.2,
                     "space does not start it again")
    expect(not browser.complaints, f"on the console: {browser.complaints}")


def check_latency(browser, server):
    """A late listener of AAC: the page's latency against that of bursts sent and heard here."""
    bursts = Bursts(server.ingest)
    try:
        time.sleep(0.5)
        browser.open(server.page)
        browser.wait_for(lambda page: page["state"] == "playing", "the page does not play AAC")
        browser.value(PROBE)
        offset_s = browser.clock_offset_s()
        shown, pairs = [], []
        end_s = time.monotonic() + DEADLINE_S
        while len(pairs) < 3:
            expect(time.monotonic() < end_s, f"bursts sent at {bursts.sent_s}, none heard")
            page = browser.value(PAGE)
            if page["latency"].endswith("ms"):
                shown.append((time.monotonic(), ms(page["latency"])))
            pairs = []
            for onset_ms in browser.value("window.probe.onsets"):
                heard_s = onset_ms / 1000.0 + offset_s
                sent = [at for at in bursts.sent_s if at < heard_s]
                near = [value for at, value in shown if abs(at - heard_s) < 0.6]
                if sent and near:
                    pairs.append(((heard_s - sent[-1]) * 1000.0, sorted(near)[len(near) // 2]))
            time.sleep(0.1)
        page = browser.value(PAGE)
        expect(re.fullmatch(r"AAC, \d+ kbit/s, 16 kHz, mono", page["stream"]), f"stream: {page}")
        print("aac: latency measured / shown [ms]:",
              ", ".join(f"{measured:.0f} / {said:.0f}" for measured, said in pairs))
        apart = sorted(measured - said for measured, said in pairs)[1]
        expect(abs(apart) < 150.0, f"the page's latency is {apart:.0f} ms off: {pairs}")
        expect(not browser.complaints, f"on the console: {browser.complaints}")
    finally:
        bursts.stop()


def check_senders(browser, server, codec, tries=2):
    """Several senders, one right behind the other and of another format: each is heard to its end."""
    tones = [(8000, 1, 1000, 2.0), (8000, 1, 300, 1.5), (48000, 2, 600, 1.5)]
    browser.open(server.page)
    browser.wait_for(lambda page: page["status"] == "Connected, waiting for audio", "the page does not wait")
    browser.value(TAPE)
    senders = threading.Thread(target=lambda: [send_tone(server.ingest, *tone) for tone in tones], daemon=True)
    senders.start()
    browser.wait_for(lambda page: page["state"] == "playing", "nothing is played")
    senders.join(DEADLINE_S)
    before_s = browser.wait_for(lambda page: page["state"] == "waiting" and page["paused"],
                                "it does not come to an end")["at_s"]
    # Shorter than what is kept ahead of a stream that goes on, and after a pause.
    time.sleep(1.0)
    tones.append((16000, 1, 440, 0.2))
    send_tone(server.ingest, *tones[-1])
    page = browser.wait_for(lambda page: page["paused"] and page["at_s"] > before_s + tones[-1][3],
                            "a short one is not played")
    time.sleep(0.3)
    heard = browser.value(TONES + "(" + json.dumps([tone[2] for tone in tones]) + ")")
    print(f"{codec}: heard", ", ".join(f"{float(s):.2f} s of {hz} Hz" for hz, s in heard.items()), page)
    wrong = [f"{seconds} s of {hz} Hz" for _, _, hz, seconds in tones if abs(heard[str(hz)] - seconds) >= 0.12]
    if wrong and tries > 1 and (page["stalls"], page["skips"]) != ("0", "0"):
        print("this machine stood still for a while, so the page left something out; once more")
        return check_senders(browser, server, codec, tries - 1)
    expect(not wrong, f"sent were {', '.join(wrong)}; heard: {heard}, {page}")
    expect(not browser.complaints, f"on the console: {browser.complaints}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cli", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    arguments = parser.parse_args()
    if not os.access(arguments.chromium, os.X_OK):
        print(f"skipped: no {arguments.chromium} (package chromium)")
        return 77
    began_s = time.monotonic()
    browser, servers = None, []
    try:
        browser = Browser(arguments.chromium)
        servers.append(Server(arguments.cli, "--source", "sine", "--sine-hz", str(SINE_HZ)))
        check_sine(browser, servers[-1], arguments.out)
        servers.append(Server(arguments.cli, "--codec", "aac", "--bitrate", "64000"))
        check_latency(browser, servers[-1])
        for codec in ("mp3", "aac"):
            servers.append(Server(arguments.cli, "--codec", codec))
            check_senders(browser, servers[-1], codec)
        code, said = servers[-1].stop()
        expect(code == 0, f"SIGTERM: exit code {code}: {said}")
        browser.wait_for(lambda page: page["state"] == "problem",
                         "the page does not say that the server is gone")
    except Failure as failure:
        print(f"FAIL: {failure}")
        return 1
    finally:
        if browser:
            browser.close()
        for server in servers:
            server.stop()
    print(f"passed in {time.monotonic() - began_s:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
