"""Connection: one client at the other end of a socket, who gets only so much time.

uvicorn waits for ever for a request that does not come and for a client that does not read. Here a connection on which
no request is under way for some seconds is cut, however many bytes of one have dripped in (a slow loris), and so is one
whose client does not take what is sent to it.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from quality.serve.limits import Limits
from quality.serve.problem import problem


def full() -> bytes:
    """What a client hears when there is no room for one more connection: a whole answer, made without a request."""
    answer = problem(503, "too many connections are open", {"retry-after": "1"})
    head = b"".join(name + b": " + value + b"\r\n" for name, value in answer.raw_headers)
    return b"HTTP/1.1 503 Service Unavailable\r\n" + head + b"\r\n" + bytes(answer.body)


class Connection(H11Protocol):
    """uvicorn's connection, with a limit of time for its client, and a limit of their number."""

    limits = Limits()

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a client, or send it away."""
        super().connection_made(transport)
        self._expect()
        if len(self.connections) > self.limits.connections:
            transport.write(full())
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        super().connection_lost(exc)
        self._unset_keepalive_if_required()
        self._content()

    def handle_events(self) -> None:
        """Go through what has come; when a request has begun, it is no longer the client who is waited for."""
        super().handle_events()
        if self.cycle and not self.cycle.response_complete and not self.flow.write_paused:
            self._content()

    def on_response_complete(self) -> None:
        """The client may bring another request, or take the rest of the answer and go."""
        self._expect()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """The client is slow to take what is sent."""
        super().pause_writing()
        self._expect()

    def resume_writing(self) -> None:
        """It has taken most of it."""
        super().resume_writing()
        if self.cycle and not self.cycle.response_complete:
            self._content()

    def _expect(self) -> None:
        """It is the client's turn, and not for ever."""
        self._content()
        self.deadline = self.loop.call_later(self.limits.idle, self._cut)

    def _content(self) -> None:
        if self.deadline:
            self.deadline.cancel()
            self.deadline = None

    def _cut(self) -> None:
        # abort, and not close: that would wait for a client to take what is still to be sent.
        self.transport.abort()


def within(limits: Limits) -> type[Connection]:
    """The class of connections with these limits."""
    return type("Connection", (Connection,), {"limits": limits})
