#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Doubletalk authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A speech-to-text client that is not ours: python3-websockets.

    stt_client.py URL FILE.wav|FILE.raw [--samples N] [--speed X] [--clients N] [--wait S] [--answers N] [--origin O] [--cafile F]

Sends the file as float32 messages of N samples (1024), X times as fast as real time (0: at once), from so many clients
at the same time, and prints each answer as a line of JSON: the client's number, "text", "start", "end" and all else that
came. Leaves after N answers
(0: never) or S seconds without one. The last line of a client has "closed": its close code.
"""
import argparse
import array
import asyncio
import json
import ssl
import sys

import websockets


def samples_of(path):
    with open(path, "rb") as file:
        data = file.read()
    if data[:4] == b"RIFF":
        at = data.index(b"data")
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        data = data[at + 8 : at + 8 + size]
    words = array.array("h", data[: len(data) // 2 * 2])
    return array.array("f", (word / 32768.0 for word in words))


async def client(number, options):
    tls = ssl.create_default_context(cafile=options.cafile) if options.url.startswith("wss") else None
    try:
        socket = await websockets.connect(options.url, origin=options.origin, ssl=tls)
    except Exception as error:  # whatever refuses us is the answer
        print(json.dumps({"client": number, "refused": f"{type(error).__name__}: {error}"}), flush=True)
        return
    samples = samples_of(options.file)

    async def send():
        for at in range(0, len(samples), options.samples):
            await socket.send(samples[at : at + options.samples].tobytes())
            if options.speed > 0:
                await asyncio.sleep(options.samples / 16000 / options.speed)

    sending = asyncio.create_task(send())
    answers = 0
    try:
        while not options.answers or answers < options.answers:
            answer = json.loads(await asyncio.wait_for(socket.recv(), options.wait))
            answers += 1
            print(json.dumps({"client": number, **answer}), flush=True)
        await socket.close()
    except asyncio.TimeoutError:
        await socket.close()
    except websockets.ConnectionClosed:
        pass
    sending.cancel()
    print(json.dumps({"client": number, "closed": socket.close_code, "reason": socket.close_reason}), flush=True)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("file")
    parser.add_argument("--samples", type=int, default=1024)
    parser.add_argument("--speed", type=float, default=0.0)
    parser.add_argument("--clients", type=int, default=1)
    parser.add_argument("--wait", type=float, default=3.0)
    parser.add_argument("--answers", type=int, default=0)
    parser.add_argument("--origin")
    parser.add_argument("--cafile")
    options = parser.parse_args()
    await asyncio.gather(*(client(number, options) for number in range(options.clients)))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
