"""Load on `quality serve` beyond its limits, with slow clients beside: does it stay up, shed, and stay flat in memory?

    python benchmarks/serve.py --seconds 600

Starts a server of its own with room for eight requests, sends it texts over 24 connections at once as fast as they are
answered, and keeps 4 that ask for the page at / all the time, 40 that drip a request's head byte by byte (slow loris),
4 that drip a body and 4 that never read their answer. Every tenth of the time it prints a line: answers by status,
connections of slow clients cut, latency of /health, resident memory of the server. A line of JSON sums up at the end.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
SEEDS = [path.read_bytes() for path in sorted(ROOT.glob("seeds/*.txt"))]
OPTIONS = ["--requests", "8", "--idle", "2", "--timeout", "3", "--max-body", "1M"]
BUSY, VISITING, LORIS, DRIPPING, DEAF = 24, 4, 40, 4, 4  # clients
PAUSE = 0.01  # seconds that a busy client waits before it asks again


class Load:
    """Clients of a server, and what came of their requests."""

    def __init__(self, port: int, end: float) -> None:
        self.port, self.end = port, end
        self.counts: Counter[str] = Counter()

    async def run(self, client: str, number: int) -> None:
        """One client after the other of a kind, until the end."""
        while time.monotonic() < self.end:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            try:
                await getattr(self, client)(reader, writer, number)
            except (ConnectionError, asyncio.IncompleteReadError):
                self.counts[f"{client} cut"] += 1
            finally:
                writer.transport.abort()
            await asyncio.sleep(PAUSE)

    async def busy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        while time.monotonic() < self.end:
            status, closing = await ask(reader, writer, b"/score", SEEDS[number % len(SEEDS)])
            self.counts[status] += 1
            await asyncio.sleep(PAUSE)
            if closing:
                return

    async def visiting(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        while time.monotonic() < self.end:
            status, closing = await ask(reader, writer, b"/", b"")
            self.counts[f"page {status}"] += 1
            await asyncio.sleep(PAUSE)
            if closing:
                return

    async def loris(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        await self._drip(reader, writer, b"GET /health HTTP/1.1\r\nHost: localhost\r\n")

    async def dripping(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        await self._drip(reader, writer, head(b"/score", 1000))

    async def _drip(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, begun: bytes) -> None:
        writer.write(begun)
        answer = asyncio.ensure_future(reader.read())
        try:
            while not answer.done() and time.monotonic() < self.end:
                writer.write(b"x")
                await writer.drain()
                await asyncio.wait({answer}, timeout=0.5)
            if answer.done():
                raise ConnectionError
        finally:
            answer.cancel()

    async def deaf(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        lines = b'{"text": "Few words."}\n' * 20_000
        writer.write(head(b"/score", len(lines), b"application/x-ndjson") + lines)
        while time.monotonic() < self.end and not writer.transport.is_closing():
            writer.write(b"\n")
            await writer.drain()
            await asyncio.sleep(0.5)


def head(path: bytes, size: int, kind: bytes = b"text/plain") -> bytes:
    return b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (path, kind, size)


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: bytes, body: bytes) -> tuple[str, bool]:
    """Status of the answer to a request, and whether the connection ends with it."""
    writer.write(head(path, len(body)) + body if body else b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n" % path)
    answer = (await reader.readuntil(b"\r\n\r\n")).lower()
    await reader.readexactly(int(re.search(rb"content-length: (\d+)", answer)[1]))  # type: ignore[index]
    return answer[9:12].decode(), b"connection: close" in answer


async def health(port: int) -> float:
    """Seconds until /health answers."""
    begin = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    status, _ = await ask(reader, writer, b"/health", b"")
    assert status == "200", status
    writer.close()
    return time.perf_counter() - begin


def resident(pid: int) -> float:
    """Megabytes of memory that a process holds."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]


async def watch(server: subprocess.Popen[str], load: Load, seconds: float) -> list[float]:
    """Print what happens; memory at each tenth."""
    memory = []
    for _ in range(10):
        await asyncio.sleep(seconds / 10)
        memory.append(resident(server.pid))
        waited = await health(load.port)
        print(f"{dict(sorted(load.counts.items()))}  health {waited * 1000:.0f} ms  {memory[-1]:.1f} MB", flush=True)
    return memory


async def hit(server: subprocess.Popen[str], port: int, seconds: float) -> dict[str, object]:
    load = Load(port, time.monotonic() + seconds)
    kinds = ["busy"] * BUSY + ["visiting"] * VISITING + ["loris"] * LORIS + ["dripping"] * DRIPPING + ["deaf"] * DEAF
    clients = [asyncio.create_task(load.run(kind, number)) for number, kind in enumerate(kinds)]
    memory = await watch(server, load, seconds)
    await asyncio.gather(*clients)
    return {"counts": load.counts, "memory": memory}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    seconds = parser.parse_args().seconds
    command = [sys.executable, "-m", "quality", "serve", "--port", "0", *OPTIONS]
    with tempfile.NamedTemporaryFile("w+") as log, subprocess.Popen(command, stderr=log, text=True) as server:
        try:
            while not (said := re.search(r":(\d+) for", Path(log.name).read_text())):
                time.sleep(0.05)
            port = int(said[1])
            result = asyncio.run(hit(server, port, seconds))
            server.send_signal(signal.SIGTERM)
            print(json.dumps(result | {"exit": server.wait(10), "log": Path(log.name).read_text()}))
        finally:
            server.kill()


if __name__ == "__main__":
    main()
