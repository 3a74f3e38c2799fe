#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Doubletalk authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A text-to-speech client that is not ours: python3-websockets.

    tts_client.py URL TEXT [--voice V] [--clients N] [--cancel-after-chunks N] [--send RAW_TEXT] [--cafile F]

Prints one JSON line for each client: sample_rate, format, chunks, samples, peak (of full scale), words, how it ended, and
chunks_after_cancel (what came after the service confirmed a cancel). --send sends a text as it is and prints the answer.
"""
import argparse
import array
import asyncio
import json
import ssl
import sys
import time

import websockets


async def client(number, options):
    tls = ssl.create_default_context(cafile=options.cafile) if options.url.startswith("wss") else None
    async with websockets.connect(options.url, ssl=tls) as socket:
        if options.send is not None:
            await socket.send(options.send)
            print(await asyncio.wait_for(socket.recv(), 5), flush=True)
            return
        name = f"u{number}"
        begin = time.monotonic()
        await socket.send(json.dumps({"text": options.text, "id": name, "voice": options.voice}))
        result = {"client": number, "chunks": 0, "samples": 0, "peak": 0.0, "words": [], "first_ms": None}
        asked_to_cancel = False
        while "end" not in result:
            message = await asyncio.wait_for(socket.recv(), 20)
            if isinstance(message, bytes):
                if result["first_ms"] is None:
                    result["first_ms"] = round((time.monotonic() - begin) * 1000, 1)
                samples = array.array("h", message)
                result["chunks"] += 1
                result["samples"] += len(samples)
                result["peak"] = max(result["peak"], max((abs(x) for x in samples), default=0) / 32768)
                if options.cancel_after_chunks and result["chunks"] >= options.cancel_after_chunks and not asked_to_cancel:
                    asked_to_cancel = True
                    await socket.send(json.dumps({"cancel": name}))
                continue
            message = json.loads(message)
            assert message.get("id") == name, message
            if "sample_rate" in message:
                result.update(sample_rate=message["sample_rate"], format=message["format"])
            elif "word" in message:
                result["words"].append([message["word"], message["at_ms"]])
            elif "done" in message:
                result["end"] = "done"
            elif "cancelled" in message:
                result["end"] = "cancelled"
            elif "error" in message:
                result["end"] = "error: " + message["error"]
        result["chunks_after_cancel"] = 0
        if asked_to_cancel:
            try:
                while True:
                    message = await asyncio.wait_for(socket.recv(), 0.5)
                    result["chunks_after_cancel"] += isinstance(message, bytes)
            except asyncio.TimeoutError:
                pass
        print(json.dumps(result), flush=True)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("text")
    parser.add_argument("--voice", default="en-us")
    parser.add_argument("--clients", type=int, default=1)
    parser.add_argument("--cancel-after-chunks", type=int, default=0)
    parser.add_argument("--send")
    parser.add_argument("--cafile")
    options = parser.parse_args()
    await asyncio.gather(*(client(number, options) for number in range(options.clients)))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
