"""Run: the socket, the server on it, and its end: a signal lets requests under way finish and takes no more."""

from __future__ import annotations

import asyncio
import ipaddress
import signal
import socket
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from quality.errors import UsageError
from quality.serve.connection import within
from quality.serve.limits import Limits


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a host.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises:
        UsageError: when there is no such address here, or another program has it.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        raise UsageError(f"cannot listen on {host} port {port}: {(error.strerror or str(error)).lower()}") from None


class Server(uvicorn.Server):
    """uvicorn's server, which says when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], object]) -> None:
        super().__init__(config)
        self.ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve."""
        await super().startup(sockets)
        self.ready()


def run(app: ASGIApp, sock: socket.socket, limits: Limits, ready: Callable[[], object]) -> None:
    """Serve on a socket until a signal (SIGINT or SIGTERM) comes; ``ready`` is called when requests are taken."""
    config = uvicorn.Config(
        app, http=within(limits), ws="none", lifespan="off", loop="asyncio", log_level="error", access_log=False,
        server_header=False, proxy_headers=False, timeout_keep_alive=int(limits.idle) + 1,
        timeout_graceful_shutdown=int(limits.seconds) + 1,
    )  # fmt: skip
    # After its end uvicorn raises the signal again: here it has done what it should, and the exit code is 0.
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: None)
    asyncio.run(Server(config, ready).serve([sock]))
