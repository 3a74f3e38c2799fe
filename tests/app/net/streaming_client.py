#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Doubletalk authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client of the echo service that makes a fault and goes on streaming, as one does that has not heard of it yet.

    streaming_client.py ws://HOST:PORT MAX_MESSAGE_BYTES TRIES

Prints a JSON object for each kind of fault: the close codes it saw, and how often.
"""
import asyncio
import collections
import json
import sys

import websockets

FRAME = bytes(640)
FRAMES_AFTERWARDS = 20


async def close_code(url, fault):
    async with websockets.connect(url + "/ws/audio", max_size=None) as socket:
        try:
            await socket.send(fault)
            for _ in range(FRAMES_AFTERWARDS):
                await socket.send(FRAME)
                await asyncio.sleep(0)
        except websockets.ConnectionClosed:
            pass
        await asyncio.wait_for(socket.wait_closed(), 10)
        return socket.close_code


async def main():
    url, max_message_bytes, tries = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    faults = {"text": "hello", "odd": bytes(641), "huge": bytes(max_message_bytes + 2)}
    for kind, fault in faults.items():
        codes = collections.Counter([await close_code(url, fault) for _ in range(tries)])
        print(json.dumps({"kind": kind, "codes": {str(code): count for code, count in codes.items()}}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
