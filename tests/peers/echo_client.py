#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Doubletalk authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client of the echo service that is not ours: python3-websockets, http.client and plain sockets.

    echo_client.py ws://HOST:PORT [--cafile F] CHECK...

Prints what each check saw, a JSON object a line with "check": its name.
    health           GET /health twice over one connection, and another path
    echo             messages of many sizes, which have to come back as they were
    roundtrip:CODEC  every sample value there and back through mu-law: a checksum, and values out of bounds
    close:KIND       text, odd, huge or many: the close code and reason; many opens so many (--clients) at once
    refused          a strange page, our own page, another path
    stay             says "ready", then waits for the end: its close code
"""
import argparse
import asyncio
import http.client
import json
import random
import ssl
import struct
import sys
import urllib.parse
import zlib

import websockets

SIZES = [0, 2, 160, 320, 480, 640, 1000, 65534, 65536, 70000]


def tell(check, **facts):
    print(json.dumps({"check": check, **facts}), flush=True)


class Client:
    def __init__(self, options):
        self.options = options
        self.tls = ssl.create_default_context(cafile=options.cafile) if options.cafile else None

    def connect(self, path="/ws/audio", **more):
        return websockets.connect(self.options.url + path, ssl=self.tls, max_size=None, **more)

    async def health(self):
        url = urllib.parse.urlsplit(self.options.url)
        if self.tls:
            connection = http.client.HTTPSConnection(url.hostname, url.port, timeout=5, context=self.tls)
        else:
            connection = http.client.HTTPConnection(url.hostname, url.port, timeout=5)
        connection.connect()
        socket = connection.sock
        for path in ("/health", "/health", "/", "/ws/audio", "/../../etc/passwd"):
            connection.request("GET", path)
            answer = connection.getresponse()
            kept = connection.sock is socket
            kind = answer.getheader("Content-Type")
            tell("health", path=path, status=answer.status, type=kind, body=answer.read().decode(), same_connection=kept)
        connection.close()

    async def echo(self):
        random.seed(1)
        sent = [random.randbytes(size) for size in [*SIZES, self.options.max_message_bytes]]
        async with self.connect() as socket:
            for message in sent:
                await socket.send(message)
            back = [await asyncio.wait_for(socket.recv(), 5) for _ in sent]
        tell("echo", messages=len(sent), same=sum(a == b for a, b in zip(sent, back)))

    async def roundtrip(self, codec):
        sent = list(range(-32768, 32768))
        async with self.connect(f"/ws/audio?roundtrip=1&codec={codec}") as socket:
            await socket.send(struct.pack(f"<{len(sent)}h", *sent))
            back = await asyncio.wait_for(socket.recv(), 5)
            await socket.send(back)
            again = await asyncio.wait_for(socket.recv(), 5)
        values = struct.unpack(f"<{len(back) // 2}h", back)
        # G.711: a step of segment s is 2^(s+3) on the 16-bit scale; one more for ones' complement.
        outside = 0
        for x, y in zip(sent, values):
            size = min(abs(x), 32635) + 132
            outside += abs(min(max(x, -32635), 32635) - y) > 2 ** (size.bit_length() - 6) + 1
        tell("roundtrip", codec=codec, samples=len(values), different=len(set(values)), outside=outside,
             again_same=again == back, crc=zlib.crc32(back))

    async def close(self, kind):
        if kind == "many":
            sockets = [await self.connect() for _ in range(self.options.clients)]
            last = sockets[-1]
        else:
            last = await self.connect()
            sockets = [last]
            message = {"text": "hello", "odd": b"\0" * 641, "huge": b"\0" * (self.options.max_message_bytes + 2)}[kind]
            try:
                await last.send(message)
            except websockets.ConnectionClosed:
                pass
        await asyncio.wait_for(last.wait_closed(), 5)
        others = sum(socket.close_code is None for socket in sockets[:-1])
        tell("close", kind=kind, code=last.close_code, reason=last.close_reason, others_open=others)
        for socket in sockets:
            await socket.close()

    async def refused(self):
        own = self.options.url.replace("ws", "http", 1)
        tries = [("strange page", "/ws/audio", "http://evil.example"), ("own page", "/ws/audio", own), ("path", "/ws/other", None)]
        for name, path, origin in tries:
            try:
                async with self.connect(path, origin=origin):
                    tell("refused", try_=name, status=101)
            except websockets.InvalidHandshake as error:
                # The name of the status differs between versions of the package.
                status = getattr(error, "status_code", None) or error.response.status_code
                tell("refused", try_=name, status=status)

    async def stay(self):
        async with self.connect() as socket:
            await socket.send(b"\1\0")
            await asyncio.wait_for(socket.recv(), 5)
            tell("stay", ready=True)
            await asyncio.wait_for(socket.wait_closed(), 20)
            tell("stay", code=socket.close_code)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("checks", nargs="+")
    parser.add_argument("--cafile")
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--max-message-bytes", type=int, default=100000)
    options = parser.parse_args()
    client = Client(options)
    for check in options.checks:
        name, _, argument = check.partition(":")
        await getattr(client, name)(*([argument] if argument else []))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
