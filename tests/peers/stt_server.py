#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Doubletalk authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A speech-to-text service that is not ours: python3-websockets, with faults on request.

    stt_server.py [--port N] [--fault NAME] [--after N] [--cert F --key F]

Counts messages x 1024 / 16000 until a second is full, as the original of the protocol does, and answers each buffer that
is not silent with {"text": "buffer K", "start": "0.1", "end": 0.9, "peak": P, ...}: numbers also as strings, extra
fields. Every message must have 4096 bytes; another size is answered by closing with 1003. Prints the port, then a line
of JSON for each connection that ended: messages and how the buffers looked.

Faults: refuse (HTTP 401), busy (close 1013 at once), die (close without a goodbye after N messages), stall (reads nothing
after N messages, pings too), garbage (answers nonsense), large (one message of 20 MiB).
"""
import argparse
import array
import asyncio
import http
import json
import signal
import ssl
import sys

import websockets

options = None


async def serve(socket, path=None):
    messages, buffers, frames, peak = 0, [], 0, 0.0
    closed = None
    try:
        if options.fault == "busy":
            await socket.close(1013, "no room")
            return
        if options.fault == "large":
            await socket.send("x" * (20 << 20))
        async for message in socket:
            if not isinstance(message, bytes) or len(message) != 4096:
                await socket.close(1003, "4096 bytes expected")
                break
            messages += 1
            samples = array.array("f", message)
            peak = max(peak, max(abs(x) for x in samples))
            frames += 1024
            if options.fault == "garbage":
                await socket.send("{]" if messages % 2 else json.dumps([1, 2]))
            if messages >= options.after:
                if options.fault == "die":
                    socket.transport.abort()
                    return
                if options.fault == "stall":
                    socket.transport.pause_reading()
                    await asyncio.sleep(3600)
            if frames / 16000 >= 1.0:
                buffers.append([messages, round(peak, 4)])
                if peak > 0.01:
                    await socket.send(json.dumps({"text": f"buffer {len(buffers)}", "start": "0.1", "end": 0.9,
                                                  "peak": peak, "language": {"code": "en"}}))
                frames, peak = 0, 0.0
        closed = socket.close_code
    finally:
        print(json.dumps({"messages": messages, "buffers": buffers, "closed": closed or socket.close_code}), flush=True)


async def refuse(connection, request):
    if hasattr(connection, "respond"):  # websockets 14 and later
        return connection.respond(http.HTTPStatus.UNAUTHORIZED, "no token\n")
    return http.HTTPStatus.UNAUTHORIZED, [], b"no token\n"


async def main():
    global options
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--fault", default="")
    parser.add_argument("--after", type=int, default=20)
    parser.add_argument("--cert")
    parser.add_argument("--key")
    options = parser.parse_args()
    tls = None
    if options.cert:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(options.cert, options.key)
    stop = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set_result, None)
    async with websockets.serve(serve, "127.0.0.1", options.port, ssl=tls,
                                process_request=refuse if options.fault == "refuse" else None) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await stop


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
